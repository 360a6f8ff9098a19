"""The pages of readiness for a general licence and of penalty exposure."""

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from uuid import UUID

import pytest
from docx import Document
from flask.testing import FlaskClient

from compliance.web.exposure import read_amount


@pytest.fixture
def exporter(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("exporter@amber.example")


def test_each_check_stands_with_its_proof(exporter: FlaskClient, in_review: UUID) -> None:
    page = exporter.get(f"/assessments/{in_review}/general-licence").text

    assert "A bar is not excluded" in page
    assert 'id="GL-C01"' in page
    assert 'id="GL-B05"' in page
    assert "not asked of this firm" in page


def test_the_draft_is_made_of_answers_and_says_what_is_open(
    exporter: FlaskClient, in_review: UUID
) -> None:
    address = f"/assessments/{in_review}/general-licence/statement"

    text = exporter.get(f"{address}.txt").text
    document = Document(io.BytesIO(exporter.get(f"{address}.docx").data))

    assert "LIC-01" in text
    assert "Only large orders." in text
    assert "[To be completed" in text
    assert "Amber" in text
    assert any("Only large orders." in paragraph.text for paragraph in document.paragraphs)
    assert exporter.get(f"{address}.exe").status_code == 404


def test_figures_change_the_range_and_are_kept_nowhere(
    exporter: FlaskClient, in_review: UUID, tmp_path: Path
) -> None:
    address = f"/assessments/{in_review}/exposure"

    without = exporter.get(address).text
    given = exporter.post(address, data={"illegal_turnover": "510,650.53"}).text

    assert "¥500,000 – ¥5,000,000" in without
    assert "¥2,553,252.65 – ¥5,106,505.30" in given
    assert b"510650" not in (tmp_path / "app.db").read_bytes()
    assert "510" not in exporter.get(address).text.split('name="illegal_turnover"')[1][:80]


def test_exposure_is_worded_as_exposure(exporter: FlaskClient, in_review: UUID) -> None:
    page = exporter.get(f"/assessments/{in_review}/exposure").text

    assert "Exposure, not a forecast" in page
    assert "One act is fined once" in page


@pytest.mark.parametrize("text", ["-1", "much", "1e400", "NaN", "10 000 000 000 001"])
def test_what_is_no_amount_is_refused(exporter: FlaskClient, in_review: UUID, text: str) -> None:
    answer = exporter.post(f"/assessments/{in_review}/exposure", data={"goods_value": text})

    assert answer.status_code == 422
    assert "Enter an amount in yuan" in answer.text


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1,200,000", 1_200_000),
        ("120万", 1_200_000),
        ("１．５亿", 150_000_000),
        ("¥0", 0),
        ("66143.2", Fraction("66143.2")),
    ],
)
def test_amounts_as_people_type_them(text: str, amount: Fraction) -> None:
    assert read_amount(text) == amount
