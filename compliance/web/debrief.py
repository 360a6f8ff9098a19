"""After the class: close, debrief as PDF and CSV, certificates of attendance."""

import csv
from collections.abc import Mapping
from datetime import datetime
from io import StringIO
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.catalogue import load_edition
from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.determination import Outcome, load_rules
from compliance.identity import Action
from compliance.language import Language
from compliance.reports import handout_in_child
from compliance.training import (
    ClassroomSession,
    close_session,
    debrief_of,
    participants_of,
    session_of,
)
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.stage_words import STAGES, YES_NO
from compliance.web.training import cited, topic_titles

blueprint = Blueprint("debrief", __name__, url_prefix="/classroom")
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that begins so would be computed


@blueprint.post("/<uuid:session_id>/close")
@needs(Action.TRAIN)
def close(session_id: UUID) -> BaseResponse:
    """End the session: the debrief is kept, everyone in the room is forgotten."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        close_session(db, actor, session_of(db, session_id), now=now())
    return redirect(url_for("classroom.console", session_id=session_id))


@blueprint.get("/<uuid:session_id>/debrief.pdf")
@needs(Action.TRAIN)
def as_pdf(session_id: UUID) -> Response:
    """What each team chose, where the class went wrong, the right reading, teaching points."""
    chosen = _language()
    with firm_reading(engine(), current_actor().firm_id) as db:
        found = debrief_of(db, session_of(db, session_id), now=now())
    pdf = handout_in_child(
        {
            "kind": "debrief",
            "language": chosen,
            "when": found["closed_at"],
            "content": _printed(found),
        }
    )
    return download(pdf, "application/pdf", f"debrief-{chosen}.pdf")


@blueprint.get("/<uuid:session_id>/debrief.csv")
@needs(Action.TRAIN)
def as_csv(session_id: UUID) -> Response:
    """One line for each option of each thing asked: right or not, and its votes."""
    with firm_reading(engine(), current_actor().firm_id) as db:
        found = debrief_of(db, session_of(db, session_id), now=now())
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(
        [_("Scenario"), _("Step"), _("Asked"), _("Option"), _("Right"), _("Votes"), _("Teams")]
    )
    tongue = language()
    for scenario in found["scenarios"]:
        for stage in scenario["stages"]:
            for part in stage["parts"]:
                for option in part["choices"]:
                    teams = [
                        str(team["team"])
                        for team in stage["teams"]
                        if option["id"] in team["chosen"].get(part["id"], ())
                    ]
                    text = option["text"][tongue] if option["text"] else YES_NO[option["id"]]
                    asked = part["prompt"][tongue] if part["prompt"] else part["id"]
                    row = (
                        scenario["title"][tongue],
                        str(STAGES[stage["kind"]]),
                        asked,
                        str(text),
                        _("yes") if option["right"] else _("no"),
                        option["votes"],
                        " ".join(teams),
                    )
                    writer.writerow([safe_cell(one) for one in row])
    return download(("\ufeff" + stream.getvalue()).encode(), "text/csv", "debrief.csv")


@blueprint.get("/<uuid:session_id>/certificates.pdf")
@needs(Action.TRAIN)
def certificates(session_id: UUID) -> Response:
    """One page for each participant; only while the names are there."""
    with firm_reading(engine(), current_actor().firm_id) as db:
        row = session_of(db, session_id)
        names = [person.name for person in participants_of(db, row.id)]
        if row.closed_at is not None or not names:
            abort(404)
        found = debrief_of(db, row, now=now())
    return download(certificates_pdf(found, names), "application/pdf", "certificates.pdf")


def certificates_pdf(found: Mapping[str, Any], names: list[str]) -> bytes:
    """Certificates for these names."""
    chosen = _language()
    content = {
        "names": names,
        "title": found["title"],
        "day": _day(found["opened_at"]),
        "trainer": found["trainer"],
        "scenarios": [scenario["title"] for scenario in found["scenarios"]],
    }
    order = {"kind": "certificates", "language": chosen, "when": found["closed_at"]}
    return handout_in_child({**order, "content": content})


def page(db: FirmSession, row: ClassroomSession) -> str:
    """What is left of a closed session."""
    found = debrief_of(db, row, now=now())
    return render_template("classroom/closed_session.html", row=row, found=_printed(found))


def safe_cell(value: object) -> object:
    """A text that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def download(content: bytes, media_type: str, name: str) -> Response:
    """A file of ours."""
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _language() -> str:
    wanted = request.args.get("language", "")
    return wanted if wanted in set(Language) else language().value


