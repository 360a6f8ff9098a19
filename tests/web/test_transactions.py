"""Check a transaction on pages: facts asked, parties screened, flags logged, saved, printed."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest
from flask.testing import FlaskClient

from compliance.database import firm_session, shared_session
from compliance.screening import ListKind, Source, import_parties, read_parties
from tests.support import cast

BEGINNING = {
    "title": "Order 88",
    "description": "Graphite powder",
    "activity": "export",
    "destination": "de",
    "as_of": "2026-11-24",
}
LISTED = {
    "item.listed": "yes",
    "item.family": "dual_use",
    "licence.kind": "none",
    "registration_case": "none",
    "end_use_documents": "complete",
}


UNLISTED = {**LISTED, "item.listed": "no"}


class Clerk:
    """Someone who answers what the page asks."""

    def __init__(self, client: FlaskClient, **changes: str) -> None:
        self.client = client
        answer = client.post("/transactions", data={**BEGINNING, **changes})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.url = answer.headers["Location"]

    def page(self, query: str = "") -> str:
        answer = self.client.get(f"{self.url}{query}")
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    def asked(self) -> str | None:
        """The path that the page asks; parties and red_flags for the pages of their own."""
        page = self.page()
        if found := re.search(r'name="path" value="([\w.]+)">\s*<fieldset', page):
            return found[1]
        if "Who takes part?" in page:
            return "parties"
        return "red_flags" if "Which red flags do you see?" in page else None

    def post(self, verb: str, **fields: str) -> int:
        return self.client.post(f"{self.url}/{verb}", data=fields).status_code

    def add_party(self, name: str, role: str = "end_user") -> None:
        assert self.post("parties", step="add", role=role, name=name) == 303

    def through(self, answers: dict[str, str], party: str = "Halden Cycle Parts") -> list[str]:
        """Answer until nothing more is asked; what was asked."""
        told: list[str] = []
        while (path := self.asked()) is not None and len(told) < 30:
            told.append(path)
            if path == "parties":
                self.add_party(party)
                self.post("parties", step="done")
            elif path == "red_flags":
                self.post("flags", step="done")
            else:
                assert self.post("answer", path=path, value=answers.get(path, "no")) == 303
        return told

    def result(self) -> dict:
        return json.loads(self.client.get(f"{self.url}/result.json").data)


@pytest.fixture
def lists(engine) -> None:
    text = "name,reference\nArden Metals Ltd,R1\n"
    source = Source("C", ListKind.CONTROLLED, cast.NOW.date(), text.encode(), "tester")
    with shared_session(engine) as session:
        import_parties(session, source, read_parties(source.content), now=cast.NOW)


@pytest.fixture
def clerk(client_of: Callable[[str], FlaskClient], lists: None) -> Clerk:
    return Clerk(client_of("exporter@amber.example"))


def test_a_listed_item_without_a_licence_needs_one(clerk):
    asked = clerk.through(LISTED)

    page = clerk.page()
    assert asked[0] == "item.export_prohibited"
    assert asked[-1] == "end_use_documents"
    assert "Licence required" in page
    assert "45 working days" in page
    assert "Export Control Law" in page


def test_a_ban_ends_the_questions(clerk):
    clerk.post("answer", path="item.export_prohibited", value="yes")

    assert clerk.asked() is None
    assert "Prohibited" in clerk.page()


def test_an_answer_can_be_changed(clerk):
    clerk.through(LISTED)

    clerk.post("withdraw", path="item.listed")
    asked_again = clerk.through(UNLISTED)

    assert asked_again == ["item.listed", "item.temporarily_controlled"]
    assert clerk.result()["outcome"] == "no_licence_required"


def test_a_party_that_may_be_listed_holds(clerk):
    clerk.through(UNLISTED, party="Arden Metal Ltd")

    page = clerk.page()
    assert clerk.result()["outcome"] == "hold_and_enquire"
    assert "possible match, undecided" in page
    assert "Screening of Arden Metal Ltd" in page


def test_an_open_stop_flag_holds_until_compliance_closes_it(clerk, client_of):
    clerk.through(UNLISTED)
    clerk.post("flags", step="raise", flag="RF-E03")
    said = {"question": "What is it for?", "answer": "A dairy", "proof": "Visit report 4"}

    clerk.post("flags", step="close", flag="RF-E03", outcome="cleared", **said)
    by_clerk = clerk.result()["outcome"]
    clerk.client = client_of("officer@amber.example")
    clerk.post("flags", step="close", flag="RF-E03", outcome="cleared")
    without_proof = clerk.result()["outcome"]
    clerk.post("flags", step="close", flag="RF-E03", outcome="cleared", **said)

    assert (by_clerk, without_proof) == ("hold_and_enquire", "hold_and_enquire")
    assert clerk.result()["outcome"] == "no_licence_required"
    log = clerk.page("?ask=red_flags")
    assert "Visit report 4" in log
    assert cast.actor("officer@amber.example").name in log


def test_a_bad_outcome_names_answers_of_the_firm(clerk, filled):
    clerk.through({**LISTED, "end_use_changed": "yes"})

    page = clerk.page()
    assert "What in your programme should have caught this" in page
    assert f"/assessments/{filled.id}/questions/EU-04" in page


def test_what_is_saved_stays_as_it_was(clerk):
    clerk.through(LISTED)
    assert clerk.post("save") == 303

    refused = clerk.post("answer", path="item.listed", value="no")

    assert refused == 409
    assert clerk.result()["outcome"] == "licence_required"
    assert "Licence required" in clerk.client.get("/transactions").get_data(as_text=True)
    assert clerk.post("copy") == 303


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_note_has_two_pages_and_the_result_inside(clerk, language):
    clerk.through({**LISTED, "end_use_changed": "yes"})
    clerk.post("save")

    answer = clerk.client.get(f"{clerk.url}/note.pdf?lang={language}")

    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert len(pdf.pages) <= 2
        inside = json.loads(pdf.attachments["transaction.json"].get_file().read_bytes())
    assert inside["outcome"] == "stop_and_report"
    assert answer.mimetype == "application/pdf"


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("destination", "Germany"), ("activity", "sale"), ("as_of", "2026-02-30")],
)
def test_a_beginning_with_faults_is_shown_again(client_of, field, value):
    client = client_of("exporter@amber.example")

    answer = client.post("/transactions", data={**BEGINNING, field: value})

    assert answer.status_code == 422
    assert "There is a problem" in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("answer", {"path": "item.listed", "value": "perhaps"}, 303),
        ("answer", {"path": "knows", "value": "no"}, 303),
        ("withdraw", {"path": "nothing"}, 422),
        ("parties", {"step": "add", "role": "king", "name": "A"}, 422),
        ("parties", {"step": "remove-9"}, 422),
        ("item", {"worksheet": "no-id"}, 422),
        ("flags", {"step": "close", "flag": "RF-E03", "outcome": "cleared"}, 422),
    ],
)
def test_what_nobody_offered_is_refused(clerk, verb, fields, status):
    before = clerk.result()

    assert clerk.post(verb, **fields) == status
    assert clerk.result() == before


def test_another_firm_finds_nothing(clerk, client_of):
    clerk.through(LISTED)
    clerk.client = client_of("exporter@borealis.example")

    for path in ("", "/note.pdf", "/result.json"):
        assert clerk.client.get(f"{clerk.url}{path}").status_code == 404
    for verb in ("answer", "parties", "flags", "withdraw", "save", "copy"):
        fields = {"path": "item.listed", "value": "no", "step": "done"}
        assert clerk.post(verb, **fields) == 404


def test_a_party_of_another_firm_cannot_be_named(clerk, client_of, engine):
    from compliance.screening import register_party

    stranger = cast.actor("officer@borealis.example")
    with firm_session(engine, stranger.firm_id) as session:
        party = register_party(session, stranger, "Secret Customer", now=cast.NOW)

    assert clerk.post("parties", step="add", role="buyer", party=str(party.id)) == 404


def test_a_reader_sees_the_register_and_changes_nothing(clerk, client_of):
    clerk.through(LISTED)
    clerk.client = client_of("reader@amber.example")

    page = clerk.page()

    assert "Licence required" in page
    assert "Save in the register" not in page
    assert clerk.client.get("/transactions").status_code == 200
    assert clerk.client.post("/transactions", data=BEGINNING).status_code == 403
    assert clerk.post("answer", path="item.listed", value="no") == 403


def test_a_trainer_sees_no_register(client_of):
    assert client_of("trainer@amber.example").get("/transactions").status_code == 403


def test_the_pages_speak_chinese(clerk):
    page = clerk.page("?lang=zh")

    assert "该物项是否禁止出口？" in page
    assert "暂停并查问" in page
