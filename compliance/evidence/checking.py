"""Is a file what its name says, and harmless to keep? Decided on its bytes, nothing is executed.

Taken are PDF, PNG, JPEG, DOCX, XLSX, CSV and plain text up to 20 MB. Whatever is taken is still
served as a download only, never shown by the browser.
"""

import re
import stat
import struct
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from compliance.evidence.errors import RefusedFileError, Why

LARGEST = 20 * 1024 * 1024
LONGEST_NAME = 120  # characters
MOST_MEMBERS = 1000
LARGEST_UNPACKED = 200 * 1024 * 1024
GREATEST_RATIO = 100
MOST_PIXELS = 100_000_000
LARGEST_PART = 4 * 1024 * 1024  # of the parts of an office file that are read here
ARCHIVES = (".zip", ".docx", ".xlsx", ".pptx", ".7z", ".rar", ".gz", ".bz2", ".xz", ".tar", ".jar")
PROGRAMS = (".exe", ".dll", ".js", ".vbs", ".ps1", ".bat", ".cmd", ".scr", ".msi")
ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|RichMedia|XFA)\b(?!\w)")
ACTIVE_PART = re.compile(r"vbaProject|activeX|macrosheets|oleObject", re.IGNORECASE)
EXTERNAL = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
LINK = re.compile(rb"relationships/hyperlink[\"']", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept."""

    name: str  # safe to offer as a download name
    media_type: str
    content: bytes


def check_file(name: str, content: bytes) -> Checked:
    """The file with a clean name and its media type; raises RefusedFileError."""
    clean = clean_name(name)
    ending = PurePosixPath(clean).suffix.lower()
    if ending not in _KINDS:
        raise RefusedFileError(Why.KIND)
    if not content:
        raise RefusedFileError(Why.EMPTY)
    if len(content) > LARGEST:
        raise RefusedFileError(Why.TOO_LARGE)
    media_type, rule = _KINDS[ending]
    if not rule(content):
        raise RefusedFileError(Why.CONTENT)
    return Checked(clean, media_type, content)


def clean_name(name: str) -> str:
    """The last part of a name, without control and direction marks, of bounded length."""
    last = re.split(r"[/\\]", name.replace("\0", ""))[-1]
    plain = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp"))
    plain = plain.strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot else plain[:LONGEST_NAME]


def _pdf(content: bytes) -> bool:
    if not _is_really(content, ".pdf") or b"%%EOF" not in content[-2048:]:
        return False
    if content[:5] != b"%PDF-" or b"PK\x03\x04" in content[:1024]:
        return False
    if ACTIVE_PDF.search(content):
        raise RefusedFileError(Why.ACTIVE)
    return True


def _png(content: bytes) -> bool:
    if not _is_really(content, ".png") or content[12:16] != b"IHDR":
        return False
    width, height = struct.unpack(">II", content[16:24])
    ends_cleanly = content[-8:-4] == b"IEND"
    return 0 < width * height <= MOST_PIXELS and ends_cleanly


def _jpeg(content: bytes) -> bool:
    return content[:3] == b"\xff\xd8\xff" and content[-2:] == b"\xff\xd9"


def _docx(content: bytes) -> bool:
    return _office(content, "word/document.xml")


def _xlsx(content: bytes) -> bool:
    return _office(content, "xl/workbook.xml")


def _office(content: bytes, main_part: str) -> bool:
    if content[:4] != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = archive.infolist()
            names = {member.filename for member in members}
            _refuse_bad_archive(members, len(content))
            if main_part not in names or "[Content_Types].xml" not in names:
                return False
            parts = [m for m in members if m.filename.endswith((".rels", "[Content_Types].xml"))]
            return all(_is_plain_xml(archive, part) for part in parts)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError):
        return False


def _refuse_bad_archive(members: list[zipfile.ZipInfo], packed: int) -> None:
    unpacked = sum(member.file_size for member in members)
    too_much = (
        len(members) > MOST_MEMBERS
        or unpacked > LARGEST_UNPACKED
        or unpacked > packed * GREATEST_RATIO
    )
    if too_much or any(map(_points_outside, members)):
        raise RefusedFileError(Why.ARCHIVE)
    for member in members:
        lower = member.filename.lower()
        if lower.endswith(ARCHIVES):
            raise RefusedFileError(Why.ARCHIVE)
        if ACTIVE_PART.search(lower) or lower.endswith(PROGRAMS):
            raise RefusedFileError(Why.ACTIVE)


def _points_outside(member: zipfile.ZipInfo) -> bool:
    name = member.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    is_encrypted = bool(member.flag_bits & 1)
    return name.startswith("/") or ".." in name.split("/") or is_link or is_encrypted


def _is_plain_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Well-formed, without entities; refuses what is fetched from outside when it is opened."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    with archive.open(member) as stream:
        raw = stream.read(LARGEST_PART + 1)
    if len(raw) > LARGEST_PART:
        raise RefusedFileError(Why.ARCHIVE)
    if len(EXTERNAL.findall(raw)) > len(LINK.findall(raw)):
        raise RefusedFileError(Why.ACTIVE)
    try:
        fromstring(raw, forbid_dtd=True)
    except (ParseError, DefusedXmlException):
        return False
    return True


def _text(content: bytes) -> bool:
    for encoding in (
        ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    ):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(c < " " and c not in "\t\r\n\f" for c in text)
    return False


def _is_really(content: bytes, ending: str) -> bool:
    """Whether the signature at the head of the file is one of this ending."""
    import puremagic

    try:
        found = puremagic.magic_string(content[:8192])
    except puremagic.PureError:
        return False
    return any(match.extension == ending for match in found)


_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", _pdf),
    ".png": ("image/png", _png),
    ".jpg": ("image/jpeg", _jpeg),
    ".jpeg": ("image/jpeg", _jpeg),
    ".docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _docx,
    ),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    ".csv": ("text/csv", _text),
    ".txt": ("text/plain", _text),
}
ENDINGS = tuple(_KINDS)
