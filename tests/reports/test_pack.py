"""The inspection pack: whole as made, and every kind of change to every kind of file is named."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TypeAlias

import pytest

from compliance.reports import (
    Disagreement,
    Extras,
    NotAReportError,
    PackVerdict,
    Piece,
    inspection_pack,
    verify,
    verify_pack,
)
from compliance.reports.archive import zipped
from compliance.scoring import result_json, score
from tests.reports import samples

pytestmark = pytest.mark.slow
Files: TypeAlias = dict[str, bytes]
HASHES = ["aa" * 32, "bb" * 32, "cc" * 32]
TRAIL = [
    {"seq": number + 5, "hash": HASHES[number], "prev_hash": HASHES[number - 1] if number else "0"}
    for number in range(3)
]
NAMED, UNNAMED = b"the licence register", b"a paper that no answer names"
KINDS = [
    "README.md",
    "report-en.pdf",
    "report-zh.pdf",
    "tables.xlsx",
    "answers.json",
    "result.json",
    "audit-trail.jsonl",
    "evidence/001-登记簿.pdf",
]


def lines(entries: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(entry) + "\n" for entry in entries).encode()


@pytest.fixture(scope="module")
def pack() -> bytes:
    """A small pack, of the short path, with everything in it that a pack can hold."""
    edition = samples.edition().core
    proof = samples.EvidenceRef("Register", "DMS 1", hashlib.sha256(NAMED).hexdigest())
    answers = {
        "SCP-01": samples.Answer(value=("manufacturer",)),
        "LIC-01": samples.Answer(value=1, evidence=(proof,)),
    }
    bundle = samples.bundle_of(answers)
    result = result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of))
    return inspection_pack(
        edition,
        bundle,
        json.loads(json.dumps(result)),
        Extras(audit_head=HASHES[1]),
        [Piece("../../登记簿.pdf", NAMED), Piece("..\\x\x00y.txt", UNNAMED)],
        lines(TRAIL),  # type: ignore[arg-type]
    )


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """A report that stays as it was is made again once, not for each of these tests."""
    from compliance.reports import pack_verification

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pack_verification, "verify", lru_cache(maxsize=8)(verify))
        yield


def files_of(pack: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Files) -> bytes:
    return zipped(files, samples.SEALED)


def relisted(files: Files) -> bytes:
    """A pack whose list of files was made to fit: only the files themselves can tell."""
    manifest = json.loads(files["MANIFEST.json"])
    manifest["files"] = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name != "MANIFEST.json"
    }
    return packed({**files, "MANIFEST.json": json.dumps(manifest).encode()})


def test_a_pack_as_made_is_whole_and_says_what_it_holds(pack: bytes) -> None:
    names = list(files_of(pack))
    readme = files_of(pack)["README.md"].decode()

    verdict = verify_pack(pack)

    assert verdict.genuine
    assert verdict.unnamed == ("evidence/002-x_y.txt",)
    assert set(verdict.reports) == {"report-en.pdf", "report-zh.pdf"}
    assert set(names) == {*KINDS, "MANIFEST.json", "evidence/002-x_y.txt"}
    assert all(name.split("/")[0] in readme for name in names if name != "README.md")
    assert "核验" in readme
    assert "verify" in readme


@pytest.mark.parametrize(
    ("name", "place"),
    [
        (name, place)
        for name in KINDS
        for place in (["middle"] if name.endswith("n.pdf") else ["first", "middle", "last"])
        if name != "report-zh.pdf"  # made again for comparison: one language is enough
    ],
)
def test_one_changed_byte_is_found_in_each_kind_of_file(pack: bytes, name: str, place: str) -> None:
    files = files_of(pack)
    content = bytearray(files[name])
    at = {"first": 0, "middle": len(content) // 2, "last": len(content) - 1}[place]
    content[at] ^= 1
    files[name] = bytes(content)

    verdict = verify_pack(packed(files))

    assert not verdict.genuine
    assert name in verdict.changed


@pytest.mark.parametrize("name", KINDS)
def test_a_removed_file_is_found(pack: bytes, name: str) -> None:
    files = files_of(pack)
    del files[name]

    verdict = verify_pack(packed(files))

    assert not verdict.genuine
    assert verdict.missing == (name,)


@pytest.mark.parametrize("name", KINDS)
def test_a_renamed_file_is_found(pack: bytes, name: str) -> None:
    files = files_of(pack)
    files[f"{name}.bak"] = files.pop(name)

    verdict = verify_pack(packed(files))

    assert not verdict.genuine
    assert (verdict.missing, verdict.unlisted) == ((name,), (f"{name}.bak",))


@pytest.mark.parametrize("name", ["more.txt", "evidence/009-more.pdf", "report-fr.pdf", "../x"])
def test_an_added_file_is_found(pack: bytes, name: str) -> None:
    verdict = verify_pack(packed({**files_of(pack), name: b"more"}))

    assert not verdict.genuine
    assert verdict.unlisted == (name,)


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", KINDS)
def test_a_second_file_of_the_same_name_is_found(pack: bytes, name: str) -> None:
    """Some programs read the first, some the last: it must not matter which."""
    stream = io.BytesIO(pack)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, files_of(pack)[name])

    verdict = verify_pack(stream.getvalue())

    assert not verdict.genuine
    assert verdict.twice == (name,)


def test_a_file_that_cannot_be_unpacked_counts_as_changed(pack: bytes) -> None:
    """One byte of the archive itself, inside the packed content of a file."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        entry = archive.getinfo("tables.xlsx")
    damaged = bytearray(pack)
    damaged[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 0x55

    verdict = verify_pack(bytes(damaged))

    assert verdict.changed == ("tables.xlsx",)
    assert not verdict.genuine


def other_answers(files: Files) -> None:
    answers = json.loads(files["answers.json"])
    answers["answers"]["LIC-01"]["value"] = 4
    files["answers.json"] = json.dumps(answers).encode()


def other_result(files: Files) -> None:
    result = json.loads(files["result.json"])
    result["overall"]["grade"] = "A"
    files["result.json"] = json.dumps(result).encode()


def torn_trail(files: Files) -> None:
    files["audit-trail.jsonl"] = lines([TRAIL[0], TRAIL[2]])  # type: ignore[list-item]


def short_trail(files: Files) -> None:
    files["audit-trail.jsonl"] = lines(TRAIL[:1])  # type: ignore[arg-type]


def spoilt_trail(files: Files) -> None:
    files["audit-trail.jsonl"] = b"[1]\n\xff"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (other_answers, Disagreement.ANSWERS),
        (other_result, Disagreement.RESULT),
        (torn_trail, Disagreement.TRAIL),
        (short_trail, Disagreement.TRAIL_HEAD),
        (spoilt_trail, Disagreement.TRAIL),
    ],
)
def test_files_are_held_against_each_other_even_where_the_list_was_made_to_fit(
    pack: bytes, change: Callable[[Files], None], expected: Disagreement
) -> None:
    files = files_of(pack)
    change(files)

    verdict = verify_pack(relisted(files))

    assert not verdict.genuine
    assert verdict.changed == ()
    assert verdict.disagreements == (expected,)


