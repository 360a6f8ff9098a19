"""A bundle is read strictly: every fault at once, each with its path, and nothing lost."""

import json
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance.answers import (
    UNKNOWN,
    Answer,
    Bundle,
    BundleError,
    EvidenceRef,
    NotApplicable,
    answer_json,
    bundle_json,
    parse_answer,
    parse_bundle,
)
from compliance.catalogue import Edition, Kind, UnknownEditionError
from tests.support.editions import (
    a_band,
    a_module,
    a_question,
    an_edition,
    an_option,
    assessed,
)

EDITION = an_edition(
    a_module(
        "scope",
        0,
        a_question(
            "S-1",
            Kind.MULTIPLE_CHOICE,
            scored=False,
            severity=None,
            not_applicable_allowed=False,
            options=(an_option("goods"), an_option("data"), an_option("none", exclusive=True)),
        ),
        a_question("S-2", Kind.TEXT, scored=False, severity=None),
    ),
    a_module(
        "one",
        10,
        a_question("A-1"),
        a_question("A-2", Kind.YES_PARTIAL_NO),
        a_question("A-3", Kind.SINGLE_CHOICE, options=(an_option("all", "1"), an_option("nil"))),
        a_question("A-4", Kind.NUMBER, bands=(a_band("1", at_least=5),)),
        a_question("A-5", Kind.DATE, bands=(a_band("1", within_months=12),)),
    ),
)


def edition_of(questionnaire_id: str, version: str | None) -> Edition:
    if questionnaire_id != "ecl-icp":
        raise UnknownEditionError(f"unknown questionnaire {questionnaire_id}")
    if version not in {None, "2026.1"}:
        raise UnknownEditionError(f"unknown edition {version}; versions known: 2026.1")
    return EDITION


def a_bundle(answers: object = None, **changes: object) -> dict[str, Any]:
    whole = {
        "format": "ecl-self-assessment/answers",
        "format_version": 1,
        "questionnaire": {"id": "ecl-icp", "version": "2026.1"},
        "as_of": "2026-11-24",
        "firm": {"name": "Amber Ltd", "reference": "AMBER"},
        "answers": answers or {},
    }
    return whole | changes


def read(content: object) -> Bundle:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse_bundle(raw, edition_of)


def faults(content: object) -> list[tuple[str, str]]:
    """Path and what was found, of each fault."""
    with pytest.raises(BundleError) as caught:
        read(content)
    assert all(f.allowed for f in caught.value.faults)
    assert all(len(str(f).splitlines()) == 1 for f in caught.value.faults)
    return [(fault.path, fault.found) for fault in caught.value.faults]


def test_a_full_bundle_is_read_as_it_stands() -> None:
    bundle = read(
        a_bundle(
            {
                "S-1": {"value": ["data", "goods"]},
                "S-2": {"value": "unknown"},
                "A-1": {
                    "value": 2,
                    "comment": "ok",
                    "evidence": [{"title": "Register", "reference": "DMS 1", "sha256": None}],
                },
                "A-2": {"value": "unknown"},
                "A-3": {"not_applicable": {"reason": "We export nothing.", "accepted": True}},
                "A-4": {"value": 2.5},
                "A-5": {"value": "2026-02-28"},
            }
        )
    )

    assert (bundle.as_of, bundle.firm_reference) == (date(2026, 11, 24), "AMBER")
    assert bundle.answers == {
        "S-1": Answer(("goods", "data")),
        "S-2": Answer("unknown"),
        "A-1": Answer(2, comment="ok", evidence=(EvidenceRef("Register", "DMS 1"),)),
        "A-2": Answer(UNKNOWN),
        "A-3": Answer(not_applicable=NotApplicable("We export nothing.", accepted=True)),
        "A-4": Answer(2.5),
        "A-5": Answer(date(2026, 2, 28)),
    }


