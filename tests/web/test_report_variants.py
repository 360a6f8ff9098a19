"""Reports ordered from where their figures stand: one module, two results, several firms."""

import io
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.answers import Bundle, parse_bundle
from compliance.assessments import (
    find_assessment,
    import_bundle,
    seal,
)
from compliance.audit import trail
from compliance.backup import delete_firm
from compliance.database import firm_reading, firm_session, shared_session
from compliance.identity import Membership, Role, firm_of
from compliance.jobs import enqueue, find_job
from compliance.reports import verify
from compliance.settings import ROOT
from compliance.worker import run_one
from tests.support import cast
from tests.support.portfolios import FirmToMake, make_firms

EXPORTER, OFFICER = cast.actor("exporter@amber.example"), cast.actor("officer@amber.example")
DEMO = (ROOT / "questionnaires" / "demo" / "current.json").read_bytes()
ClientOf = Callable[[str], FlaskClient]


def a_result(engine: Engine, day: date, title: str) -> UUID:
    """A sealed assessment of Amber."""
    demo = parse_bundle(DEMO)
    bundle = Bundle(demo.questionnaire_id, demo.version, day, "Amber", "AMBER", dict(demo.answers))
    with firm_session(engine, OFFICER.firm_id) as session:
        made = import_bundle(session, EXPORTER, bundle, title=title, now=cast.NOW)
        made_id = made.id
    with firm_session(engine, OFFICER.firm_id) as session:
        found = find_assessment(session, made_id)
        found.state = "in_review"
    with firm_session(engine, OFFICER.firm_id) as session:
        found = find_assessment(session, made_id)
        seal(session, OFFICER, found, firm_of(engine, OFFICER.firm_id), now=cast.NOW)
    return made_id


@pytest.fixture
def assessment_id(engine: Engine) -> UUID:
    with firm_session(engine, EXPORTER.firm_id) as session:
        return import_bundle(session, EXPORTER, parse_bundle(DEMO), title="2026", now=cast.NOW).id


@pytest.fixture
def results(engine: Engine) -> tuple[UUID, UUID]:
    return (
        a_result(engine, date(2025, 11, 20), "Of 2025"),
        a_result(engine, date(2026, 11, 20), "Of 2026"),
    )


def made(app: Flask, engine: Engine, client: FlaskClient, path: str) -> bytes:
    while run_one(engine, app.extensions["settings"]):
        pass
    answer = client.get(f"{path}/download")
    assert answer.status_code == 200, client.get(path).text
    return answer.data


def told(engine: Engine, firm: str) -> list[tuple[str, str, object]]:
    """Who ordered which report, as the firm's audit trail has it."""
    with firm_reading(engine, cast.firm_id(firm)) as session:
        return [
            (one.person_name, one.subject, one.details.get("variant"))
            for one in trail(session, newest_first=False)
            if one.action == "report.ordered"
        ]


# --- One module --------------------------------------------------------------------------------


def order_module(client: FlaskClient, assessment_id: UUID, module: str = "licensing") -> str:
    fields = {"assessment": str(assessment_id), "variant": f"module:{module}"}
    answer = client.post("/reports", data=fields)
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_module_is_chosen_on_the_page_of_reports_and_on_that_of_results(
    client_of: ClientOf, assessment_id: UUID
) -> None:
    client = client_of("exporter@amber.example")

    reports = client.get("/reports?variant=module:licensing").text
    results = client.get(f"/assessments/{assessment_id}/results?module=licensing").text
    chinese = client.get(f"/assessments/{assessment_id}/results?lang=zh").text

    for page in (reports, results):
        assert '<option value="module:licensing" selected>' in page
        assert page.count('<option value="module:') >= 7
    assert "单个模块的报告" in chinese


def test_a_module_report_is_ordered_once_named_and_put_on_record(
    client_of: ClientOf, engine: Engine, assessment_id: UUID
) -> None:
    client = client_of("exporter@amber.example")

    path = order_module(client, assessment_id)

    assert order_module(client_of("officer@amber.example"), assessment_id) == path
    assert order_module(client, assessment_id, "icp") != path
    assert "Module report: " in client.get(path).text
    assert "模块报告：" in client.get(f"{path}?lang=zh").text
    assert told(engine, "amber")[0] == ("Amber exporter", "2026", "module")


@pytest.mark.parametrize(
    "fields",
    [
        {"variant": "module:poetry"},
        {"variant": "module:"},
        {"variant": "module"},
        {"variant": "full", "module": "licensing"},
    ],
)
def test_a_module_that_is_not_there_is_refused(
    client_of: ClientOf, assessment_id: UUID, fields: dict[str, str]
) -> None:
    client = client_of("exporter@amber.example")

    answer = client.post("/reports", data={"assessment": str(assessment_id), **fields})

    assert answer.status_code == 422


def test_readers_see_results_without_a_way_to_order(
    client_of: ClientOf, assessment_id: UUID
) -> None:
    client = client_of("trainer@amber.example")
    fields = {"assessment": str(assessment_id), "variant": "module:icp"}

    assert client.post("/reports", data=fields).status_code == 403


