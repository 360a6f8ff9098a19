"""An outside expert: one question or module, until a day, signed, and nothing beside it."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.assessments import Consultation, thread_of
from compliance.clock import today
from compliance.database import all_firms_session, firm_reading
from compliance.mail import Mail
from tests.review.conftest import OFFICER


@pytest.fixture
def officer(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("officer@amber.example")


def wish(**changes: str) -> dict[str, str]:
    return {
        "scope": "LIC-01",
        "request": "Does a sample need a licence?",
        "expert_name": "Prof. Yan",
        "expert_email": "yan@university.example",
        "ends_on": (today() + timedelta(days=5)).isoformat(),
        **changes,
    }


@pytest.fixture
def link_to(officer: FlaskClient, in_review: UUID) -> Callable[..., str]:
    """`link_to(scope="licensing")`: invite an expert and take the link that is shown once."""

    def invited(**changes: str) -> str:
        address = f"/assessments/{in_review}/consultations"
        assert officer.post(address, data=wish(**changes)).status_code == 302
        found = re.search(r"/consultations/[^<\s]+", officer.get(address).text)
        assert found is not None
        return found.group(0)

    return invited


@pytest.fixture
def expert(app: Flask) -> FlaskClient:
    """A browser that nobody signed in."""
    return app.test_client()


def test_the_expert_sees_the_question_and_no_more(
    expert: FlaskClient, link_to: Callable[..., str]
) -> None:
    page = expert.get(link_to()).text

    assert "Does a sample need a licence?" in page
    assert "1 · Informal" in page
    assert "LIC-19" not in page
    assert "CL-16" not in page


def test_the_expert_sees_the_module_asked_about(
    expert: FlaskClient, link_to: Callable[..., str]
) -> None:
    page = expert.get(link_to(scope="licensing")).text

    assert 'id="q-LIC-01"' in page
    assert 'id="q-LIC-19"' in page
    assert "CL-16" not in page


def test_advice_is_a_signed_entry_in_the_thread(
    expert: FlaskClient,
    officer: FlaskClient,
    engine: Engine,
    in_review: UUID,
    link_to: Callable[..., str],
) -> None:
    link = link_to()

    answer = expert.post(link, data={"question": "LIC-01", "text": "Yes, a sample is an export."})

    assert answer.status_code == 302
    with firm_reading(engine, OFFICER.firm_id) as session:
        (message,) = thread_of(session, in_review, "LIC-01")
    assert message.person_name == "Prof. Yan <yan@university.example>"
    assert (
        "Yes, a sample is an export." in officer.get(f"/review/{in_review}/modules/licensing").text
    )
    assert "Yes, a sample is an export." in expert.get(link).text


def test_advice_reaches_no_other_question(expert: FlaskClient, link_to: Callable[..., str]) -> None:
    link = link_to()

    for question in ("LIC-19", "NO-SUCH", ""):
        answer = expert.post(link, data={"question": question, "text": "Sneaky."})
        assert answer.status_code == 404


def test_empty_advice_is_said(expert: FlaskClient, link_to: Callable[..., str]) -> None:
    answer = expert.post(link_to(), data={"question": "LIC-01", "text": "  "})

    assert answer.status_code == 422
    assert "Write your advice first." in answer.text


def test_the_link_ends_on_its_day(
    expert: FlaskClient, engine: Engine, link_to: Callable[..., str]
) -> None:
    link = link_to(ends_on=today().isoformat())
    assert expert.get(link).status_code == 200
    with all_firms_session(engine, reason="test") as session:
        session.scalars(select(Consultation)).one().ends_on = today() - timedelta(days=1)

    for answer in (
        expert.get(link),
        expert.post(link, data={"question": "LIC-01", "text": "Late."}),
    ):
        assert answer.status_code == 410
        assert "has ended or was withdrawn" in answer.text


def test_a_withdrawn_link_is_dead(
    expert: FlaskClient, officer: FlaskClient, in_review: UUID, link_to: Callable[..., str]
) -> None:
    link = link_to()
    consultation_id = link.split("/")[3]

    officer.post(f"/assessments/{in_review}/consultations/{consultation_id}/end")

    assert expert.get(link).status_code == 410


def test_another_token_or_firm_finds_nothing(
    expert: FlaskClient, link_to: Callable[..., str]
) -> None:
    _, root, firm_id, consultation_id, token = link_to().split("/")

    for wrong in (
        f"/{root}/{firm_id}/{consultation_id}/{token[:-1]}x",
        f"/{root}/{uuid4()}/{consultation_id}/{token}",
        f"/{root}/{firm_id}/{uuid4()}/{token}",
    ):
        assert expert.get(wrong).status_code == 404


def test_the_link_is_no_key_to_anything_else(
    expert: FlaskClient, in_review: UUID, link_to: Callable[..., str]
) -> None:
    page = expert.get(link_to())

    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert expert.get(f"/assessments/{in_review}").status_code == 302


def test_the_link_is_mailed_in_both_languages_and_kept_nowhere(
    engine: Engine, link_to: Callable[..., str]
) -> None:
    token = link_to().rsplit("/", 1)[1]

    with firm_reading(engine, OFFICER.firm_id) as session:
        mail = session.scalars(select(Mail)).one()
        row = session.scalars(select(Consultation)).one()
    assert mail.recipient == "yan@university.example"
    assert token in mail.body
    assert "asks for your advice" in mail.subject
    assert "向您咨询" in mail.subject
    assert token not in row.token_sha256


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ends_on": "2020-01-01"}, "The last day lies in the past."),
        ({"ends_on": "soon"}, "Enter a date that exists"),
        ({"expert_email": "nobody"}, "Enter an e-mail address"),
        ({"expert_name": " "}, "Give the expert"),
        ({"request": ""}, "Say what you want to know."),
        ({"scope": "NO-SUCH"}, "Choose the question or module."),
    ],
)
def test_what_can_not_be_asked_is_said(
    officer: FlaskClient, in_review: UUID, changes: dict[str, str], words: str
) -> None:
    answer = officer.post(f"/assessments/{in_review}/consultations", data=wish(**changes))

    assert answer.status_code == 422
    assert words in answer.text


def test_only_officers_invite(client_of: Callable[[str], FlaskClient], in_review: UUID) -> None:
    exporter = client_of("exporter@amber.example")

    answer = exporter.post(f"/assessments/{in_review}/consultations", data=wish())

    assert answer.status_code == 403
