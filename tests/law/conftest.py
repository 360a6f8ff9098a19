"""An assessment of Amber on the first edition, filled like the demo firm's."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine

from compliance.answers import parse_bundle
from compliance.assessments import import_bundle
from compliance.database import firm_session
from tests.support import cast

DEMO = Path(__file__).parents[2] / "questionnaires" / "demo" / "current.json"
EXPORTER = cast.actor("exporter@amber.example")


@pytest.fixture
def filled(now: datetime) -> Callable[[Engine], UUID]:
    """`filled(engine)`: the id of a draft on edition 2026.1 with the demo firm's answers."""

    def fill(engine: Engine) -> UUID:
        bundle = parse_bundle(DEMO.read_bytes())
        with firm_session(engine, EXPORTER.firm_id) as session:
            return import_bundle(session, EXPORTER, bundle, title="Annual", now=now).id

    return fill
