"""A report is genuine, or verification says what was altered."""

import json
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from compliance.reports import (
    Extras,
    Finding,
    NotAReportError,
    Order,
    Part,
    Review,
    SignatureState,
    SigningError,
    SigningKey,
    Snapshot,
    Variant,
    Verdict,
    portfolio,
    render_comparison_pdf,
    render_pdf,
    render_portfolio_pdf,
    sign,
    standing_of,
    verify,
)
from compliance.reports.program import program
from tests.reports import samples
from tests.reports.keys import a_key

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    return a_key(tmp_path_factory.mktemp("key"))


def altered(pdf: bytes, **files: bytes) -> bytes:
    """The same PDF with other attached files."""
    with pikepdf.open(BytesIO(pdf)) as document:
        for name, content in files.items():
            document.attachments[f"{name}.json"].obj.EF.F.write(content)
        stream = BytesIO()
        document.save(stream)
    return stream.getvalue()


def attached(pdf: bytes, name: str) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as document:
        content: bytes = document.attachments[name].get_file().read_bytes()
    return content


def test_a_report_as_made_is_genuine(executive_pdf: bytes) -> None:
    verdict = verify(executive_pdf)

    assert verdict.genuine
    assert verdict.pages_compared
    assert verdict.firm == samples.typical().firm_name
    assert verdict.grade == "D"


def test_what_a_reviewer_said_is_part_of_what_is_verified() -> None:
    bundle = samples.typical()
    extras = Extras(
        reviews={
            "LIC-01": Review("accepted", comment="Seen"),
            "CA-01": Review("returned", value=0),  # equals False, and is a value all the same
        },
        sealed_at=samples.SEALED,
    )
    order = Order(variant=Variant.MODULE, module="catch_all", extras=extras)

    pdf = render_pdf(samples.edition(), bundle, samples.result_of(bundle), order)

    assert verify(pdf).genuine


def test_changed_answers_are_found(executive_pdf: bytes) -> None:
    answers = json.loads(attached(executive_pdf, "answers.json"))
    answers["answers"]["LIC-02"]["value"] = "looked-none"
    answers["answers"]["LIC-01"]["value"] = 4

    verdict = verify(altered(executive_pdf, answers=json.dumps(answers).encode()))

    assert Finding.FILES_CHANGED in verdict.findings
    assert Finding.RESULT_DIFFERS in verdict.findings
    assert details_of(verdict)["LIC-01"] == (Part.ANSWER_CHANGED, "", "")
    assert details_of(verdict)["LIC-02"][0] is Part.ANSWER_CHANGED
    assert details_of(verdict)["overall.score"][0] is Part.FIGURE
    assert "LIC-03" not in details_of(verdict)


def test_added_and_removed_answers_are_named(executive_pdf: bytes) -> None:
    answers = json.loads(attached(executive_pdf, "answers.json"))
    del answers["answers"]["LIC-01"]
    answers["answers"]["LIC-02"]["comment"] = "Another word, and no other figure."

    found = details_of(verify(altered(executive_pdf, answers=json.dumps(answers).encode())))

    assert found["LIC-01"][0] is Part.ANSWER_REMOVED
    assert found["LIC-02"][0] is Part.ANSWER_CHANGED
    assert found["answers.json"][0] is Part.FILE_CHANGED


def test_a_removed_file_is_named(executive_pdf: bytes) -> None:
    with pikepdf.open(BytesIO(executive_pdf)) as document:
        del document.attachments["answers.json"]
        stream = BytesIO()
        document.save(stream)

    verdict = verify(stream.getvalue())

    assert verdict.findings == (Finding.FILES_CHANGED,)
    assert details_of(verdict) == {"answers.json": (Part.FILE_MISSING, "", "")}


def test_an_added_file_is_named(executive_pdf: bytes) -> None:
    with pikepdf.open(BytesIO(executive_pdf)) as document:
        document.attachments["virus.exe"] = pikepdf.AttachedFileSpec(document, b"x")
        stream = BytesIO()
        document.save(stream)

    verdict = verify(stream.getvalue())

    assert verdict.findings == (Finding.FILES_ADDED,)
    assert details_of(verdict) == {"virus.exe": (Part.FILE_ADDED, "", "")}


def test_what_no_eye_sees_is_found(executive_pdf: bytes) -> None:
    with pikepdf.open(BytesIO(executive_pdf)) as document:
        document.docinfo["/Author"] = "Somebody else"
        stream = BytesIO()
        document.save(stream)

    assert verify(stream.getvalue()).findings == (Finding.INSIDE_DIFFERS,)


def details_of(verdict: Verdict) -> dict[str, tuple[Part, str, str]]:
    return {one.name: (one.part, one.stated, one.found) for one in verdict.details}


def test_a_changed_result_is_found(executive_pdf: bytes) -> None:
    result = json.loads(attached(executive_pdf, "result.json"))
    result["overall"]["grade"] = "A"

    verdict = verify(altered(executive_pdf, result=json.dumps(result).encode()))

    assert {Finding.FILES_CHANGED, Finding.RESULT_DIFFERS} <= set(verdict.findings)
    assert details_of(verdict)["overall.grade"] == (Part.FIGURE, "A", "D")


