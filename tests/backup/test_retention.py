"""A firm whose sealed assessments must be kept is not deleted without being told to twice."""

from datetime import date, timedelta

import pytest
import time_machine
from click.testing import Result
from flask import Flask
from sqlalchemy import Engine, select

from compliance.database import shared_reading
from compliance.identity import Firm
from tests.support import cast
from tests.web.test_report_variants import a_result

FIVE_YEARS = timedelta(days=5 * 365 + 2)


@pytest.fixture
def sealed(engine: Engine) -> None:
    a_result(engine, date(2026, 11, 20), "Sealed")


def delete(app: Flask, *options: str) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["firm", "delete", "AMBER", *options])


def is_there(engine: Engine) -> bool:
    with shared_reading(engine) as session:
        return session.scalars(select(Firm).where(Firm.reference == "AMBER")).first() is not None


@pytest.mark.usefixtures("sealed")
@time_machine.travel(cast.NOW, tick=False)
def test_young_sealed_assessments_are_named_and_nothing_is_deleted(
    app: Flask, engine: Engine
) -> None:
    refused = delete(app, "--confirm", "AMBER")

    assert refused.exit_code == 1
    assert "1 sealed assessments are younger than 5 years and should be kept" in refused.output
    assert is_there(engine)


@pytest.mark.usefixtures("sealed")
@time_machine.travel(cast.NOW, tick=False)
def test_who_knows_it_can_delete_all_the_same_and_is_told_what_remains(
    app: Flask, engine: Engine
) -> None:
    done = delete(app, "--confirm", "AMBER", "--although-retained")

    assert done.exit_code == 0
    assert "what remains: backups made before" in done.output
    assert not is_there(engine)


@pytest.mark.usefixtures("sealed")
def test_after_five_years_no_warning_is_needed(app: Flask, engine: Engine) -> None:
    with time_machine.travel(cast.NOW + FIVE_YEARS, tick=False):
        done = delete(app, "--confirm", "AMBER")

    assert done.exit_code == 0
    assert not is_there(engine)


def test_the_reference_must_be_said_twice(app: Flask, engine: Engine) -> None:
    refused = delete(app)

    assert refused.exit_code == 2
    assert "must be 'AMBER'" in refused.output
    assert is_there(engine)
