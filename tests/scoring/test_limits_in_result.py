"""The result lists the limits that bite; those met without effect stand apart."""

from compliance.answers import parse_bundle
from compliance.catalogue import load_edition
from compliance.scoring import result_json, score
from compliance.settings import ROOT


def test_a_limit_that_lowers_nothing_does_not_bite() -> None:
    bundle = parse_bundle((ROOT / "questionnaires" / "demo" / "current.json").read_bytes())
    edition = load_edition(bundle.questionnaire_id, bundle.version)

    overall = result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of))["overall"]

    assert isinstance(overall, dict)
    assert (overall["grade_before_limits"], overall["grade"]) == ("C", "D")
    assert [limit["why"] for limit in overall["limits"]] == ["red_line"]
    assert "legal_floor" in [limit["why"] for limit in overall["limits_without_effect"]]