def test_changed_words_on_a_page_are_found(executive_pdf: bytes) -> None:
    """The attached files stay as they are; only what the eye sees is another."""
    with pikepdf.open(BytesIO(executive_pdf)) as document:
        page = document.pages[2]
        page.Contents.write(page.Contents.read_bytes() + b" 0.1 0.4 0.2 rg 60 60 300 20 re f")
        document.add_blank_page()
        stream = BytesIO()
        document.save(stream)

    verdict = verify(stream.getvalue())
    pages = str(len(pikepdf.open(BytesIO(executive_pdf)).pages))
    assert verdict.findings == (Finding.PAGES_DIFFER,)
    assert details_of(verdict) == {
        "": (Part.PAGE_COUNT, str(int(pages) + 1), pages),
        "3": (Part.PAGE, "", ""),
    }


def test_what_is_appended_is_found(executive_pdf: bytes) -> None:
    assert verify(executive_pdf + b"\n%more").findings == (Finding.ADDED_AFTERWARDS,)


def test_another_version_of_the_program_is_named_not_condemned(executive_pdf: bytes) -> None:
    manifest = json.loads(attached(executive_pdf, "manifest.json"))
    manifest["program"] = {**program(), "build": "an older one"}

    verdict = verify(altered(executive_pdf, manifest=json.dumps(manifest).encode()))

    assert verdict.genuine
    assert not verdict.pages_compared


def test_a_signed_report_is_genuine_and_names_its_signer(
    executive_pdf: bytes, key: SigningKey
) -> None:
    signed = sign(executive_pdf, key)

    verdict = verify(signed)

    assert signed.startswith(executive_pdf)
    assert verdict.genuine
    assert verdict.signature.state is SignatureState.VALID
    assert "Example Precision" in verdict.signature.signer
    assert len(verdict.signature.fingerprint) == 64


@pytest.mark.parametrize("place", [0.1, 0.5, 0.97])
def test_one_changed_byte_breaks_the_signature(
    executive_pdf: bytes, key: SigningKey, place: float
) -> None:
    signed = bytearray(sign(executive_pdf, key))
    at = int(len(executive_pdf) * place)
    signed[at] ^= 1

    try:
        verdict = verify(bytes(signed))
    except NotAReportError:  # the byte hit the structure itself
        return

    assert Finding.SIGNATURE_BROKEN in verdict.findings


def test_what_follows_a_signature_breaks_it(executive_pdf: bytes, key: SigningKey) -> None:
    assert not verify(sign(executive_pdf, key) + b"\n%more").genuine


@pytest.mark.parametrize("passphrase", ["wrong", ""])
def test_a_key_that_does_not_open_is_told_in_words(
    executive_pdf: bytes, key: SigningKey, passphrase: str
) -> None:
    with pytest.raises(SigningError, match="PKCS#12"):
        sign(executive_pdf, SigningKey(key.path, passphrase))


def test_a_missing_key_is_told_in_words(executive_pdf: bytes, tmp_path: Path) -> None:
    with pytest.raises(SigningError, match=r"nowhere\.p12"):
        sign(executive_pdf, SigningKey(tmp_path / "nowhere.p12"))


def test_a_comparison_is_genuine_or_altered() -> None:
    bundle, empty = samples.typical(), samples.nearly_empty()
    earlier = Snapshot(samples.edition(), empty, samples.result_of(empty))
    later = Snapshot(samples.edition(), bundle, samples.result_of(bundle))

    pdf = render_comparison_pdf(earlier, later)
    answers = json.loads(attached(pdf, "earlier-answers.json"))
    answers["as_of"] = "2026-01-01"
    other = altered(pdf, **{"earlier-answers": json.dumps(answers).encode()})

    assert verify(pdf).genuine
    assert Finding.FILES_CHANGED in verify(other).findings


def test_a_portfolio_is_genuine_or_altered() -> None:
    bundle = samples.typical()
    standing = standing_of(bundle.firm_name, "EX-1", samples.result_of(bundle), overdue=2)

    pdf = render_portfolio_pdf(portfolio(samples.edition(), "Group", samples.DAY, [standing]))
    firms = json.loads(attached(pdf, "portfolio.json"))
    firms["firms"][0]["grade"] = "A"

    assert verify(pdf).genuine
    assert not verify(altered(pdf, portfolio=json.dumps(firms).encode())).genuine


def blank_pdf() -> bytes:
    stream = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [b"", b"hello", b"%PDF-1.7\nbroken", b"PK\x03\x04", b"%PDF-" + b"\x00" * 1_000],
)
def test_what_is_no_report_is_refused(content: bytes) -> None:
    with pytest.raises(NotAReportError):
        verify(content)


def test_a_pdf_of_others_is_refused() -> None:
    with pytest.raises(NotAReportError, match=r"manifest\.json"):
        verify(blank_pdf())


@pytest.mark.parametrize(
    "content",
    [b"{", b"[]", b"{}", b'{"format": "x"}', b"[" * 100_000, b"\xff\xfe"],
)
def test_broken_files_inside_are_refused(executive_pdf: bytes, content: bytes) -> None:
    for name in ("answers", "result", "manifest"):
        if name == "result" and content == b"{}":
            continue
        try:
            verdict = verify(altered(executive_pdf, **{name: content}))
        except NotAReportError:
            continue
        assert not verdict.genuine


def test_a_file_that_unpacks_without_end_is_refused(executive_pdf: bytes) -> None:
    with pytest.raises(NotAReportError, match="larger"):
        verify(altered(executive_pdf, answers=b" " * 200_000_000))
