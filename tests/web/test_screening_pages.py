"""Screen a party, bring in a list, classify an item: pages, roles, other firms."""

import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from compliance.database import firm_reading
from compliance.jobs import jobs_of_firm
from compliance.worker import run_one
from tests.support import cast

LIST = "name,name_zh,aliases,country,reference,listed_on,delisted_on\n"
LIST += "Kestrel Photonics GmbH,,,XX,R1,2024-01-01,\n"
GOODS = "code,heading,heading_zh,parameters,hs_codes\n1C902,Graphite powder,石墨粉,,2504.10\n"
STEPS = ("military", "nuclear", "monitored-chemical", "dual-use-list", "temporary-control")
SHEET = {
    "item": "Valve 12",
    "reason": "Report M-7",
    "review_on": "2031-01-01",
    **{f"step-{step}": "no" for step in STEPS},
    "p-name": ["bore"],
    "p-value": ["3"],
    "p-comparison": ["at_least"],
    "p-threshold": ["5"],
    "p-unit": ["mm"],
}
Client = Callable[[str], FlaskClient]


def text(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def preview(client: FlaskClient, content: str, **changes: str):
    fields = {"code": "OWN", "kind": "watch", "as_of": "2026-11-01", "scope": "firm", **changes}
    file = (io.BytesIO(content.encode()), "list.csv")
    return client.post(
        "/lists/preview", data={**fields, "file": file}, content_type="multipart/form-data"
    )


def confirm(client: FlaskClient, shown: str, **more: str):
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', shown))
    return client.post("/lists/import", data={**fields, **more})


def bring_in(client: FlaskClient, content: str = LIST, **changes: str) -> None:
    shown = preview(client, content, **changes)
    assert shown.status_code == 200, shown.get_data(as_text=True)
    assert confirm(client, shown.get_data(as_text=True)).status_code == 303


@pytest.fixture
def officer(client_of: Client) -> FlaskClient:
    return client_of("officer@amber.example")


@pytest.fixture
def clerk(client_of: Client) -> FlaskClient:
    return client_of("exporter@amber.example")


def screen(client: FlaskClient, name: str) -> str:
    answer = client.post("/screening", data={"name": name})
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_match_is_shown_with_its_reasons_and_decided_by_compliance(officer, clerk):
    bring_in(officer)
    url = screen(clerk, "Kestral Photonics")

    page = text(clerk, url)
    decision = {"list": "OWN", "key": "R1", "ruling": "false_hit", "reason": "Another founder"}
    refused = clerk.post(f"{url}/decisions", data=decision).status_code
    officer.post(f"{url}/decisions", data=decision)

    assert "kestral → kestrel" in page
    assert "OWN 1" in page
    assert refused == 403
    after = text(clerk, url)
    assert "Another founder" in after
    assert "not listed" in after


def test_a_decision_without_a_reason_is_not_taken(officer):
    bring_in(officer)
    url = screen(officer, "Kestrel Photonics")

    decision = {"list": "OWN", "key": "R1", "ruling": "false_hit", "reason": " "}
    answer = officer.post(f"{url}/decisions", data=decision)

    assert answer.status_code == 422
    assert "A decision needs a reason" in answer.get_data(as_text=True)


def test_without_lists_nobody_is_clear(clerk):
    url = screen(clerk, "Halden Cycle Parts")

    assert "possible match, undecided" in text(clerk, url)
    assert "No list is in use" in text(clerk, "/screening")


def test_a_name_is_needed(clerk):
    assert clerk.post("/screening", data={"name": " "}).status_code == 422


def test_a_changed_list_screens_open_parties_in_a_job(officer, engine, app):
    url = screen(officer, "Kestrel Photonics GmbH")
    bring_in(officer)

    with firm_reading(engine, cast.firm_id("amber")) as session:
        (job,) = jobs_of_firm(session, "rescreen")
    assert job.state == "queued"
    assert run_one(engine, app.extensions["settings"])
    assert "lists changed" in text(officer, url)


def test_a_preview_changes_nothing(officer):
    shown = preview(officer, LIST).get_data(as_text=True)

    assert "What would change in OWN" in shown
    assert "No list is in use" in text(officer, "/lists")


def test_faults_are_listed_by_row(officer):
    answer = preview(officer, LIST + "Bad,,,XX,,2024-02-30,\n")

    assert answer.status_code == 422
    assert "row 3.listed_on" in answer.get_data(as_text=True)


def test_a_list_that_shrinks_is_confirmed(officer):
    bring_in(officer, LIST + "Arden Metals Ltd,,,XX,R2,,\n")
    shown = preview(officer, LIST).get_data(as_text=True)

    refused = confirm(officer, shown).status_code
    taken = confirm(officer, shown, confirmed="1").status_code

    assert "more than a fifth" in shown
    assert (refused, taken) == (409, 303)


def test_an_upload_that_a_crash_cut_off_is_not_brought_in(officer, app):
    shown = preview(officer, LIST + "Arden Metals Ltd,,,XX,R2,,\n").get_data(as_text=True)
    (kept,) = (app.extensions["settings"].data_dir / "list-uploads").glob("*/*")
    kept.write_bytes(kept.read_bytes()[:-20])

    answer = confirm(officer, shown)

    assert "no longer here" in text(officer, answer.headers["Location"])


def test_lists_for_all_are_an_administrators(officer, client_of):
    administrator = client_of("administrator@amber.example")

    refused = preview(officer, GOODS, kind="goods", scope="everywhere").status_code
    bring_in(administrator, GOODS, kind="goods", scope="everywhere")

    assert refused == 422
    assert "1C902" in text(officer, "/lists?q=石墨")
    assert "1C902" in text(client_of("officer@borealis.example"), "/lists?q=2504")


def test_an_own_list_is_not_seen_by_another_firm(officer, client_of):
    bring_in(officer)

    assert "OWN" in text(officer, "/lists")
    assert ">OWN" not in text(client_of("officer@borealis.example"), "/lists")


def test_an_item_is_classified_and_signed_by_two(officer, clerk):
    url = clerk.post("/classification", data={"item": "Valve 12"}).headers["Location"]
    clerk.post(url, data=SHEET)
    clerk.post(f"{url}/sign")
    again = text(clerk, url) if clerk.post(f"{url}/sign").status_code == 303 else ""
    officer.post(f"{url}/sign")

    page = text(officer, url)
    assert "second signature missing" in again
    assert "signed by two" in page
    assert "not reached" in page
    assert "Not listed" in text(clerk, "/classification")


def test_a_signed_item_is_taken_into_a_transaction(officer, clerk):
    url = clerk.post("/classification", data={"item": "Valve 12"}).headers["Location"]
    clerk.post(url, data={**SHEET, "step-dual-use-list": "yes", "list_code": "2B901"})
    clerk.post(f"{url}/sign")
    officer.post(f"{url}/sign")
    begin = {"title": "Order", "activity": "export", "destination": "DE", "as_of": "2026-11-24"}
    deal = clerk.post("/transactions", data=begin).headers["Location"]

    clerk.post(f"{deal}/item", data={"worksheet": url.rsplit("/", 1)[1]})

    facts = clerk.get(f"{deal}/result.json").json["facts"]["item"]
    assert (facts["listed"], facts["list_code"]) == ("yes", "2B901")


@pytest.mark.parametrize("field", ["p-value", "p-threshold"])
def test_a_parameter_in_words_is_refused(clerk, field):
    url = clerk.post("/classification", data={"item": "Valve 12"}).headers["Location"]

    clerk.post(url, data={**SHEET, field: ["five"]})

    assert "A parameter needs a value and a threshold in digits." in text(clerk, url)


def test_another_firm_finds_neither_party_nor_worksheet(clerk, client_of):
    party = screen(clerk, "Halden Cycle Parts")
    sheet = clerk.post("/classification", data={"item": "Valve 12"}).headers["Location"]
    stranger = client_of("officer@borealis.example")

    assert [stranger.get(url).status_code for url in (party, sheet)] == [404, 404]
    for url in (f"{party}/again", f"{party}/state", f"{sheet}/sign", f"{sheet}/reopen"):
        assert stranger.post(url, data={"reason": "x"}).status_code == 404
    decision = {"list": "OWN", "key": "R1", "ruling": "false_hit", "reason": "why"}
    assert stranger.post(f"{party}/decisions", data=decision).status_code == 404


def test_a_reader_sees_and_changes_nothing(clerk, client_of):
    party = screen(clerk, "Halden Cycle Parts")
    sheet = clerk.post("/classification", data={"item": "Valve 12"}).headers["Location"]
    reader = client_of("reader@amber.example")

    for url in (party, "/screening", "/classification", "/lists"):
        assert 'method="post"' not in text(reader, url).split("<main")[1], url
    assert "Sign as" not in text(reader, sheet)
    for url in (f"{party}/again", sheet, f"{sheet}/sign", "/screening", "/lists/preview"):
        assert reader.post(url, data={"name": "A", "item": "B"}).status_code == 403
