"""The worked cases and the training scenarios come out as counsel expects."""

import pytest

from compliance.determination import determine, facts_from_json
from tests.determination.conftest import CASES, SCENARIOS, changed


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["id"])
def test_worked_case(rules, case):
    document = changed(CASES["base"], {"as_of": case["as_of"], **case["facts"]})

    found = determine(rules, facts_from_json(document, rules.severities))

    assert found.outcome == case["outcome"]
    assert set(case["rules"]) <= {step.rule for step in found.steps}
    assert list(found.missing) == case.get("missing", [])


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario["id"])
def test_scenario_before_and_after_its_twist(rules, scenario):
    before = facts_from_json(scenario["facts"], rules.severities)
    twisted = changed(scenario["facts"], scenario["twist"]["changes"])
    after = facts_from_json(twisted, rules.severities)

    outcomes = determine(rules, before).outcome, determine(rules, after).outcome

    assert outcomes == (scenario["outcome"], scenario["twist"]["outcome"])
