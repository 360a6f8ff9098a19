"""The inspection pack: everything about one assessment in one archive, verifiable offline.

Reports in both languages, answers, result, tables, evidence, audit trail, and a manifest with the
digest of every file. `flask report verify` checks the whole pack.
"""

import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from compliance.answers import Bundle, bundle_json
from compliance.catalogue import Edition
from compliance.language import Language
from compliance.reports.archive import zipped
from compliance.reports.compose import compose
from compliance.reports.errors import NotAReportError
from compliance.reports.extras import Extras
from compliance.reports.pdf_file import Order, moment_of, render_pdf
from compliance.reports.rendering import ReportLanguage
from compliance.reports.signing import SigningKey, sign
from compliance.reports.spreadsheet import workbook_bytes
from compliance.reports.tables import Tables
from compliance.reports.verification import Verdict, verify
from compliance.reports.wordings import Wording
from compliance.scoring import canonical_json

FORMAT = "ecl-self-assessment/inspection-pack"
MANIFEST = "MANIFEST.json"
MOST_FILES = 5_000
LARGEST_PACK = 500_000_000  # unpacked
_UNSAFE = re.compile(r"[^\w.\- ()（）一-鿿]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of evidence as the firm keeps it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PackVerdict:
    """What verification of a pack found."""

    changed: tuple[str, ...]
    missing: tuple[str, ...]
    unlisted: tuple[str, ...]
    reports: Mapping[str, Verdict]

    @property
    def genuine(self) -> bool:
        whole = not (self.changed or self.missing or self.unlisted)
        return whole and all(one.genuine for one in self.reports.values())


def inspection_pack(
    edition: Edition,
    bundle: Bundle,
    result: Mapping[str, object],
    extras: Extras,
    evidence: Sequence[Piece] = (),
    audit_trail: bytes = b"",
    key: SigningKey | None = None,
) -> bytes:
    """The archive; without a signing key the same input gives the same bytes."""
    report = compose(edition, bundle, result, extras)
    when = moment_of(report)
    files: dict[str, bytes] = {"README.md": _readme(report.digest)}
    for language in (ReportLanguage.EN, ReportLanguage.ZH):
        pdf = render_pdf(edition, bundle, result, Order(language, extras=extras))
        files[f"report-{language.value}.pdf"] = sign(pdf, key) if key else pdf
    tables = Tables(report, bundle, [Wording(one) for one in Language])
    files["tables.xlsx"] = workbook_bytes(report, tables, when)
    files["answers.json"] = canonical_json(bundle_json(bundle))
    files["result.json"] = canonical_json(dict(result))
    if audit_trail:
        files["audit-trail.jsonl"] = audit_trail
    for number, piece in enumerate(evidence, start=1):
        files[f"evidence/{number:03}-{_file_name(piece.name)}"] = piece.content
    manifest = {
        "format": FORMAT,
        "format_version": 1,
        "digest": report.digest,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    return zipped(files, when)


def verify_pack(archive: bytes) -> PackVerdict:
    """Verify a pack. Raises NotAReportError where the file is none."""
    files = _unpacked(archive)
    try:
        manifest = json.loads(files[MANIFEST])
        listed: dict[str, str] = manifest["files"]
        known = manifest["format"] == FORMAT and isinstance(listed, dict)
    except (KeyError, TypeError, ValueError) as error:
        message = f"the archive has no {MANIFEST} of an inspection pack"
        raise NotAReportError(message) from error
    if not known:
        message = f"{MANIFEST} is not that of an inspection pack"
        raise NotAReportError(message)
    present = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return PackVerdict(
        changed=tuple(n for n, d in listed.items() if n in present and present[n] != d),
        missing=tuple(name for name in listed if name not in present),
        unlisted=tuple(name for name in present if name not in listed and name != MANIFEST),
        reports={
            name: verify(content)
            for name, content in files.items()
            if re.fullmatch(r"report-(en|zh)\.pdf", name)
        },
    )


def _unpacked(archive: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_FILES or size > LARGEST_PACK:
                message = "the archive is larger than an inspection pack can be"
                raise NotAReportError(message)
            return {entry.filename: opened.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError) as error:
        message = f"the archive cannot be read: {error}"
        raise NotAReportError(message) from error


def _file_name(name: str) -> str:
    """A name without any path or trick in it."""
    plain = _UNSAFE.sub("_", PurePosixPath(name.replace("\\", "/")).name).strip(". ")
    return plain[-120:] or "file"


def _readme(digest: str) -> bytes:
    return f"""# Inspection pack · 检查资料包

Digest of answers and result · 答案与结果的摘要值: {digest}

| file · 文件 | what it is | 内容 |
| --- | --- | --- |
| report-en.pdf, report-zh.pdf | the gap report in English and Chinese | 中、英文差距评估报告 |
| tables.xlsx | answers, gaps, plan and charts | 答案、差距、整改计划和图表 |
| answers.json, result.json | the answers, and their result | 答案及评分结果 |
| evidence/ | the evidence that the firm attached | 企业上传的佐证 |
| audit-trail.jsonl | who did what, and when; every line is chained | 操作记录，逐行相链 |
| MANIFEST.json | SHA-256 of every file | 每个文件的SHA-256 |

## To verify, without a network

1. `sha256sum` of any file must equal its line in MANIFEST.json.
2. With the program: `flask report verify PACK.zip` checks every digest, scores the answers again
   and makes the pages again. Exit 0: genuine; 1: altered; 2: not a pack.

This pack is a self-assessment and no legal advice.

## 如何离线验证

1. 任一文件的SHA-256应与MANIFEST.json中的一致。
2. 用本程序运行 `flask report verify PACK.zip`：核对全部摘要值，重新评分并重新生成页面。
   退出码0：真实；1：被改动；2：不是资料包。

本资料包属于自评，不构成法律意见。
""".encode()
