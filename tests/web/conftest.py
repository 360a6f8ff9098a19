"""An assessment of Amber, filled in as the demo firm's."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.answers import parse_bundle
from compliance.assessments import import_bundle, responses_of
from compliance.database import firm_reading, firm_session
from compliance.identity import Actor
from compliance.settings import ROOT
from tests.support import cast

DEMO = ROOT / "questionnaires" / "demo" / "current.json"


@dataclass(frozen=True)
class Filled:
    """A filled assessment, and what stands in it."""

    id: str
    engine: Engine

    @property
    def url(self) -> str:
        return f"/assessments/{self.id}"

    def section(self, module: str = "licensing", section: str = "licence-decision") -> str:
        return f"{self.url}/sections/{module}/{section}"

    def answer(self, question: str) -> tuple[object, str | None, str]:
        """Value, reason and comment as stored."""
        with firm_reading(self.engine, cast.firm_id("amber")) as session:
            found = responses_of(session, _uuid(self.id)).get(question)
            return (found.value, found.na_reason, found.comment) if found else (None, None, "")

    def version(self, question: str) -> int:
        with firm_reading(self.engine, cast.firm_id("amber")) as session:
            found = responses_of(session, _uuid(self.id)).get(question)
            return found.version if found else 0


def _uuid(text: str):  # type: ignore[no-untyped-def]
    from uuid import UUID

    return UUID(text)


@pytest.fixture
def filled(engine: Engine, now: datetime) -> Filled:
    actor: Actor = cast.actor("exporter@amber.example")
    bundle = parse_bundle(DEMO.read_bytes())
    with firm_session(engine, actor.firm_id) as session:
        assessment = import_bundle(session, actor, bundle, title="Amber 2026", now=now)
        return Filled(str(assessment.id), engine)


@pytest.fixture
def exporter(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("exporter@amber.example")