@pytest.mark.slow
def test_a_module_report_holds_its_module_and_is_genuine(
    app: Flask, client_of: ClientOf, engine: Engine, assessment_id: UUID
) -> None:
    client = client_of("exporter@amber.example")
    path = order_module(client, assessment_id)

    pdf = made(app, engine, client, path)

    with pikepdf.open(io.BytesIO(pdf)) as document, document.open_outline() as outline:
        heads = [item.title for item in outline.root]
    assert any("Licensing" in head for head in heads)
    assert not any("Internal compliance" in head for head in heads)
    assert verify(pdf).genuine


# --- Two results -------------------------------------------------------------------------------


def compare(client: FlaskClient, earlier: object, later: object, language: str = "en") -> str:
    fields = {"earlier": str(earlier), "later": str(later), "language": language}
    answer = client.post("/reports/comparison", data=fields)
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_a_comparison_is_ordered_from_its_page_whichever_side_is_named_first(
    client_of: ClientOf, engine: Engine, results: tuple[UUID, UUID]
) -> None:
    client = client_of("exporter@amber.example")

    page = client.get("/comparison").text
    path = compare(client, *results)

    assert 'action="/reports/comparison"' in page
    assert str(results[0]) in page
    assert compare(client, *reversed(results)) == path
    assert compare(client, *results, language="zh") != path
    assert "Of 2025 → Of 2026" in client.get(path).text
    assert told(engine, "amber")[0] == ("Amber exporter", "Of 2025 → Of 2026", "comparison")


def test_what_cannot_be_compared_is_refused(
    client_of: ClientOf, results: tuple[UUID, UUID], assessment_id: UUID
) -> None:
    client, stranger = client_of("exporter@amber.example"), client_of("officer@borealis.example")
    earlier, later = map(str, results)

    def status(who: FlaskClient, **fields: str) -> int:
        return who.post("/reports/comparison", data=fields).status_code

    assert status(client, earlier=earlier, later=earlier) == 422
    assert status(client, earlier=earlier, later="soup") == 422
    assert status(client, earlier=earlier, later=later, language="fr") == 422
    assert status(client, earlier=earlier) == 400
    assert status(client, earlier=earlier, later=str(uuid4())) == 404
    assert status(client, earlier=earlier, later=str(assessment_id)) == 404  # not sealed
    assert status(stranger, earlier=earlier, later=later) == 404


def test_who_orders_no_report_is_offered_none(
    client_of: ClientOf, results: tuple[UUID, UUID]
) -> None:
    client = client_of("trainer@amber.example")
    fields = {"earlier": str(results[0]), "later": str(results[1])}

    assert client.post("/reports/comparison", data=fields).status_code == 403


@pytest.mark.slow
def test_a_comparison_holds_both_sides_and_is_genuine(
    app: Flask, client_of: ClientOf, engine: Engine, results: tuple[UUID, UUID]
) -> None:
    client = client_of("exporter@amber.example")
    path = compare(client, *results, language="both")

    pdf = made(app, engine, client, path)

    with pikepdf.open(io.BytesIO(pdf)) as document:
        names = set(document.attachments)
    assert {"answers.json", "earlier-answers.json", "earlier-result.json"} <= names
    assert verify(pdf).genuine


# --- Several firms -----------------------------------------------------------------------------


@pytest.fixture
def officer(client_of: ClientOf) -> FlaskClient:
    """Amber's officer, signed in there before there is any other firm of theirs."""
    return client_of("officer@amber.example")


@pytest.fixture
def group(engine: Engine, officer: FlaskClient) -> FirmToMake:
    """A second firm of Amber's officer, with figures that nobody else of Amber may see."""
    firm = FirmToMake("Cobalt Tools", scores=(50.0, 62.4))
    make_firms(engine, [firm], person_id=OFFICER.person_id)
    return firm


def portfolio(client: FlaskClient, language: str = "en") -> str:
    answer = client.post("/reports/portfolio", data={"language": language})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def a_colleague(engine: Engine, email: str, firm_id: UUID | None = None) -> None:
    """Give somebody of Amber the role of officer there, or in another firm as well."""
    seat = next(seat for seat in cast.SEATS if seat.email == email)
    with shared_session(engine) as session:
        if firm_id is None:
            membership = session.scalars(
                select(Membership).where(Membership.person_id == seat.person_id)
            ).one()
            membership.role = Role.OFFICER
        else:
            session.add(
                Membership(
                    person_id=seat.person_id,
                    firm_id=firm_id,
                    role=Role.OFFICER,
                    created_at=cast.NOW,
                )
            )