@pytest.mark.parametrize(
    ("answers", "path", "found"),
    [
        ({"A-1": None}, "answers.A-1", "null"),
        ({"A-1": 3}, "answers.A-1", "3"),
        ({"A-1": []}, "answers.A-1", "[]"),
        ({"A-1": {"value": None}}, "answers.A-1.value", "null"),
        ({"A-1": {"value": True}}, "answers.A-1.value", "true"),
        ({"A-1": {"value": "3"}}, "answers.A-1.value", '"3"'),
        ({"A-1": {"value": 2.0}}, "answers.A-1.value", "2.0"),
        ({"A-1": {"value": 5}}, "answers.A-1.value", "5"),
        ({"A-1": {"value": -1}}, "answers.A-1.value", "-1"),
        ({"A-1": {"value": [1]}}, "answers.A-1.value", "[1]"),
        ({"A-1": {"value": 1, "note": "x"}}, "answers.A-1.note", '"x"'),
        ({"A-1": {"value": 1, "comment": 5}}, "answers.A-1.comment", "5"),
        ({"A-1": {"value": 1, "comment": None}}, "answers.A-1.comment", "null"),
        ({"A-1": {"comment": "\0"}}, "answers.A-1.comment", '"\\u0000"'),
        ({"A-1": {"evidence": {}}}, "answers.A-1.evidence", "{}"),
        ({"A-1": {"evidence": ["x"]}}, "answers.A-1.evidence.0", '"x"'),
        ({"A-1": {"evidence": [{}]}}, "answers.A-1.evidence.0.title", "nothing"),
        ({"A-1": {"evidence": [{"title": " "}]}}, "answers.A-1.evidence.0.title", '" "'),
        (
            {"A-1": {"evidence": [{"title": "a", "sha256": "xyz"}]}},
            "answers.A-1.evidence.0.sha256",
            '"xyz"',
        ),
        (
            {"A-1": {"evidence": [{"title": "a", "page": 3}]}},
            "answers.A-1.evidence.0.page",
            "3",
        ),
        ({"A-2": {"value": "maybe"}}, "answers.A-2.value", '"maybe"'),
        ({"A-2": {"value": True}}, "answers.A-2.value", "true"),
        ({"A-2": {"value": ["yes"]}}, "answers.A-2.value", '["yes"]'),
        ({"A-3": {"value": "other"}}, "answers.A-3.value", '"other"'),
        ({"A-3": {"value": {"a": 1}}}, "answers.A-3.value", '{"a": 1}'),
        ({"A-4": {"value": "5"}}, "answers.A-4.value", '"5"'),
        ({"A-4": {"value": True}}, "answers.A-4.value", "true"),
        ({"A-4": {"value": -0.5}}, "answers.A-4.value", "-0.5"),
        ({"A-4": {"value": 10**13}}, "answers.A-4.value", "10000000000000"),
        ({"A-5": {"value": "2026-02-29"}}, "answers.A-5.value", '"2026-02-29"'),
        ({"A-5": {"value": "20260228"}}, "answers.A-5.value", '"20260228"'),
        ({"A-5": {"value": "2026-W09-1"}}, "answers.A-5.value", '"2026-W09-1"'),
        ({"A-5": {"value": "２０２６-02-28"}}, "answers.A-5.value", '"２０２６-02-28"'),
        ({"A-5": {"value": "0000-01-01"}}, "answers.A-5.value", '"0000-01-01"'),
        ({"A-5": {"value": "2026-02-28\n"}}, "answers.A-5.value", '"2026-02-28\\n"'),
        ({"A-5": {"value": 20260228}}, "answers.A-5.value", "20260228"),
        ({"S-1": {"value": "goods"}}, "answers.S-1.value", '"goods"'),
        ({"S-1": {"value": ["goods", "goods"]}}, "answers.S-1.value", '["goods", "goods"]'),
        ({"S-1": {"value": ["goods", "none"]}}, "answers.S-1.value", '["goods", "none"]'),
        ({"S-1": {"value": ["other"]}}, "answers.S-1.value", '["other"]'),
        ({"S-1": {"value": [1]}}, "answers.S-1.value", "[1]"),
        ({"S-1": {"value": [["goods"]]}}, "answers.S-1.value", '[["goods"]]'),
        ({"S-1": {"value": "unknown"}}, "answers.S-1.value", '"unknown"'),
        ({"S-2": {"value": 5}}, "answers.S-2.value", "5"),
        ({"A-1": {"not_applicable": None}}, "answers.A-1.not_applicable", "null"),
        ({"A-1": {"not_applicable": {}}}, "answers.A-1.not_applicable.reason", "nothing"),
        (
            {"A-1": {"not_applicable": {"reason": "x", "accepted": "yes"}}},
            "answers.A-1.not_applicable.accepted",
            '"yes"',
        ),
        (
            {"A-1": {"not_applicable": {"reason": "x", "by": "me"}}},
            "answers.A-1.not_applicable.by",
            '"me"',
        ),
        (
            {"A-1": {"value": 1, "not_applicable": {"reason": "x"}}},
            "answers.A-1",
            "value and not_applicable",
        ),
        ({"X-9": {"value": 1}}, "answers.X-9", '"X-9"'),
    ],
)
def test_an_answer_that_cannot_stand(answers: object, path: str, found: str) -> None:
    assert faults(a_bundle(answers)) == [(path, found)]


