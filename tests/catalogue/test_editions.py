"""What the real editions must have, and how editions are found, kept and frozen."""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from compliance.catalogue import (
    ROOT,
    CatalogueError,
    Edition,
    Kind,
    Severity,
    UnknownEditionError,
    check_catalogue,
    editions,
    latest_version,
    load_edition,
    publish,
)
from compliance.catalogue.cache import Cache
from compliance.catalogue.loader import build, edition_files, parse, published_digests
from tests.catalogue.conftest import Catalogue

LAW_TERMS = (
    "出口管制法",
    "两用物项",
    "管控名单",
    "关注名单",
    "最终用户和最终用途",
    "通用许可",
    "单项许可",
)


def test_catalogue_has_no_fault() -> None:
    assert check_catalogue(ROOT) == ()


def test_edition_is_large_enough(edition: Edition) -> None:
    scored = [question for question in edition.questions if question.scored]

    assert len(edition.questions) >= 150
    assert sum(question.kind is Kind.MATURITY for question in scored) >= 90
    assert len(edition.contradictions) >= 25
    assert len(edition.red_flags) == 52
    assert len(edition.provisions) == 190
    assert len(edition.penalties) == 30


def test_icp_module_has_a_section_for_each_element(edition: Edition) -> None:
    assert len(edition.module("icp").sections) == 9


def test_every_scored_question_teaches(edition: Edition) -> None:
    for question in edition.questions:
        if question.scored:
            assert question.remedy is not None
            assert question.evidence_expected is not None, question.id
            assert 2 <= len(question.remedy.action.en) <= 5, question.id


def test_programme_is_expected_and_required_for_a_general_licence(edition: Edition) -> None:
    statement = edition.question("ICP-P1")

    assert statement.severity_given(frozenset(), {}) is Severity.EXPECTED_PRACTICE
    raised = statement.severity_given(frozenset({"general_licence"}), {})
    assert raised is Severity.LEGAL_REQUIREMENT


def test_chinese_uses_the_terms_of_the_law(edition: Edition) -> None:
    words = "".join(
        text.zh
        for question in edition.questions
        for text in (question.prompt, question.why, question.help)
    )

    assert [term for term in LAW_TERMS if term not in words] == []


def test_published_editions_are_frozen() -> None:
    for name, digest in published_digests().items():
        questionnaire_id, version = name.split("/")

        assert load_edition(questionnaire_id, version).digest == digest, name


def test_unknown_edition_names_those_known() -> None:
    with pytest.raises(UnknownEditionError, match=r"2026\.1"):
        load_edition("ecl-icp", "1999.1")
    with pytest.raises(UnknownEditionError, match="ecl-icp"):
        latest_version("nothing")
    with pytest.raises(UnknownEditionError):
        load_edition("ecl-icp", "../2026.1")


def test_edition_is_kept_for_the_process() -> None:
    assert load_edition("ecl-icp", "2026.1") is load_edition("ecl-icp", "2026.1")


def test_edition_answers_by_id(edition: Edition) -> None:
    question = edition.questions[0]

    assert edition.question(question.id) is question
    assert edition.has_question(question.id)
    assert not edition.has_question("ZZZ-99")
    with pytest.raises(KeyError):
        edition.question("ZZZ-99")
    with pytest.raises(KeyError):
        edition.module("nothing")
    with pytest.raises(KeyError):
        question.option("nothing")


# --- publishing


def test_publishing_freezes(catalogue: Catalogue) -> None:
    before = catalogue.load()

    publication = publish("tiny", "2026.1", catalogue.root)

    assert (publication.digest, publication.already) == (before.digest, False)
    assert catalogue.load().digest == before.digest
    assert catalogue.faults() == ()
    assert [e.published for e in editions(root=catalogue.root)] == [True]
    assert publish("tiny", "2026.1", catalogue.root).already


def test_published_edition_that_changed_is_a_fault(catalogue: Catalogue) -> None:
    publish("tiny", "2026.1", catalogue.root)
    catalogue.edit("licensing.yaml", "en: The seller.", "en: A seller.")

    (fault,) = catalogue.faults()

    assert (fault.entry, fault.field) == ("tiny/2026.1", "digest")
    assert "make a new edition" in fault.message
    with pytest.raises(CatalogueError):
        publish("tiny", "2026.1", catalogue.root)


def test_published_edition_that_is_gone_is_a_fault(catalogue: Catalogue) -> None:
    publish("tiny", "2026.1", catalogue.root)
    register = catalogue.root / "PUBLISHED"
    register.write_text(register.read_text("utf-8") + "tiny/2025.1 sha256:0\n", "utf-8")

    assert [fault.entry for fault in catalogue.faults()] == ["tiny/2025.1"]


