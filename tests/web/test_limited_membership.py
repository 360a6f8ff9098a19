"""A colleague who was invited for some modules only sees and answers those."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.catalogue import load_edition
from compliance.database import shared_session
from compliance.identity import Membership
from tests.support import cast
from tests.web.conftest import Filled


@pytest.fixture
def clerk(engine: Engine, client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    """The exporter of Amber, limited to licensing."""
    person = cast.actor("exporter@amber.example").person_id
    with shared_session(engine) as session:
        found = session.scalars(select(Membership).where(Membership.person_id == person)).one()
        found.modules = ["licensing"]
    return client_of("exporter@amber.example")


def test_the_task_list_shows_these_modules_only(clerk: FlaskClient, filled: Filled) -> None:
    page = clerk.get(filled.url).text

    assert "/sections/licensing/" in page
    assert "/sections/icp/" not in page
    licensing = load_edition("ecl-icp", "2026.1").module("licensing")
    of_all = sum(len(section.questions) for section in licensing.sections)
    assert re.search(rf"\d+ of {of_all} questions apply to you", page)


def test_other_sections_are_not_found(clerk: FlaskClient, filled: Filled) -> None:
    assert clerk.get(filled.section()).status_code == 200
    assert clerk.get(filled.section("icp", "organisation")).status_code == 404
    assert clerk.post(filled.section("icp", "organisation"), data={}).status_code == 404
    assert clerk.get(f"{filled.url}/questions/ICP-A1").status_code == 404


def test_other_answers_can_not_be_saved(clerk: FlaskClient, filled: Filled) -> None:
    before = filled.answer("ICP-A1")

    answer = clerk.put(
        f"{filled.url}/answers/ICP-A1", json={"value": 0}, headers={"If-Match": '"1"'}
    )

    assert answer.status_code == 404
    assert filled.answer("ICP-A1") == before


def test_evidence_can_not_be_laid_to_other_modules(clerk: FlaskClient, filled: Filled) -> None:
    data = {"title": "Register", "reference": "DMS 1", "also": "LIC-02, ICP-A1"}

    page = clerk.post(f"{filled.url}/questions/LIC-01/evidence", data=data)

    assert page.status_code == 422
    assert "There is no question ICP-A1." in page.text
