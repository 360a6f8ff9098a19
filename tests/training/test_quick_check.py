"""The quick check: ten questions, nothing stored, two pages, not too often."""

import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, inspect, table, text
from sqlalchemy import select as sql_select

from compliance.clock import now as clock_now
from compliance.database import shared_session
from compliance.identity import TooManyAttemptsError, throttle
from compliance.training import quick_check

ALL_YES = {question.id: "yes" for question in quick_check().questions}


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: len(connection.execute(sql_select(text("*")).select_from(table(name))).all())
            for name in inspect(engine).get_table_names()
            if name != "sign_in_attempts"  # how often an address asked, as a digest
        }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_ten_questions_without_an_account(client: FlaskClient, lang: str) -> None:
    answer = client.get(f"/quick-check?lang={lang}")

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("<fieldset") == 10
    assert all(question.prompt[lang][:20] in page for question in quick_check().questions)


@pytest.mark.parametrize(
    ("value", "points"), [("yes", 10), ("partly", 5), ("no", 0), ("unknown", 0)]
)
def test_points_decide_what_is_said(client: FlaskClient, value: str, points: int) -> None:
    check = quick_check()
    given = {question.id: value for question in check.questions}

    page = client.post("/quick-check", data=given).get_data(as_text=True)

    said = next(result for result in check.results if points >= result.at_least)
    assert said.title.en in page


def test_an_open_question_is_asked_for(client: FlaskClient) -> None:
    given = {key: value for key, value in ALL_YES.items() if key != "QC-07"}

    answer = client.post("/quick-check", data=given)

    assert answer.status_code == 422
    assert "Question 7" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "value", ["", "maybe", "<script>", "x" * 5000], ids=["none", "word", "markup", "long"]
)
def test_another_answer_is_none(client: FlaskClient, value: str) -> None:
    answer = client.post("/quick-check", data={**ALL_YES, "QC-01": value})

    assert answer.status_code == 422
    assert "<script>" not in answer.get_data(as_text=True).replace("<script src", "")


def test_the_language_switch_keeps_the_answers(client: FlaskClient) -> None:
    page = client.post("/quick-check?lang=zh", data=ALL_YES).get_data(as_text=True)

    assert quick_check().results[0].title.zh in page
    assert 'name="QC-10" value="yes"' in page


def test_nothing_is_stored(client: FlaskClient, engine: Engine) -> None:
    before = rows(engine)

    client.get("/quick-check")
    client.post("/quick-check", data=ALL_YES)

    assert rows(engine) == before


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("value", ["yes", "no"])
def test_the_file_has_two_pages(client: FlaskClient, lang: str, value: str) -> None:
    given = {question.id: value for question in quick_check().questions}

    answer = client.post(f"/quick-check/pdf?lang={lang}", data=given)

    assert answer.status_code == 200
    with pikepdf.open(io.BytesIO(answer.get_data())) as pdf:
        assert len(pdf.pages) == 2


def test_files_are_not_made_without_end(engine: Engine) -> None:
    """Counted in the database, so that all workers count together."""

    def make(address: str, at: datetime) -> int:
        """Seconds to wait; 0: the file may be made."""
        try:
            with shared_session(engine) as session:
                throttle.count(session, throttle.FILES, address, now=at)
        except TooManyAttemptsError as refused:
            return refused.retry_after_s
        return 0

    start = datetime(2026, 11, 24, tzinfo=UTC)

    waits = [make("a", start + timedelta(seconds=n)) for n in range(7)]

    assert waits[:6] == [0] * 6
    assert 20 <= waits[6] <= 30
    assert make("b", start) == 0
    assert make("a", start + timedelta(minutes=11)) == 0


def test_too_many_files_are_refused_in_words(client: FlaskClient, engine: Engine) -> None:
    for _ in range(6):
        with shared_session(engine) as session:
            throttle.count(session, throttle.FILES, "127.0.0.1", now=clock_now())

    answer = client.post("/quick-check/pdf", data=ALL_YES)

    assert answer.status_code == 429
    wait = answer.headers["Retry-After"]
    assert f"Wait {wait} seconds" in answer.get_data(as_text=True)
