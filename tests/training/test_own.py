"""Trainers' own scenarios and programmes: copy, edit, check, publish, out and in."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from compliance.database import all_firms_reading, shared_session
from compliance.identity import Membership, Person
from compliance.training import OwnScenario, library, scenario_of_library
from compliance.web.scenario_editor import as_file
from tests.support import cast

Client = Callable[[str], FlaskClient]


@pytest.fixture
def trainer(client_of: Client) -> FlaskClient:
    return client_of("trainer@amber.example")


@pytest.fixture
def colleague(client_of: Client, engine: Engine) -> FlaskClient:
    with shared_session(engine) as session:
        person = Person(
            email="second@amber.example", name="Second", password=cast.HASHED, created_at=cast.NOW
        )
        session.add(person)
        session.flush()
        firm_id = cast.firm_id("amber")
        session.add(
            Membership(person_id=person.id, firm_id=firm_id, role="trainer", created_at=cast.NOW)
        )
    return client_of("second@amber.example")


def row(engine: Engine) -> OwnScenario:
    with all_firms_reading(engine, reason="test") as session:
        return session.scalars(select(OwnScenario)).one()


def copied(trainer: FlaskClient, scenario_id: str = "SC-11") -> str:
    answer = trainer.post(f"/scenarios/copy/{scenario_id}")
    assert answer.status_code == 302
    return answer.headers["Location"]


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send: inputs, selects and textareas as they stand in the page."""
    form = page[page.index('class="editor"') :]
    sent: dict[str, list[str]] = {}

    def add(name: str, value: str) -> None:
        for mark, sign in (
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&#34;", '"'),
            ("&#39;", "'"),
            ("&amp;", "&"),
        ):
            value = value.replace(mark, sign)
        sent.setdefault(name, []).append(value)

    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r' name="([^"]+)"', tag), re.search(r' value="([^"]*)"', tag)
        if not name or (
            ('type="checkbox"' in tag or 'type="radio"' in tag) and " checked" not in tag
        ):
            continue
        add(name[1], value[1] if value else "")
    for name, body in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form, re.DOTALL
    ):
        add(name, body)
    for name, body in re.findall(
        r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        add(name, chosen[1] if chosen else "")
    return sent


@pytest.mark.parametrize("scenario_id", [scenario.id for scenario in library()])
def test_saving_an_untouched_form_changes_nothing(
    trainer: FlaskClient, engine: Engine, scenario_id: str
) -> None:
    path = copied(trainer, scenario_id)
    before = row(engine).content

    trainer.post(path, data=fields(trainer.get(path).get_data(as_text=True)))

    after = row(engine).content
    assert {key: after[key] for key in after if key != "twist"} == {
        **{key: before[key] for key in before if key != "twist"},
        "facts": after["facts"],
        "red_flags": sorted(before["red_flags"]),
        "topics": after["topics"],
    }
    assert "Checked" in trainer.get(path).get_data(as_text=True)


def test_a_copy_is_edited_checked_and_published(
    trainer: FlaskClient, colleague: FlaskClient, engine: Engine
) -> None:
    path = copied(trainer)
    form = fields(trainer.get(path).get_data(as_text=True))
    form["title-en"], form["title-zh"] = ["Our own pumps"], ["自己的泵"]

    trainer.post(path, data=form)
    assert "Our own pumps" not in colleague.get("/training").get_data(as_text=True)
    trainer.post(path.replace("/edit", "/publish"), data={"wanted": "1"})

    assert "Our own pumps" in colleague.get("/training").get_data(as_text=True)
    own_id = row(engine).id
    assert colleague.get(f"/training/scenarios/{own_id}").status_code == 200
    assert trainer.post(f"/training/scenarios/{own_id}/sandbox").status_code == 302


def test_faults_are_kept_told_and_stop_publishing(trainer: FlaskClient, engine: Engine) -> None:
    path = copied(trainer)
    form = fields(trainer.get(path).get_data(as_text=True))
    form["outcome"], form["provisions"] = ["prohibited"], ["ecl-12 ecl-999"]

    trainer.post(path, data=form)

    page = trainer.get(path).get_data(as_text=True)
    assert "expected.outcome" in page
    assert "ecl-999 is not in the law register" in page
    trainer.post(path.replace("/edit", "/publish"), data={"wanted": "1"})
    assert row(engine).published is False
    assert trainer.get(f"/training/scenarios/{row(engine).id}").status_code == 409


def test_two_trainers_on_one_scenario_do_not_overwrite_each_other(
    trainer: FlaskClient, engine: Engine
) -> None:
    path = copied(trainer)
    form = fields(trainer.get(path).get_data(as_text=True))
    trainer.post(path, data={**form, "title-en": ["First"]})

    answer = trainer.post(path, data={**form, "title-en": ["Second"]})

    assert answer.status_code == 409
    assert "A colleague changed this scenario" in answer.get_data(as_text=True)
    assert row(engine).content["title"]["en"] == "First"


def test_a_draft_is_its_authors_alone(
    trainer: FlaskClient, colleague: FlaskClient, client_of: Client
) -> None:
    path = copied(trainer)

    assert colleague.get(path).status_code == 404
    assert client_of("trainer@borealis.example").get(path).status_code == 404


@pytest.mark.parametrize("scenario_id", [scenario.id for scenario in library()])
def test_out_and_in_again_is_the_same(
    trainer: FlaskClient, engine: Engine, scenario_id: str
) -> None:
    raw = trainer.get(f"/scenarios/{scenario_id}/export").get_data()

    trainer.post("/scenarios/import", data={"file": (io.BytesIO(raw), "case.yaml")})

    content = row(engine).content
    original = scenario_of_library(scenario_id).document
    assert {**content, "id": scenario_id} == original


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "Choose a file"),
        (b"x" * 500_500, "Choose a file"),
        (b"nothing", "must be a mapping"),
        (b"id: SC-1\nid: SC-2\n", "stands twice"),
        (as_file({**scenario_of_library("SC-01").document, "level": "hard"}), "level"),
        (
            as_file(
                {
                    **scenario_of_library("SC-01").document,
                    "title": {"en": "<script>alert(1)</script>"},
                }
            ),
            "title.zh",
        ),
    ],
    ids=["empty", "large", "text", "twice", "level", "language"],
)
def test_a_file_with_faults_is_told_and_not_kept(
    trainer: FlaskClient, engine: Engine, raw: bytes, said: str
) -> None:
    answer = trainer.post("/scenarios/import", data={"file": (io.BytesIO(raw), "case.yaml")})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in page
    assert "<script>alert" not in page
    with all_firms_reading(engine, reason="test") as session:
        assert session.scalars(select(OwnScenario)).all() == []