def test_a_portfolio_is_ordered_from_its_page_and_every_firm_has_it_on_record(
    officer: FlaskClient, engine: Engine, group: FirmToMake
) -> None:
    page, path = officer.get("/portfolio").text, portfolio(officer)

    assert 'action="/reports/portfolio"' in page
    assert portfolio(officer) == path
    assert "Portfolio: 2 firms" in officer.get(path).text
    assert "企业总览：2家企业" in officer.get("/reports?lang=zh").text
    assert told(engine, "amber")[0] == ("Amber officer", "portfolio", "portfolio")
    with firm_reading(engine, group.id) as session:
        assert [e.action for e in trail(session)].count("report.ordered") == 2


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.OFFICER])
def test_only_officers_order_one(client_of: ClientOf, role: Role) -> None:
    client = client_of(f"{role.value}@amber.example")

    assert client.post("/reports/portfolio", data={}).status_code == 403


def test_the_order_itself_holds_no_figure_and_no_name(
    officer: FlaskClient, engine: Engine, group: FirmToMake
) -> None:
    """The row goes into the archive of the firm in which it was ordered."""
    path = portfolio(officer)

    with firm_reading(engine, OFFICER.firm_id) as session:
        job = find_job(session, UUID(path.rsplit("/", 1)[1]))
    assert "Cobalt" not in f"{job.arguments} {job.title}"
    assert "62.4" not in str(job.arguments)


def test_a_colleague_without_a_role_in_each_firm_sees_no_trace_of_it(
    officer: FlaskClient, client_of: ClientOf, engine: Engine, group: FirmToMake
) -> None:
    path = portfolio(officer)
    a_colleague(engine, "exporter@amber.example")
    other = client_of("exporter@amber.example")

    assert path not in other.get("/reports").text
    for tail in ("", "/state", "/download"):
        assert other.get(path + tail).status_code == 404
    for tail in ("/cancel", "/restart"):
        assert other.post(path + tail).status_code == 404

    a_colleague(engine, "exporter@amber.example", group.id)
    assert other.get(path).status_code == 200


def test_who_loses_a_role_loses_the_portfolio(
    officer: FlaskClient, engine: Engine, group: FirmToMake
) -> None:
    path = portfolio(officer)
    with shared_session(engine) as session:
        role = session.scalars(select(Membership).where(Membership.firm_id == group.id)).one()
        session.delete(role)

    assert officer.get(path).status_code == 404
    assert portfolio(officer) != path


def test_a_new_result_makes_another_portfolio(
    officer: FlaskClient, engine: Engine, group: FirmToMake, results: tuple[UUID, UUID]
) -> None:
    path = portfolio(officer)

    a_result(engine, date(2026, 11, 23), "Newer")

    assert portfolio(officer) != path


@pytest.mark.slow
def test_a_portfolio_holds_the_firms_and_lies_in_no_firms_folder(
    app: Flask,
    officer: FlaskClient,
    engine: Engine,
    group: FirmToMake,
    results: tuple[UUID, UUID],
) -> None:
    make_firms(engine, [FirmToMake("Never Assessed Co", scores=())], person_id=OFFICER.person_id)
    path = portfolio(officer, "both")

    pdf = made(app, engine, officer, path)

    reports = app.extensions["settings"].data_dir / "reports"
    with pikepdf.open(io.BytesIO(pdf)) as document:
        stated = document.attachments["portfolio.json"].get_file().read_bytes().decode()
    for name in ("Amber", "Cobalt Tools", "Never Assessed Co", "62.4"):
        assert name in stated
    assert "Borealis" not in stated
    assert verify(pdf).genuine
    assert [one.parent.name for one in reports.rglob("report-*")] == ["portfolios"]

    delete_firm(engine, group.id, app.extensions["settings"].data_dir)

    assert list(reports.rglob("report-*")) == []
    assert officer.get(path).status_code == 404


@pytest.mark.slow
def test_a_file_that_is_gone_is_made_again(
    app: Flask, officer: FlaskClient, engine: Engine, group: FirmToMake
) -> None:
    path = portfolio(officer)
    first = made(app, engine, officer, path)
    for file in (app.extensions["settings"].data_dir / "reports").rglob("report-*"):
        file.unlink()

    page = officer.get(path).text
    officer.post(f"{path}/restart")

    assert "The file is gone." in page
    assert officer.get(f"{path}/state").json["state"] == "queued"  # type: ignore[index]
    assert made(app, engine, officer, path) == first


# --- A bad order -------------------------------------------------------------------------------


def test_an_order_that_cannot_be_made_fails_in_words_and_holds_nobody_up(
    app: Flask, client_of: ClientOf, engine: Engine, assessment_id: UUID
) -> None:
    client = client_of("exporter@amber.example")
    with firm_session(engine, EXPORTER.firm_id) as session:
        bad = enqueue(
            session,
            EXPORTER,
            "report",
            key="bad",
            title="Bad",
            arguments={"format": "csv", "variant": "full", "language": "en", "bundle": {"firm": {},
                       "as_of": "2026-11-24"}},
            now=cast.NOW,
        ).id  # fmt: skip
    path = client.post(
        "/reports", data={"assessment": str(assessment_id), "format": "csv"}
    ).headers["Location"]

    content = made(app, engine, client, path)

    assert b"LIC-01" in content
    assert "Failed. Try again" in client.get(f"/reports/{bad}").text
    assert client.get(f"/reports/{bad}/download").status_code == 409
