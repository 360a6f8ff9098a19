"""The trainer's pages: library, sandbox, roles and refusals."""

import re
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from compliance.assessments import Assessment
from compliance.database import all_firms_reading, all_firms_session, shared_session
from compliance.identity import Firm, FirmKind, Membership, find_actor
from compliance.training import Sandbox, library, sweep_sandboxes
from compliance.worker.orders import Wish, order_report
from tests.support import cast

TRAINER = "trainer@amber.example"
OTHERS = ("exporter", "officer", "reader", "administrator")
PAGES = (
    "/training",
    "/training/scenarios/SC-01",
    "/classroom/new",
    "/programmes",
    "/scenarios/import",
)
Client = Callable[[str], FlaskClient]


@pytest.fixture
def trainer(client_of: Client) -> FlaskClient:
    return client_of(TRAINER)


def sandbox_firms(engine: Engine) -> list[Firm]:
    with all_firms_reading(engine, reason="test") as session:
        return list(session.scalars(select(Firm).where(Firm.kind == FirmKind.TRAINING)))


def text(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("role", OTHERS)
@pytest.mark.parametrize("path", PAGES)
def test_only_trainers_see_training(client_of: Client, role: str, path: str) -> None:
    assert client_of(f"{role}@amber.example").get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_visitors_sign_in_first(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert "/login" in answer.headers["Location"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_library_shows_all_scenarios_in_both_languages(trainer: FlaskClient, lang: str) -> None:
    page = text(trainer, f"/training?lang={lang}")

    assert all(scenario.title[lang].replace('"', "&#34;") in page for scenario in library())


def test_filters_narrow_the_library(trainer: FlaskClient) -> None:
    page = text(trainer, "/training?level=introductory&topic=icp")

    assert page.count('class="case-card"') == 2


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("scenario_id", [scenario.id for scenario in library()])
def test_each_case_can_be_read(trainer: FlaskClient, scenario_id: str, lang: str) -> None:
    page = text(trainer, f"/training/scenarios/{scenario_id}?lang={lang}")

    assert 'class="paper ' in page
    assert 'class="route"' in page


def test_an_unknown_scenario_is_not_found(trainer: FlaskClient) -> None:
    assert trainer.get("/training/scenarios/SC-99").status_code == 404


def test_one_click_starts_a_sandbox_that_looks_real(trainer: FlaskClient, engine: Engine) -> None:
    answer = trainer.post("/training/scenarios/SC-01/sandbox", follow_redirects=True)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "TRAINING" in page
    assert "Lanting Brightspindle" in page
    assert trainer.get("/training").status_code == 403  # the trainer is its officer now
    assert len(sandbox_firms(engine)) == 1


def test_a_sandbox_is_reset_in_one_click(trainer: FlaskClient, engine: Engine) -> None:
    trainer.post("/training/scenarios/SC-11/sandbox")
    before = sandbox_firms(engine)[0].id

    began = perf_counter()
    answer = trainer.post("/sandbox/reset")
    took = perf_counter() - began

    after = sandbox_firms(engine)
    assert answer.status_code == 302
    assert [firm.id for firm in after] != [before]
    assert len(after) == 1
    assert trainer.get("/").status_code == 200
    assert took < 10  # on a loaded machine; the figure itself is in docs/performance.md


def test_ending_leaves_nothing(trainer: FlaskClient, engine: Engine) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")

    trainer.post("/sandbox/end")

    assert sandbox_firms(engine) == []
    assert trainer.get("/training").status_code == 200
    with all_firms_reading(engine, reason="test") as session:
        assert session.scalars(select(Assessment)).all() == []
        assert session.scalars(select(Sandbox)).all() == []


def test_leaving_keeps_the_sandbox_and_one_can_go_back(
    trainer: FlaskClient, engine: Engine
) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")
    firm = sandbox_firms(engine)[0]

    trainer.post("/sandbox/leave")
    assert "Go on" in text(trainer, "/training")
    trainer.post(f"/training/sandboxes/{firm.id}")

    assert "TRAINING" in text(trainer, "/sandbox")


@pytest.mark.parametrize("role", ["exporter", "officer", "reader"])
def test_a_sandbox_is_seen_as_each_role(trainer: FlaskClient, engine: Engine, role: str) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")

    trainer.post("/sandbox/role", data={"role": role})

    with all_firms_reading(engine, reason="test") as session:
        firm = session.scalars(select(Firm).where(Firm.kind == FirmKind.TRAINING)).one()
        found = session.scalars(select(Membership).where(Membership.firm_id == firm.id)).one()
        assert found.role == role
    assert trainer.get("/").status_code == 200


@pytest.mark.parametrize("role", ["administrator", "trainer", "nobody"])
def test_a_sandbox_has_no_other_role(trainer: FlaskClient, role: str) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")

    assert trainer.post("/sandbox/role", data={"role": role}).status_code == 422


def test_at_most_five_sandboxes_stand_open(trainer: FlaskClient, engine: Engine) -> None:
    for _ in range(6):
        trainer.post("/training/scenarios/SC-11/sandbox")
        trainer.post("/sandbox/leave")

    assert len(sandbox_firms(engine)) == 5


def test_a_real_firm_is_no_sandbox(client_of: Client) -> None:
    officer = client_of("officer@amber.example")

    assert officer.get("/sandbox").status_code == 404
    assert officer.post("/sandbox/end").status_code == 404
    assert officer.post("/sandbox/reset").status_code == 404


def test_another_trainer_does_not_find_the_sandbox(
    trainer: FlaskClient, client_of: Client, engine: Engine
) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")
    firm = sandbox_firms(engine)[0]

    answer = client_of("trainer@borealis.example").post(f"/training/sandboxes/{firm.id}")

    assert answer.status_code == 404


# --- Never mixed with real firms -------------------------------------------------------------


def test_the_database_refuses_to_make_a_sandbox_a_real_firm(
    trainer: FlaskClient, engine: Engine
) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")

    with shared_session(engine) as session:
        firm = session.scalars(select(Firm).where(Firm.kind == FirmKind.TRAINING)).one()
        firm.kind = FirmKind.REAL

        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_the_database_refuses_a_sandbox_on_a_real_firm(engine: Engine) -> None:
    mixed = Sandbox(
        firm_id=cast.firm_id("borealis"),
        person_id=cast.actor(TRAINER).person_id,
        home_firm_id=cast.firm_id("amber"),
        scenario={},
        created_at=cast.NOW,
        ends_at=cast.NOW,
    )

    with shared_session(engine) as session:
        session.add(mixed)
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_no_assessment_moves_from_a_sandbox_to_a_real_firm(
    trainer: FlaskClient, engine: Engine
) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")

    with all_firms_session(engine, reason="test") as session:
        assessment = session.scalars(select(Assessment)).one()
        assessment.firm_id = cast.firm_id("amber")

        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


@pytest.mark.parametrize(("verb", "path"), [("get", "/people"), ("post", "/lists/import")])
def test_nothing_reaches_people_or_shared_lists_from_a_sandbox(
    trainer: FlaskClient, verb: str, path: str
) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")

    assert getattr(trainer, verb)(path).status_code == 403


def test_a_sandbox_ends_by_itself(trainer: FlaskClient, engine: Engine) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")
    over = sandbox_firms(engine)[0].ends_at
    assert over is not None

    with shared_session(engine) as session:
        early = sweep_sandboxes(session, now=over - timedelta(seconds=1))
        ended = sweep_sandboxes(session, now=over)

    assert (early, ended) == (0, 1)
    assert sandbox_firms(engine) == []
    assert trainer.get("/training").status_code == 200  # at home again


def test_the_report_of_a_sandbox_says_training(trainer: FlaskClient, engine: Engine) -> None:
    trainer.post("/training/scenarios/SC-01/sandbox")
    with all_firms_reading(engine, reason="test") as session:
        assessment_id = session.scalars(select(Assessment.id)).one()
        member = session.scalars(
            select(Membership).where(Membership.firm_id == sandbox_firms(engine)[0].id)
        ).one()
    actor = find_actor(engine, member.person_id, member.firm_id)
    assert actor is not None

    job = order_report(engine, actor, Wish(assessment_id))

    assert job.arguments["training"] is True


def test_strange_ids_are_not_found(trainer: FlaskClient) -> None:
    for id_ in ("x" * 300, "<script>", "00000000-0000-0000-0000-000000000000"):
        assert trainer.get(f"/training/scenarios/{id_}").status_code == 404


def test_links_of_the_library_lead_somewhere(trainer: FlaskClient) -> None:
    page = text(trainer, "/training/scenarios/SC-01")

    for link in set(re.findall(r'href="(/(?:training|classroom|scenarios)[^"#]*)"', page)):
        assert trainer.get(link).status_code == 200, link