def test_faulty_edition_is_not_published(catalogue: Catalogue) -> None:
    catalogue.edit("licensing.yaml", "en: The seller.", "en: It is mostly the seller.")

    with pytest.raises(CatalogueError, match="mostly"):
        publish("tiny", "2026.1", catalogue.root)
    assert not (catalogue.root / "PUBLISHED").exists()


def test_law_that_moves_leaves_a_published_edition_alone(catalogue: Catalogue) -> None:
    publish("tiny", "2026.1", catalogue.root)
    digest = catalogue.load().digest
    catalogue.edit("law/provisions.yaml", "until: '2026-12-31'", "until: '2026-06-30'")

    edition = catalogue.load()

    assert edition.digest == digest
    assert edition.provisions["guide-1"].in_force_until == date(2026, 12, 31)
    assert edition.law["guide-1"].in_force_until == date(2026, 6, 30)
    assert catalogue.faults() == ()


def test_law_that_moves_changes_an_unpublished_edition(catalogue: Catalogue) -> None:
    digest = catalogue.load().digest
    catalogue.edit("law/provisions.yaml", "until: '2026-12-31'", "until: '2026-06-30'")

    assert catalogue.load().digest != digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("law/provisions.yaml", "A licence is needed.", "One needs a licence."),
        ("red_flags.yaml", "Nobody works there.", "No work is done there."),
        ("terms.yaml", "Leave to export.", "Permission to export."),
    ],
)
def test_words_shared_by_all_editions_do_not_touch_the_digest(
    catalogue: Catalogue, file: str, old: str, new: str
) -> None:
    digest = catalogue.load().digest
    catalogue.edit(file, old, new)

    assert catalogue.load().digest == digest


def test_layout_and_comments_do_not_touch_the_digest(catalogue: Catalogue) -> None:
    digest = catalogue.load().digest
    catalogue.edit("licensing.yaml", "module: licensing\n", "# A comment\n\nmodule:   licensing\n")

    assert catalogue.load().digest == digest


def test_newest_published_edition_is_the_default(catalogue: Catalogue) -> None:
    catalogue.next_edition("")
    assert latest_version("tiny", catalogue.root) == "2026.1"

    publish("tiny", "2026.1", catalogue.root)
    assert latest_version("tiny", catalogue.root) == "2026.1"

    publish("tiny", "2026.2", catalogue.root)
    assert latest_version("tiny", catalogue.root) == "2026.2"


def test_tenth_version_is_newer_than_the_ninth(catalogue: Catalogue) -> None:
    for version in ("2026.9", "2026.10"):
        folder = catalogue.root / "tiny" / version
        folder.mkdir()
        (folder / "questionnaire.yaml").write_text("", "utf-8")

    names = [edition.version for edition in editions("tiny", catalogue.root)]

    assert names == ["2026.1", "2026.9", "2026.10"]


# --- speed and the cache


def sources() -> dict[str, bytes]:
    files = edition_files("ecl-icp", "2026.1")
    return {name: path.read_bytes() for name, path in files.items()}


def test_the_cache_holds_what_was_read_and_spares_the_reading(tmp_path: Path) -> None:
    """Seconds stand in `benchmarks/catalogue.py`; here only which of both is quicker."""

    def from_cache() -> Edition:
        plain = Cache.of(sources(), tmp_path).read()
        assert plain is not None
        return build(plain, "ecl-icp", "2026.1")

    def from_files() -> Edition:
        return build(parse(sources()), "ecl-icp", "2026.1")

    Cache.of(sources(), tmp_path).write(parse(sources()))

    assert from_cache() == from_files()
    assert min(cpu_s(from_cache) for _ in range(3)) < min(cpu_s(from_files) for _ in range(3))


def cpu_s(call: Callable[[], object]) -> float:
    start = time.process_time()
    call()
    return time.process_time() - start


def test_cache_is_not_used_for_other_sources(tmp_path: Path) -> None:
    Cache.of({"a": b"1"}, tmp_path).write({"a": 1})

    assert Cache.of({"a": b"1"}, tmp_path).read() == {"a": 1}
    assert Cache.of({"a": b"2"}, tmp_path).read() is None


def test_spoilt_cache_is_ignored(tmp_path: Path) -> None:
    cache = Cache.of({"a": b"1"}, tmp_path)
    cache.path.write_bytes(b"\x80\x04 not json")

    assert cache.read() is None


def test_unwritable_cache_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    cache = Cache.of({"a": b"1"}, tmp_path / "file" / "folder")

    cache.write({"a": 1})

    assert cache.read() is None


def test_cache_keeps_few_files(tmp_path: Path) -> None:
    for number in range(20):
        Cache.of({"a": str(number).encode()}, tmp_path).write({"a": number})

    assert len(list(tmp_path.glob("*.json"))) == 8
    assert list(tmp_path.glob("*.partial")) == []