def _day(moment: str) -> str:
    from zoneinfo import ZoneInfo

    found = datetime.fromisoformat(moment).astimezone(ZoneInfo(current_zone()))
    return found.date().isoformat()


def current_zone() -> str:
    """The trainer's time zone; China's for participants."""
    from compliance.web.guards import actor_or_none

    actor = actor_or_none()
    return actor.time_zone if actor else "Asia/Shanghai"


def _printed(found: Mapping[str, Any]) -> dict[str, Any]:
    """The debrief with titles, citations and widths filled in."""
    rules, topics = load_rules(), topic_titles()
    scenarios = [_scenario(one) for one in found["scenarios"]]
    hardest = []
    for one in found["hardest"]:
        scenario = scenarios[one["scenario"]]
        part = next(
            part
            for stage in scenario["stages"]
            if stage["kind"] == one["stage"]
            for part in stage["parts"]
            if part["id"] == one["part"]
        )
        share = round(one["share"] * 100)
        hardest.append({"title": scenario["title"], "part": part, "percent": share})
    learning = [
        {
            "title": topics[one["topic"]].as_json()
            if one["topic"] in topics
            else _same(one["topic"]),
            "people": one["people"],
            "before": round(one["before"] * 100),
            "after": round(one["after"] * 100),
        }
        for one in found["learning"]
    ]
    for scenario in scenarios:
        scenario["outcome_title"] = rules.titles[Outcome(scenario["outcome"])].as_json()
        scenario["twist_title"] = rules.titles[Outcome(scenario["twist_outcome"])].as_json()
    return {
        **found,
        "day": _day(found["opened_at"]),
        "scenarios": scenarios,
        "hardest": hardest,
        "learning": learning,
    }


def _scenario(raw: Mapping[str, Any]) -> dict[str, Any]:
    known = load_edition().provisions
    return {
        **raw,
        "cited": [cited(known[id_]) for id_ in raw["provisions"] if id_ in known],
        "stages": [_stage(stage) for stage in raw["stages"]],
    }


def _stage(raw: Mapping[str, Any]) -> dict[str, Any]:
    most = max(1, raw["answered"])
    parts = [
        {
            **part,
            "choices": [
                {**one, "width": min(100, round(one["votes"] * 100 / most))}
                for one in part["choices"]
            ],
        }
        for part in raw["parts"]
    ]
    teams = [
        {
            **team,
            "earned": f"{team['earned']:.0f}",
            "possible": f"{team['possible']:.0f}",
            "lines": [_line(part, team["chosen"]) for part in parts],
        }
        for team in raw["teams"]
    ]
    return {**raw, "parts": parts, "teams": teams}


def _line(part: Mapping[str, Any], chosen: Mapping[str, list[str]]) -> dict[str, Any]:
    picked = chosen.get(part["id"], ())
    texts = [one["text"] or _same(one["id"]) for one in part["choices"] if one["id"] in picked]
    joined = {
        "en": "; ".join(text["en"] for text in texts) or "-",
        "zh": "；".join(text["zh"] for text in texts) or "-",
    }
    return {"asked": part["prompt"], "chosen": joined}


def _same(text: str) -> dict[str, str]:
    return {"en": text, "zh": text}
