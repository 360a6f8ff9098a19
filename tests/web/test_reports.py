"""Reports on their pages: ordered, followed, downloaded, verified; and what is refused."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from compliance.answers import Bundle, parse_bundle
from compliance.assessments import import_bundle
from compliance.catalogue import load_edition
from compliance.clock import now as clock_now
from compliance.database import firm_reading, firm_session
from compliance.evidence import EvidenceItem, EvidenceLink, Store
from compliance.jobs import jobs_of_firm
from compliance.reports import Extras, inspection_pack
from compliance.scoring import result_json, score
from compliance.settings import ROOT
from compliance.worker import run_one
from tests.support import cast

EXPORTER = cast.actor("exporter@amber.example")
DEMO = (ROOT / "questionnaires" / "demo" / "current.json").read_bytes()
ClientOf = Callable[[str], FlaskClient]


@pytest.fixture
def assessment_id(engine: Engine) -> UUID:
    with firm_session(engine, EXPORTER.firm_id) as session:
        bundle = parse_bundle(DEMO)
        return import_bundle(session, EXPORTER, bundle, title="2026", now=clock_now()).id


def order(client: FlaskClient, assessment_id: UUID, **fields: str) -> str:
    answer = client.post("/reports", data={"assessment": str(assessment_id), **fields})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


@pytest.fixture
def ordered(client_of: ClientOf, assessment_id: UUID) -> str:
    return order(client_of("exporter@amber.example"), assessment_id)


def test_an_order_answers_at_once_and_shows_its_progress(client_of: ClientOf, ordered: str) -> None:
    client = client_of("exporter@amber.example")

    page, state = client.get(ordered), client.get(f"{ordered}/state")

    assert "Waiting for its turn" in page.text
    assert state.json is not None
    assert (state.json["state"], state.json["done"]) == ("queued", 0)
    assert client.get(f"{ordered}/download").status_code == 409


def test_the_same_report_is_made_once(
    client_of: ClientOf, engine: Engine, assessment_id: UUID, ordered: str
) -> None:
    client = client_of("officer@amber.example")

    assert order(client, assessment_id) == ordered
    assert order(client, assessment_id, language="zh") != ordered
    with firm_reading(engine, EXPORTER.firm_id) as session:
        assert len(jobs_of_firm(session, "report")) == 2


def test_a_report_is_called_off_and_made_again(client_of: ClientOf, ordered: str) -> None:
    client = client_of("exporter@amber.example")

    client.post(f"{ordered}/cancel")
    off = client.get(ordered).text
    client.post(f"{ordered}/restart")

    assert "Called off" in off
    assert "Waiting for its turn" in client.get(ordered).text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_names_report_and_state_in_both_languages(
    client_of: ClientOf, ordered: str, language: str
) -> None:
    page = client_of("exporter@amber.example").get(f"/reports?lang={language}").text

    expected = {"en": "Waiting for its turn", "zh": "排队等候"}
    assert expected[language] in page
    assert ordered in page


@pytest.mark.parametrize(
    "fields", [{"variant": "soup"}, {"language": "fr"}, {"format": "exe"}, {"assessment": "soup"}]
)
def test_what_is_not_on_offer_is_refused(
    client_of: ClientOf, assessment_id: UUID, fields: dict[str, str]
) -> None:
    client = client_of("exporter@amber.example")

    answer = client.post("/reports", data={"assessment": str(assessment_id), **fields})

    assert answer.status_code == 422


@pytest.mark.parametrize("tail", ["", "/state", "/download"])
def test_another_firms_report_does_not_exist(client_of: ClientOf, ordered: str, tail: str) -> None:
    stranger = client_of("officer@borealis.example")

    theirs, nobodys = stranger.get(ordered + tail), stranger.get(f"/reports/{uuid4()}{tail}")

    assert (theirs.status_code, nobodys.status_code) == (404, 404)


def test_a_trainer_orders_no_report(client_of: ClientOf, assessment_id: UUID) -> None:
    client = client_of("trainer@amber.example")

    assert client.get("/reports").status_code == 403
    assert client.post("/reports", data={"assessment": str(assessment_id)}).status_code == 403


@pytest.mark.slow
def test_a_made_report_is_downloaded_and_found_genuine_until_it_is_altered(
    app: Flask, client_of: ClientOf, engine: Engine, ordered: str
) -> None:
    client = client_of("exporter@amber.example")
    assert run_one(engine, app.extensions["settings"])
    page = client.get(ordered).text
    file = client.get(f"{ordered}/download")
    middle = len(file.data) // 2
    altered = file.data[:middle] + bytes([file.data[middle] ^ 1]) + file.data[middle + 1 :]

    genuine = client.post("/reports/verify", data={"file": (io.BytesIO(file.data), "r.pdf")})
    changed = client.post("/reports/verify", data={"file": (io.BytesIO(altered), "r.pdf")})

    assert "Download" in page
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "Genuine: pages" in genuine.text
    assert "Altered" in changed.text or changed.status_code == 422


@pytest.mark.slow
def test_an_inspection_pack_holds_evidence_and_audit_trail(
    app: Flask, client_of: ClientOf, engine: Engine, assessment_id: UUID
) -> None:
    settings = app.extensions["settings"]
    digest = Store.of_firm(settings.data_dir, EXPORTER.firm_id).keep(b"licence register 2026")
    with firm_session(engine, EXPORTER.firm_id) as session:
        item = EvidenceItem(
            id=uuid4(),
            title="Licence register",
            sha256=digest,
            file_name="register.txt",
            created_at=clock_now(),
            created_by_name=EXPORTER.name,
        )
        session.add(item)
        session.flush()
        session.add(
            EvidenceLink(
                evidence_id=item.id,
                assessment_id=assessment_id,
                question_id="LIC-01",
                created_at=clock_now(),
            )
        )
    client = client_of("officer@amber.example")
    path = order(client, assessment_id, format="zip")

    assert run_one(engine, settings)

    pack = zipfile.ZipFile(io.BytesIO(client.get(f"{path}/download").data))
    names = pack.namelist()
    (kept,) = [name for name in names if "register" in name and name.endswith(".txt")]
    assert pack.read(kept) == b"licence register 2026"
    (trail,) = [name for name in names if "audit-trail" in name]
    assert b"assessment.imported" in pack.read(trail)
    assert sum(name.endswith(".pdf") for name in names) == 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 soup", b"hello"])
def test_a_file_that_is_no_report_is_said_to_be_none(client_of: ClientOf, content: bytes) -> None:
    client = client_of("officer@amber.example")

    answer = client.post("/reports/verify", data={"file": (io.BytesIO(content), "r.pdf")})

    assert answer.status_code == 422
    assert "This file is no gap report or inspection pack of this program" in answer.text


@pytest.mark.slow
def test_the_page_names_what_differs_in_both_languages(
    app: Flask, client_of: ClientOf, engine: Engine, assessment_id: UUID
) -> None:
    client = client_of("exporter@amber.example")
    path = order(client, assessment_id, variant="executive")
    assert run_one(engine, app.extensions["settings"])
    with pikepdf.open(io.BytesIO(client.get(f"{path}/download").data)) as document:
        stream = document.attachments["answers.json"].obj.EF.F
        answers = json.loads(stream.read_bytes())
        answers["answers"]["LIC-01"]["value"] = 4
        stream.write(json.dumps(answers).encode())
        changed = io.BytesIO()
        document.save(changed)

    english, chinese = (
        client.post(
            f"/reports/verify?lang={language}",
            data={"file": (io.BytesIO(changed.getvalue()), "r.pdf")},
        ).text
        for language in ("en", "zh")
    )

    assert "Altered: do not rely on this file." in english
    assert "File inside: answers.json was changed." in english
    assert "Answer to LIC-01 was changed." in english
    assert "Score: the file says" in english
    assert "LIC-01的答案被更改。" in chinese
    assert "得分：文件中为" in chinese


@pytest.mark.slow
def test_the_page_takes_an_inspection_pack_and_names_what_was_changed_in_it(
    client_of: ClientOf,
) -> None:
    client = client_of("officer@amber.example")
    edition = load_edition("ecl-icp", "2026.1").core  # the short path: quickly made again
    bundle = Bundle("ecl-icp", "2026.1", date(2026, 11, 24), "Amber", "AMBER", {})
    result = result_json(edition, bundle, score(edition, {}, bundle.as_of))
    pack = inspection_pack(edition, bundle, json.loads(json.dumps(result)), Extras())
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as archive:
        for name, content in files.items():
            if not name.endswith(".pdf"):
                archive.writestr(name, b"other" if name == "tables.xlsx" else content)
        archive.writestr("more.txt", b"x")

    whole = client.post("/reports/verify", data={"file": (io.BytesIO(pack), "p.zip")}).text
    altered = client.post(
        "/reports/verify?lang=zh", data={"file": (io.BytesIO(changed.getvalue()), "p.zip")}
    ).text

    assert "Genuine: every file of the pack is as it was made." in whole
    assert "tables.xlsx被更改。" in altered
    assert "缺少report-zh.pdf。" in altered
    assert "more.txt被加入或者被改名。" in altered
