"""The inspection pack: everything about one assessment in one archive, verifiable offline.

Reports in both languages, answers, result, tables, evidence, audit trail, and a manifest with the
digest of every file. `flask report verify` checks the whole pack.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from compliance.answers import Bundle, bundle_json
from compliance.catalogue import Edition
from compliance.language import Language
from compliance.reports.archive import zipped
from compliance.reports.compose import compose
from compliance.reports.extras import Extras
from compliance.reports.pdf_file import Order, moment_of, render_pdf
from compliance.reports.rendering import ReportLanguage
from compliance.reports.signing import SigningKey, sign
from compliance.reports.spreadsheet import workbook_bytes
from compliance.reports.tables import Tables
from compliance.reports.wordings import Wording
from compliance.scoring import canonical_json

FORMAT = "ecl-self-assessment/inspection-pack"
MANIFEST = "MANIFEST.json"
README, TABLES_FILE, TRAIL_FILE = "README.md", "tables.xlsx", "audit-trail.jsonl"
ANSWERS_FILE, RESULT_FILE, EVIDENCE_FOLDER = "answers.json", "result.json", "evidence/"
NEEDED = frozenset(
    {README, "report-en.pdf", "report-zh.pdf", TABLES_FILE, ANSWERS_FILE, RESULT_FILE, MANIFEST}
)
MOST_FILES = 5_000
LARGEST_PACK = 500_000_000  # unpacked
_UNSAFE = re.compile(r"[^\w.\- ()（）一-鿿]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of evidence as the firm keeps it."""

    name: str
    content: bytes


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
    files: dict[str, bytes] = {README: _readme(report.digest)}
    for language in (ReportLanguage.EN, ReportLanguage.ZH):
        pdf = render_pdf(edition, bundle, result, Order(language, extras=extras))
        files[f"report-{language.value}.pdf"] = sign(pdf, key) if key else pdf
    tables = Tables(report, bundle, [Wording(one) for one in Language])
    files[TABLES_FILE] = workbook_bytes(report, tables, when)
    files[ANSWERS_FILE] = canonical_json(bundle_json(bundle))
    files[RESULT_FILE] = canonical_json(dict(result))
    if audit_trail:
        files[TRAIL_FILE] = audit_trail
    for number, piece in enumerate(evidence, start=1):
        files[f"{EVIDENCE_FOLDER}{number:03}-{_file_name(piece.name)}"] = piece.content
    manifest = {
        "format": FORMAT,
        "format_version": 1,
        "digest": report.digest,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
    return zipped(files, when)


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
2. With the program: `flask report verify PACK.zip` checks every digest, holds the files against
   each other, scores the answers again and makes the pages again. It names each file that was
   changed, taken out, put in or renamed. Exit 0: genuine; 1: altered; 2: not a pack. The page
   "Verify a report" of the program does the same.
3. The entries of the audit trail are chained: each names the hash of the one before it.

Who makes the whole pack anew, with other answers, makes another digest: hold the digest above
against the one that the firm states, or let the firm sign its reports.

This pack is a self-assessment and no legal advice.

## 如何离线验证

1. 任一文件的SHA-256应与MANIFEST.json中的一致。
2. 用本程序运行 `flask report verify PACK.zip`：核对全部摘要值，核对各文件是否一致，重新评分并
   重新生成页面，并逐一指出被更改、被删除、被加入或者被改名的文件。退出码0：真实；1：被改动；
   2：不是资料包。程序的“核验报告”页面作同样的核验。
3. 审计日志逐条相链：每一条都载有前一条的哈希值。

如有人用另外的答案重新制作整个资料包，摘要值必然不同：请将上述摘要值与企业所声明的核对，
或者由企业对报告签名。

本资料包属于自评，不构成法律意见。
""".encode()
