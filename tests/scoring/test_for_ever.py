"""An old assessment scored under its own edition gives its old score for ever.

The recorded results change only with a new edition; where this test fails, the arithmetic moved.
"""

import json
from pathlib import Path

import pytest

from compliance.answers import parse_bundle
from compliance.catalogue import load_edition
from compliance.scoring import plan, plan_json, result_json, score

GOLDEN = Path(__file__).parent / "golden"
EDITIONS = Path(__file__).parents[1] / "catalogue" / "tiny"


@pytest.mark.parametrize("name", ["complete", "partial"])
def test_a_recorded_result_is_found_again(name: str) -> None:
    bundle = parse_bundle(
        (GOLDEN / f"{name}.bundle.json").read_bytes(),
        lambda questionnaire_id, version: load_edition(questionnaire_id, version, EDITIONS),
    )
    edition = load_edition(bundle.questionnaire_id, bundle.version, EDITIONS)

    found = {
        "result": result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of)),
        "plan": plan_json(edition, bundle, plan(edition, bundle.answers, bundle.as_of, "A")),
    }

    recorded = json.loads((GOLDEN / f"{name}.recorded.json").read_bytes())
    for part in found.values():
        del part["questionnaire"]  # the wording may be mended before an edition is published
    assert found == recorded


@pytest.mark.parametrize("version", ["2026.1", "2026.2"])
def test_a_published_edition_scores_the_same_for_ever(version: str) -> None:
    bundle = parse_bundle((GOLDEN / f"ecl-icp-{version}.bundle.json").read_bytes())
    edition = load_edition("ecl-icp", version)

    found = {
        "result": result_json(edition, bundle, score(edition, bundle.answers, bundle.as_of)),
        "plan": plan_json(edition, bundle, plan(edition, bundle.answers, bundle.as_of, "A")),
    }

    recorded = (GOLDEN / f"ecl-icp-{version}.recorded.json").read_bytes()
    assert found == json.loads(recorded)
    assert found["result"]["questionnaire"]["version"] == version
