"""An assessment of Amber on the officer's desk."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine

from compliance.answers import parse_answer
from compliance.assessments import (
    find_assessment,
    open_assessment,
    save_answer,
    start_review,
    submit,
)
from compliance.catalogue import load_edition
from compliance.database import firm_session
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")
OFFICER = cast.actor("officer@amber.example")
REASON = "We export no technology of any kind, only goods."
ANSWERS: dict[str, dict[str, object]] = {
    "SCP-01": {"value": ["manufacturer"]},
    "SCP-04": {"value": ["sale"]},
    "LIC-01": {"value": 1, "comment": "Only large orders."},
    "LIC-19": {"value": 2},
    "CL-16": {"not_applicable": {"reason": REASON}},
}


@pytest.fixture
def an_assessment(engine: Engine, now: datetime) -> Callable[..., UUID]:
    """`an_assessment(in_review=True)`: Amber's assessment, as far as asked for."""

    def made(*, submitted: bool = True, in_review: bool = True, day: int = 24) -> UUID:
        edition = load_edition("ecl-icp", "2026.1")
        with firm_session(engine, EXPORTER.firm_id) as session:
            assessment = open_assessment(
                session,
                EXPORTER,
                edition,
                title=f"Check of {day} November",
                as_of=date(2026, 11, day),
                now=now,
            )
            for question_id, raw in ANSWERS.items():
                save_answer(
                    session,
                    EXPORTER,
                    assessment,
                    question_id,
                    parse_answer(edition.question(question_id), raw),
                    base_version=0,
                    now=now,
                )
            if submitted:
                submit(session, EXPORTER, assessment, now=now)
        if submitted and in_review:
            with firm_session(engine, OFFICER.firm_id) as session:
                start_review(session, OFFICER, find_assessment(session, assessment.id), now=now)
        return assessment.id

    return made


@pytest.fixture
def in_review(an_assessment: Callable[..., UUID]) -> UUID:
    return an_assessment()
