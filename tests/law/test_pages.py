"""The law's pages, other frameworks, words and method, and the pages of a move."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.catalogue import Turn, law_watch, load_edition, sign_library
from compliance.scoring import score, seen_through

ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def draft(filled: Callable[[Engine], UUID], app: Flask) -> UUID:
    return filled(app.extensions["engine"])


@pytest.fixture
def exporter(client_of: ClientOf) -> FlaskClient:
    return client_of("exporter@amber.example")


def page(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.get_data(as_text=True)


# --- law watch and register


def test_watch_names_turns_and_the_answers_that_rest_on_them(
    draft: UUID, exporter: FlaskClient
) -> None:
    shown = page(exporter, "/law?as_of=2026-11-24&horizon=180&lang=en")

    edition = load_edition("ecl-icp", "2026.1")
    dated = [e for e in law_watch(edition, date(2026, 11, 24)) if e.turn is not Turn.STATUS_CHECK]
    assert dated
    for entry in dated:
        assert f"/law/provisions/{entry.provision.id}" in shown
    assert f"/assessments/{draft}/questions/EU-23" in shown
    assert "Your answer: 3 · In place" in shown


def test_watch_follows_the_day_and_the_horizon(exporter: FlaskClient) -> None:
    earlier = page(exporter, "/law?as_of=2024-11-01&horizon=90&lang=en")

    assert "/law/provisions/dur-16" in earlier
    assert "1 Dec 2024" in earlier
    assert "1 Dec 2024" not in page(exporter, "/law?as_of=2026-11-24&horizon=90&lang=en")


@pytest.mark.parametrize("typed", ["2026-13-01", "yesterday", "0", "' OR 1=1"])
def test_a_day_that_is_none_is_said_and_today_is_shown(exporter: FlaskClient, typed: str) -> None:
    for address in ("/law", "/law/register"):
        answer = exporter.get(address, query_string={"as_of": typed, "horizon": "x", "lang": "en"})

        assert answer.status_code == 200
        assert "Enter a date that exists" in answer.get_data(as_text=True)


def test_register_searches_in_both_languages_and_filters(exporter: FlaskClient) -> None:
    everything = load_edition().law

    assert f"{len(everything)} of {len(everything)}" in page(exporter, "/law/register?lang=en")
    for words in ("catch-all", "全面管制", "ECL-12"):
        answer = exporter.get("/law/register", query_string={"q": words, "lang": "en"})
        assert "/law/provisions/ecl-12" in answer.get_data(as_text=True)
    assert "No provision fits" in page(exporter, "/law/register?q=zzzz&lang=en")
    unsure = sum(p.needs_status_check for p in everything.values())
    assert f"{unsure} of {len(everything)}" in page(exporter, "/law/register?status=check&lang=en")
    early = page(exporter, "/law/register?instrument=ecl&force=1&as_of=2019-01-01&lang=en")
    assert "0 of" in early


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_provision_has_its_page(exporter: FlaskClient, language: str) -> None:
    for name, provision in list(load_edition().law.items())[::7]:
        shown = page(exporter, f"/law/provisions/{name}?lang={language}")

        assert provision.heading[language].split("&")[0] in shown.replace("&amp;", "&")


def test_a_provision_tells_dates_confidence_penalties_and_questions(exporter: FlaskClient) -> None:
    shown = page(exporter, "/law/provisions/ecl-12?lang=en")

    assert "in force since 1 Dec 2020" in shown
    assert "checked against the official text" in shown
    assert "LIC-01" in shown
    assert "not in force on this date" in page(
        exporter, "/law/provisions/ecl-12?lang=en&as_of=2019-05-01"
    )
    assert "What a breach may cost" in page(exporter, "/law/provisions/ecl-34?lang=en")


def test_unknown_provision_is_not_found(exporter: FlaskClient) -> None:
    page(exporter, "/law/provisions/no-such", 404)


def test_answers_of_another_firm_never_show(draft: UUID, client_of: ClientOf) -> None:
    other = client_of("exporter@borealis.example")

    assert str(draft) not in page(other, "/law")
    assert str(draft) not in page(other, "/law/provisions/ann-2024-46")
    page(other, f"/law/frameworks?assessment={draft}", 404)


def test_a_trainer_reads_the_register_but_no_answers(client_of: ClientOf) -> None:
    trainer = client_of("trainer@amber.example")

    page(trainer, "/law", 403)
    page(trainer, "/law/register")
    page(trainer, "/law/provisions/ecl-12")
    page(trainer, "/help")


# --- other frameworks


def test_each_framework_shows_the_firms_attainment(draft: UUID, exporter: FlaskClient) -> None:
    shown = page(exporter, f"/law/frameworks?assessment={draft}&lang=en")

    for framework in load_edition("ecl-icp", "2026.1").frameworks.values():
        assert framework.title.en in shown
    assert f"/assessments/{draft}/questions/ICP-" in shown


def test_attainment_of_an_element_is_the_weighted_mean() -> None:
    from pathlib import Path

    from compliance.answers import parse_bundle

    demo = Path(__file__).parents[2] / "questionnaires" / "demo" / "current.json"
    bundle = parse_bundle(demo.read_bytes())
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    card = score(edition, bundle.answers, bundle.as_of)

    for framework in seen_through(edition, card):
        for element in framework.elements:
            weight = sum(mark.weight for mark in element.marks)
            if weight:
                told = sum(mark.weight * mark.attainment for mark in element.marks)
                assert element.score == 100 * told / weight
                assert element.supported_score is not None
                assert 0 <= element.supported_score <= element.score <= 100
            else:
                assert element.score is None


# --- words and method


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ["/help", "/help/words", "/help/red-flags"])
def test_help_speaks_both_languages(exporter: FlaskClient, address: str, language: str) -> None:
    assert page(exporter, f"{address}?lang={language}")


def test_help_tells_the_figures_of_the_edition(exporter: FlaskClient) -> None:
    edition = load_edition()
    shown = page(exporter, "/help?lang=en")

    assert f"edition {edition.version}" in shown
    for grade in edition.grades:
        assert grade.text.en in shown.replace("&#39;", "'")
    assert f"There are {sum(q.red_line for q in edition.questions)};" in shown


def test_the_library_of_red_flags_is_whole(exporter: FlaskClient) -> None:
    edition, library = load_edition(), sign_library()
    shown = page(exporter, "/help/red-flags?lang=en")

    assert {flag.category for flag in edition.red_flags.values()} == set(library.categories)
    assert all(f'id="{name}"' in shown for name in edition.red_flags)
    assert len(edition.red_flags) == 52


def test_glossary_finds_a_term_by_either_language(exporter: FlaskClient) -> None:
    for words in ("dual-use", "两用物项"):
        answer = exporter.get("/help/words", query_string={"q": words, "lang": "en"})
        assert "dual-use" in answer.get_data(as_text=True)
    assert "No term fits" in page(exporter, "/help/words?q=zzzz&lang=en")


def test_terms_are_explained_where_they_occur(draft: UUID, exporter: FlaskClient) -> None:
    shown = page(exporter, f"/assessments/{draft}/sections/scope/organisation?lang=en")

    assert "Words used in SCP-01" in shown


# --- moving


def test_the_task_list_says_that_a_newer_edition_exists(draft: UUID, exporter: FlaskClient) -> None:
    shown = page(exporter, f"/assessments/{draft}?lang=en")

    assert "A newer edition exists" in shown
    assert f"/assessments/{draft}/edition" in shown


@pytest.mark.parametrize("language", ["en", "zh"])
def test_preview_changes_nothing(draft: UUID, exporter: FlaskClient, language: str) -> None:
    shown = page(exporter, f"/assessments/{draft}/edition?lang={language}")

    assert "ICP-O9" in shown
    assert "2026.2" in shown
    assert "A newer edition exists" in page(exporter, f"/assessments/{draft}?lang=en")


def test_move_and_undo_by_one_click_each(draft: UUID, exporter: FlaskClient) -> None:
    moved = exporter.post(f"/assessments/{draft}/edition")
    fresh = moved.headers["Location"]

    assert moved.status_code == 302
    assert str(draft) not in fresh
    assert "Undo the move" in page(exporter, f"{fresh}?lang=en")
    assert "This revision is superseded" in page(exporter, f"/assessments/{draft}?lang=en")
    assert "Superseded revisions" in page(exporter, "/assessments?lang=en")
    assert exporter.post(f"/assessments/{draft}/edition").status_code == 409

    undone = exporter.post(f"{fresh}/edition/undo")

    assert undone.headers["Location"].endswith(str(draft))
    assert "This revision was taken back" in page(exporter, f"{fresh}?lang=en")
    assert exporter.post(f"{fresh}/edition/undo").status_code == 409


def test_undo_is_no_longer_offered_after_a_change(draft: UUID, exporter: FlaskClient) -> None:
    fresh = exporter.post(f"/assessments/{draft}/edition").headers["Location"]
    saved = exporter.put(f"{fresh}/answers/CL-01", json={"value": 1}, headers={"If-Match": '"1"'})
    assert saved.status_code == 200, saved.get_data(as_text=True)

    shown = page(exporter, f"{fresh}?lang=en")

    assert "Undo the move" not in shown
    assert "can no longer be undone" in shown
    assert exporter.post(f"{fresh}/edition/undo").status_code == 409


def test_an_old_page_saves_nothing_into_a_superseded_revision(
    draft: UUID, exporter: FlaskClient
) -> None:
    exporter.post(f"/assessments/{draft}/edition")

    saved = exporter.put(
        f"/assessments/{draft}/answers/CL-01", json={"value": 1}, headers={"If-Match": '"1"'}
    )

    assert saved.status_code == 409


def test_only_who_answers_may_move(draft: UUID, client_of: ClientOf) -> None:
    for role in ("reader", "administrator", "trainer"):
        client = client_of(f"{role}@amber.example")
        assert client.get(f"/assessments/{draft}/edition").status_code == 403
        assert client.post(f"/assessments/{draft}/edition").status_code == 403
    other = client_of("exporter@borealis.example")
    assert other.get(f"/assessments/{draft}/edition").status_code == 404
    assert other.post(f"/assessments/{draft}/edition").status_code == 404