@pytest.mark.parametrize(
    ("changes", "path", "found"),
    [
        ({"format": "other"}, "format", '"other"'),
        ({"format": 1}, "format", "1"),
        ({"format_version": 2}, "format_version", "2"),
        ({"format_version": True}, "format_version", "true"),
        ({"format_version": 1.0}, "format_version", "1.0"),
        ({"format_version": "1"}, "format_version", '"1"'),
        ({"questionnaire": None}, "questionnaire", "null"),
        ({"questionnaire": {"id": "ecl-icp"}}, "questionnaire.version", "nothing"),
        ({"questionnaire": {"id": "iso", "version": "2026.1"}}, "questionnaire.id", '"iso"'),
        (
            {"questionnaire": {"id": "ecl-icp", "version": "1999.1"}},
            "questionnaire.version",
            '"1999.1"',
        ),
        (
            {"questionnaire": {"id": "ecl-icp", "version": 2026.1}},
            "questionnaire.version",
            "2026.1",
        ),
        ({"as_of": None}, "as_of", "null"),
        ({"as_of": "2026-13-01"}, "as_of", '"2026-13-01"'),
        ({"as_of": "2026-11-24T00:00:00"}, "as_of", '"2026-11-24T00:00:00"'),
        ({"firm": {}}, "firm.name", "nothing"),
        ({"firm": {"name": ""}}, "firm.name", '""'),
        ({"firm": {"name": 5}}, "firm.name", "5"),
        ({"firm": {"name": "Amber", "reference": None}}, "firm.reference", "null"),
        ({"firm": {"name": "Amber", "id": 4}}, "firm.id", "4"),
        ({"firm": "Amber"}, "firm", '"Amber"'),
        ({"answers": []}, "answers", "[]"),
        ({"answers": None}, "answers", "null"),
        ({"anwsers": {}}, "anwsers", "{}"),
    ],
)
def test_a_frame_that_cannot_stand(changes: dict[str, object], path: str, found: str) -> None:
    assert faults({**a_bundle(), **changes}) == [(path, found)]


@pytest.mark.parametrize("name", ["format", "format_version", "as_of", "answers"])
def test_a_field_that_is_missing(name: str) -> None:
    content = a_bundle()
    del content[name]

    assert faults(content) == [(name, "nothing")]


def spliced(value: bytes) -> bytes:
    """A bundle with raw text as the value of A-4."""
    return json.dumps(a_bundle({"A-4": {"value": "@"}})).encode().replace(b'"@"', value)


@pytest.mark.parametrize("raw", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999"])
def test_a_number_that_is_not_finite(raw: bytes) -> None:
    assert faults(spliced(raw)) == [("answers.A-4.value", raw.decode())]


def test_a_number_of_ten_thousand_digits() -> None:
    ((path, found),) = faults(spliced(b"9" * 10_000))

    assert path == "answers.A-4.value"
    assert found.startswith("999")
    assert len(found) <= 80


def test_keys_that_stand_twice() -> None:
    raw = (
        b'{"format":"ecl-self-assessment/answers","format_version":1,"format_version":1,'
        b'"questionnaire":{"id":"ecl-icp","version":"2026.1"},"as_of":"2026-11-24",'
        b'"firm":{"name":"A","name":"B"},'
        b'"answers":{"A-1":{"value":1},"A-1":{"value":2,"value":3}}}'
    )

    assert {path for path, _ in faults(raw)} == {
        "format_version",
        "firm.name",
        "answers.A-1",
        "answers.A-1.value",
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        spliced(b"[" * 5_000 + b"]" * 5_000),
        spliced(b'{"a":' * 40 + b"1" + b"}" * 40),
    ],
)
def test_nesting_beyond_reason(raw: bytes) -> None:
    assert faults(raw) == [("the file", "deeper nesting")]


