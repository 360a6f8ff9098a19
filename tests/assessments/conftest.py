"""An assessment of Amber on the first edition, with a few answers."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import pytest
from sqlalchemy import Engine

from compliance.answers import parse_answer
from compliance.assessments import find_assessment, open_assessment, save_answer
from compliance.catalogue import Edition, load_edition
from compliance.database import firm_session
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")


@pytest.fixture(scope="session")
def edition() -> Edition:
    return load_edition("ecl-icp", "2026.1")


@pytest.fixture
def an_assessment(each_engine: Engine, edition: Edition, now: datetime) -> UUID:
    """A draft of Amber without answers."""
    with firm_session(each_engine, EXPORTER.firm_id) as session:
        assessment = open_assessment(
            session, EXPORTER, edition, title="2026", as_of=date(2026, 11, 24), now=now
        )
        return assessment.id


@pytest.fixture
def answered(
    each_engine: Engine, an_assessment: UUID, edition: Edition, now: datetime
) -> Callable[..., None]:
    """`answered(SCP_03="yes")`: keep answers as the exporter; "__" in a name is no part of it."""

    def keep(**values: object) -> None:
        with firm_session(each_engine, EXPORTER.firm_id) as session:
            assessment = find_assessment(session, an_assessment)
            for name, value in values.items():
                question = edition.question(name.replace("_", "-"))
                raw = value if isinstance(value, dict) else {"value": value}
                answer = parse_answer(question, raw)
                save_answer(
                    session,
                    EXPORTER,
                    assessment,
                    question.id,
                    answer,
                    base_version=0,
                    now=now,
                )

    return keep
