"""The portfolio: who sees which firms, training left out, and what it may cost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, update

from compliance.database import all_firms_session, shared_session
from compliance.identity import GRANTS, Action, Firm, Membership, Role
from compliance.web.portfolio import ACTIONS, cell_of
from tests.review.conftest import OFFICER
from tests.support import cast
from tests.support.portfolios import FirmToMake, make_firms

ENDS = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def officer(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("officer@amber.example")


def test_firms_stand_with_grade_score_modules_and_change(
    officer: FlaskClient, engine: Engine
) -> None:
    make_firms(engine, [FirmToMake("Cobalt", scores=(50.0, 62.4))], person_id=OFFICER.person_id)

    page = officer.get("/portfolio").text

    assert "Cobalt" in page
    assert "62.4" in page
    assert "+12.4" in page
    assert page.count('class="heat-cell heat-weak num">62<') == 7


def test_the_worst_firm_comes_first(officer: FlaskClient, engine: Engine) -> None:
    firms = [FirmToMake("Good", (90.0,), grade="A"), FirmToMake("Bad", (20.0,), grade="E")]
    make_firms(engine, firms, person_id=OFFICER.person_id)

    page = officer.get("/portfolio").text

    assert page.index(">Bad<") < page.index(">Good<")


def test_firms_without_the_role_are_not_seen(officer: FlaskClient, engine: Engine) -> None:
    make_firms(engine, [FirmToMake("Stranger Works")])
    make_firms(engine, [FirmToMake("Only Reader")], person_id=OFFICER.person_id, role=Role.READER)

    page = officer.get("/portfolio").text

    assert "Stranger Works" not in page
    assert "Only Reader" not in page
    assert "Borealis" not in page


def test_training_firms_never_count(officer: FlaskClient, engine: Engine) -> None:
    make_firms(engine, [FirmToMake("Sandbox Ltd", kind="training")], person_id=OFFICER.person_id)

    assert "Sandbox Ltd" not in officer.get("/portfolio").text


def test_a_firm_that_demands_a_second_factor_is_left_out_without_one(
    officer: FlaskClient, engine: Engine
) -> None:
    firm = FirmToMake("Guarded Co")
    make_firms(engine, [firm], person_id=OFFICER.person_id)
    with shared_session(engine) as session:
        session.get_one(Firm, firm.id).second_factor_roles = ["officer"]

    assert "Guarded Co" not in officer.get("/portfolio").text


def test_a_portfolio_of_nothing_has_its_own_words(officer: FlaskClient, engine: Engine) -> None:
    with all_firms_session(engine, reason="test") as session:
        session.execute(update(Firm).values(kind="training", ends_at=ENDS))

    assert "You are officer of no real firm." in officer.get("/portfolio").text


def test_a_role_that_is_limited_to_some_modules_shows_no_whole_firm(
    officer: FlaskClient, engine: Engine
) -> None:
    with all_firms_session(engine, reason="test") as session:
        session.execute(update(Membership).values(modules=["licensing"]))

    assert officer.get("/portfolio").status_code == 403


def test_only_officers_have_one(client_of: Callable[[str], FlaskClient]) -> None:
    for role in (Role.EXPORTER, Role.READER, Role.TRAINER, Role.ADMINISTRATOR):
        assert client_of(f"{role.value}@amber.example").get("/portfolio").status_code == 403


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def test_two_hundred_firms_cost_few_statements(officer: FlaskClient, engine: Engine) -> None:
    """Seconds stand in `benchmarks/portfolio.py`."""
    firms = [FirmToMake(f"Firm {n:03}", (55.0, 60.0 + n % 30)) for n in range(200)]
    make_firms(engine, firms, person_id=OFFICER.person_id)
    officer.get("/portfolio")  # templates and catalogue are warm in a server

    with counted(engine) as statements:
        page = officer.get("/portfolio").text

    assert len(re.findall(r'class="heat-cell', page)) == 201 * 7
    assert len(statements) < 15


@pytest.mark.parametrize(
    ("score", "text", "band"),
    [
        (None, "—", "none"),
        (49.4, "49", "low"),
        (49.5, "50", "low"),
        (50.0, "50", "weak"),
        (70.0, "70", "fair"),
        (100.0, "100", "good"),
    ],
)
def test_cells_carry_their_number(score: float | None, text: str, band: str) -> None:
    assert (cell_of(score).text, cell_of(score).band) == (text, band)


def test_the_table_of_roles_is_the_one_that_is_checked(
    client_of: Callable[[str], FlaskClient],
) -> None:
    page = client_of("reader@amber.example").get("/roles").text

    assert set(ACTIONS) == set(Action)
    assert page.count("✓") == sum(len(granted) for granted in GRANTS.values())


def test_the_group_shows_names_only(
    client_of: Callable[[str], FlaskClient], engine: Engine
) -> None:
    child = FirmToMake("Daughter Co", (33.3,))
    make_firms(engine, [child])
    with shared_session(engine) as session:
        session.get_one(Firm, child.id).parent_id = cast.firm_id("amber")

    page = client_of("reader@amber.example").get("/group").text

    assert "Daughter Co" in page
    assert "you have no role there" in page
    assert "33.3" not in page