def test_brackets_in_texts_do_not_nest() -> None:
    text = '[[[{"' * 50 + "\\"

    assert read(a_bundle({"A-1": {"comment": text}})).answers["A-1"].comment == text


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"", "line 1, column 1"),
        (b"{", "line 1, column 2"),
        (b'{"format": "\n"}', "line 1, column 13"),
        (b"{} {}", "line 1, column 4"),
        (b"{'a': 1}", "line 1, column 2"),
        (b'{"format": "\xe4\xb8"}', "byte 12"),
        ("{}".encode("utf-16"), "byte 0"),
        (b'"' + b"\\" * 2_000_001, "line 1, column 1"),
        (b'"' * 1_000_001, "line 1, column 3"),
    ],
)
def test_a_file_that_is_no_json(raw: bytes, path: str) -> None:
    ((found_path, _),) = faults(raw)

    assert found_path == path


def test_ten_megabytes_are_taken_and_more_are_not() -> None:
    content = json.dumps(a_bundle()).encode()

    assert read(content + b" " * (10_000_000 - len(content))).firm_name == "Amber Ltd"
    assert faults(content + b" " * (10_000_001 - len(content))) == [("the file", "10000001 bytes")]


@pytest.mark.parametrize("document", [b"[]", b"null", b"5", b'"x"'])
def test_a_document_that_is_no_object(document: bytes) -> None:
    assert faults(document) == [("the file", document.decode())]


@pytest.mark.parametrize(
    ("answers", "path"),
    [
        ({"A-1": {"comment": "\ud800"}}, "answers.A-1.comment"),
        ({"S-2": {"value": "x\udfff"}}, "answers.S-2.value"),
        ({"A-1\ud800": {}}, "answers.A-1\\ud800"),
        ({"A-1": {"\ud800": 1}}, "answers.A-1.\\ud800"),
    ],
)
def test_half_characters(answers: object, path: str) -> None:
    ((found_path, found),) = faults(a_bundle(answers))

    assert found_path == path
    found.encode()


def test_a_byte_order_mark_is_passed_over() -> None:
    assert read(b"\xef\xbb\xbf" + json.dumps(a_bundle()).encode()).firm_name == "Amber Ltd"


def test_every_fault_is_listed_up_to_fifty() -> None:
    three = a_bundle({"A-1": {"value": 9}, "X-1": {}, "A-2": None}, as_of="soon")
    many = a_bundle({f"X-{number}": {} for number in range(70)})

    assert [path for path, _ in faults(three)] == [
        "as_of",
        "answers.A-1.value",
        "answers.X-1",
        "answers.A-2",
    ]
    assert len(faults(many)) == 50


def test_a_fault_says_what_may_stand_there() -> None:
    with pytest.raises(BundleError) as caught:
        read(a_bundle({"A-1": {"value": 7}}))

    assert str(caught.value) == ('answers.A-1.value: found 7; allowed 0, 1, 2, 3, 4, or "unknown"')


@pytest.mark.parametrize("answer", [{}, {"comment": "later"}, {"evidence": [{"title": "a"}]}])
def test_an_answer_without_a_value_is_kept_and_has_none(answer: object) -> None:
    found = read(a_bundle({"A-1": answer})).answers["A-1"]

    assert found.value is None
    assert found.not_applicable is None


def clean(text: str) -> str:
    return text.encode("utf-8", "ignore").decode().replace("\0", "")


def test_a_claim_on_a_question_that_always_applies_stands_in_a_bundle_only() -> None:
    claim = {"not_applicable": {"reason": "We export no services."}}

    assert read(a_bundle({"S-1": claim})).answers["S-1"].not_applicable
    with pytest.raises(BundleError) as caught:
        parse_answer(EDITION.question("S-1"), claim)
    assert [fault.path for fault in caught.value.faults] == ["answers.S-1.not_applicable"]


@given(assessed(), st.dates(), st.text(min_size=1), st.text())
def test_what_is_written_is_read_back_the_same(
    drawn: tuple[Edition, dict[str, Answer]], day: date, name: str, reference: str
) -> None:
    edition, answers = drawn
    bundle = Bundle("ecl-icp", "2026.1", day, f"F{clean(name)}", clean(reference), answers)

    written = json.dumps(bundle_json(bundle)).encode()

    assert parse_bundle(written, lambda *_: edition) == bundle


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_value_breaks_the_reader(value: object) -> None:
    for question in EDITION.questions:
        with suppress(BundleError):
            answer = parse_answer(question, {"value": value})
            assert parse_answer(question, answer_json(answer)) == answer


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    with pytest.raises(BundleError):
        read(raw)
