"""Facts are read as strictly as answers, and every fault is named at once."""

import json

import pytest

from compliance.determination import FactsError, facts_from_json, facts_json, parse_facts
from tests.determination.conftest import SCENARIOS, plain_facts


def faults(rules, document: object) -> dict[str, str]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    with pytest.raises(FactsError) as caught:
        parse_facts(raw, rules.severities)
    return {fault.path: str(fault) for fault in caught.value.faults}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_facts_survive_the_way_out_and_in(rules, scenario):
    facts = facts_from_json(scenario["facts"], rules.severities)

    assert facts_from_json(facts_json(facts), rules.severities) == facts


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("format", "ecl-self-assessment/answers"),
        ("format_version", "1"),
        ("format_version", True),
        ("format_version", 1.0),
        ("as_of", "2026-02-30"),
        ("as_of", "2026-2-3"),
        ("as_of", 20261124),
        ("activity", "sale"),
        ("activity", None),
        ("item", []),
        ("item.listed", True),
        ("item.listed", "Yes"),
        ("item.listed", ["yes"]),
        ("item.family", "unknown"),
        ("item.description", 7),
        ("destination", "usa"),
        ("destination_prohibited", None),
        ("knows", "no"),
        ("knows.wmd_use", 0),
        ("parties", {}),
        ("end_use_documents", "unknown"),
        ("red_flags", "RF-C03"),
        ("licence.kind", "voucher"),
        ("registration_case", ""),
    ],
)
def test_a_wrong_value_is_refused_at_its_path(rules, path, value):
    found = faults(rules, plain_facts(**{path.replace(".", "__"): value}))

    assert list(found) == [path]
    assert "allowed" in found[path]


def test_absent_fields_are_refused_but_descriptions_are_not(rules):
    document = plain_facts()
    del document["item"]["description"], document["item"]["list_code"]
    del document["parties"][0]["name"]
    facts_from_json(document, rules.severities)
    del document["item"]["listed"], document["licence"], document["red_flags"]

    found = faults(rules, document)

    assert set(found) == {"item.listed", "licence", "red_flags"}
    assert "found nothing" in found["licence"]


def test_unknown_fields_parties_and_flags_are_refused_together(rules):
    document = plain_facts(
        parties=[{"role": "End user", "list_hit": "maybe", "country": "XX"}, "someone"],
        red_flags=["RF-C03", "RF-Z99", 4],
        surprise=1,
        knows__hunch="yes",
    )

    assert set(faults(rules, document)) == {
        *("parties.0.role", "parties.0.list_hit", "parties.0.country", "parties.1"),
        *("red_flags.1", "red_flags.2", "surprise", "knows.hunch"),
    }


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"a": ' * 40 + b"1" + b"}" * 40,
        b"null",
    ],
)
def test_what_is_no_document_is_refused_without_a_crash(rules, raw):
    assert faults(rules, raw)


def test_a_key_that_stands_twice_is_refused_with_its_path(rules):
    text = json.dumps(plain_facts()).replace('"wmd_use":', '"wmd_use": "no", "wmd_use":', 1)

    assert "knows.wmd_use" in faults(rules, text.encode())


def test_half_a_character_in_a_description_is_refused(rules):
    text = json.dumps(plain_facts()).replace('"description": ""', '"description": "\\ud800"', 1)

    assert list(faults(rules, text.encode())) == ["item.description"]


def test_at_most_fifty_faults_are_listed(rules):
    parties = [{"role": "", "list_hit": ""} for _ in range(60)]

    assert len(faults(rules, plain_facts(parties=parties))) == 50