def test_a_report_of_another_assessment_does_not_belong(pack: bytes, executive_pdf: bytes) -> None:
    verdict = verify_pack(relisted({**files_of(pack), "report-en.pdf": executive_pdf}))

    assert not verdict.genuine
    assert set(verdict.disagreements) >= {Disagreement.ANSWERS, Disagreement.DIGEST}


def test_a_pack_without_its_reports_is_not_whole(pack: bytes) -> None:
    """Also where the list of files was made to fit."""
    files = files_of(pack)
    del files["report-en.pdf"], files["report-zh.pdf"]

    verdict = verify_pack(relisted(files))

    assert not verdict.genuine
    assert verdict.missing == ("report-en.pdf", "report-zh.pdf")


def test_other_evidence_is_told_where_the_list_was_made_to_fit(pack: bytes) -> None:
    files = files_of(pack)
    files["evidence/001-登记簿.pdf"] = b"another register"

    verdict: PackVerdict = verify_pack(relisted(files))

    assert "evidence/001-登记簿.pdf" in verdict.unnamed


@pytest.mark.parametrize(
    "manifest",
    [b"", b"{", b"[]", b"{}", b'{"format": "x", "files": {}}', b"[" * 100_000, b"\xff"],
)
def test_a_pack_without_a_list_of_files_is_none(pack: bytes, manifest: bytes) -> None:
    with pytest.raises(NotAReportError, match=r"MANIFEST\.json"):
        verify_pack(packed({**files_of(pack), "MANIFEST.json": manifest}))


@pytest.mark.parametrize("content", [b"", b"PK", b"hello", b"PK\x03\x04" + b"\x00" * 1_000])
def test_what_is_no_pack_is_refused(content: bytes) -> None:
    with pytest.raises(NotAReportError):
        verify_pack(content)


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    bomb = zipped({f"{number}.bin": b"" for number in range(5_001)}, samples.SEALED)

    with pytest.raises(NotAReportError, match="larger"):
        verify_pack(bomb)