def test_deleting_removes_it(trainer: FlaskClient, engine: Engine) -> None:
    path = copied(trainer)

    trainer.post(path.replace("/edit", "/delete"))

    with all_firms_reading(engine, reason="test") as session:
        assert session.scalars(select(OwnScenario)).all() == []


# --- Programmes ------------------------------------------------------------------------------


def test_a_programme_is_kept_and_taught(trainer: FlaskClient) -> None:
    trainer.post(
        "/programmes",
        data={"title": "Two days", "scenario": ["SC-02", "SC-11", "", ""], "tests": "1"},
    )
    page = trainer.get("/programmes").get_data(as_text=True)
    found = re.search(r"/classroom/new\?programme=([0-9a-f-]+)", page)
    assert found

    opened = trainer.post(
        "/classroom/new", data={"programme": found[1], "teams": "0", "tests": "1"}
    )

    console = trainer.get(opened.headers["Location"]).get_data(as_text=True)
    assert "Two days" in console
    assert "Fermenter for a yoghurt maker" in console
    assert "Small trader, clear answer" in console
    assert "Test before" in console


@pytest.mark.parametrize(
    "form",
    [
        {"title": "", "scenario": ["SC-01"]},
        {"title": "x" * 121, "scenario": ["SC-01"]},
        {"title": "x", "scenario": []},
        {"title": "x", "scenario": [one.id for one in library()[:7]]},
    ],
)
def test_a_programme_that_cannot_be_is_refused(
    trainer: FlaskClient, form: dict[str, object]
) -> None:
    assert trainer.post("/programmes", data=form).status_code == 422


def test_a_programme_is_its_firms(trainer: FlaskClient, client_of: Client) -> None:
    trainer.post("/programmes", data={"title": "Ours", "scenario": ["SC-02"]})
    page = trainer.get("/programmes").get_data(as_text=True)
    found = re.search(r"/programmes/([0-9a-f-]+)/delete", page)
    assert found
    stranger = client_of("trainer@borealis.example")

    assert "Ours" not in stranger.get("/programmes").get_data(as_text=True)
    assert stranger.post(f"/programmes/{found[1]}/delete").status_code == 404
    assert trainer.post(f"/programmes/{found[1]}/delete").status_code == 302
