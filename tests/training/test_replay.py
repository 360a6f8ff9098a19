"""Replay: a case against a firm's own answers."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.assessments import import_bundle
from compliance.database import firm_session
from compliance.training import (
    Scenario,
    Verdict,
    as_of,
    bundle_of,
    edition_of,
    filled_answers,
    library,
    replay,
    scenario_of_library,
)
from tests.support import cast

CASES = pytest.mark.parametrize("scenario", library(), ids=lambda scenario: scenario.id)
Client = Callable[[str], FlaskClient]


@CASES
def test_the_firm_of_the_case_fails_at_its_own_gates(scenario: Scenario) -> None:
    edition, day = edition_of(scenario), as_of(scenario)

    found = replay(edition, scenario, filled_answers(edition, scenario, day), day)

    weak = {gate.question.id for gate in found.gates if gate.verdict is Verdict.WEAK}
    low = {id_ for id_, value in scenario.answers.items() if value in (0, 1, "no", "open")}
    scored = {id_ for id_ in low if edition.question(id_).scored}
    assert scored <= weak
    assert weak <= scenario.answers.keys()


@CASES
def test_who_answers_nothing_stops_nothing(scenario: Scenario) -> None:
    edition = edition_of(scenario)

    found = replay(edition, scenario, {}, as_of(scenario))

    assert found.first_stop is None
    assert found.counted(Verdict.STOPS) == 0
    assert found.gates


def test_the_first_stop_comes_after_all_that_let_it_through() -> None:
    scenario = scenario_of_library("SC-02")
    edition, day = edition_of(scenario), as_of(scenario)

    found = replay(edition, scenario, filled_answers(edition, scenario, day), day)

    assert found.first_stop is not None
    assert all(gate.verdict is not Verdict.STOPS for gate in found.passed_before)


def test_a_firm_without_an_assessment_is_told_so(client_of: Client) -> None:
    answer = client_of("exporter@amber.example").get("/replay/SC-01")

    assert answer.status_code == 200
    assert "No assessment yet" in answer.get_data(as_text=True)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_firm_sees_its_gates(client_of: Client, engine: Engine, lang: str) -> None:
    scenario = scenario_of_library("SC-02")
    actor = cast.actor("exporter@amber.example")
    bundle = bundle_of(edition_of(scenario), scenario, as_of(scenario))
    with firm_session(engine, actor.firm_id) as session:
        made = import_bundle(session, actor, bundle, title="Ours", now=cast.NOW)

    client = client_of("exporter@amber.example")
    page = client.get(f"/replay/SC-02?lang={lang}").get_data(as_text=True)

    assert "CL-03" in page
    assert "gate-first" in page
    assert client.get(f"/replay/SC-02?assessment={made.id}").status_code == 200
    stranger = client_of("exporter@borealis.example")
    assert stranger.get(f"/replay/SC-02?assessment={made.id}").status_code == 404
    assert client.get("/replay/SC-02?assessment=x").status_code == 404


def test_trainers_have_no_answers_to_run_against(client_of: Client) -> None:
    assert client_of("trainer@amber.example").get("/replay").status_code == 403
