"""The trainer's side of a classroom: open, drive, show on the wall, close and take the debrief."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import Action
from compliance.language import Text
from compliance.training import (
    MOST_SCENARIOS,
    MOST_TEAMS,
    ClassroomSession,
    Course,
    Lesson,
    LiveBoard,
    Scenario,
    SessionMovedError,
    Task,
    attempts_of,
    find_programme,
    find_scenario,
    library,
    locks_of,
    move,
    open_session,
    own_scenarios,
    participants_of,
    reopen_stage,
    session_of,
    set_names,
    spread_of,
)
from compliance.web.context import engine, settings
from compliance.web.guards import current_actor, needs
from compliance.web.stage_words import STAGES, stage_title
from compliance.web.training import case_of

blueprint = Blueprint("classroom", __name__, url_prefix="/classroom")
live = LiveBoard()
LONGEST_TITLE = 120


@dataclass(frozen=True)
class Screen:
    """What the console and the wall show of a session."""

    row: ClassroomSession
    course: Course
    people: int
    points: list[Any]


@blueprint.get("/new")
@needs(Action.TRAIN)
def new() -> str:
    """The form for a new session."""
    return _new_page({})


@blueprint.post("/new")
@needs(Action.TRAIN)
def create() -> str | tuple[str, int] | BaseResponse:
    """Open a session and go to its console."""
    actor, form = current_actor(), request.form
    faults: dict[str, str] = {}
    teams = form.get("teams", "")
    if not (teams.isascii() and teams.isdigit() and int(teams) <= MOST_TEAMS):
        faults["teams"] = _("A number of teams from 0 to %(most)s.", most=MOST_TEAMS)
    with firm_session(engine(), actor.firm_id) as db:
        scenarios, title = _chosen(db)
        if not 1 <= len(scenarios) <= MOST_SCENARIOS:
            faults["scenario"] = _("Choose 1 to %(most)s scenarios.", most=MOST_SCENARIOS)
        if len(title.en) > LONGEST_TITLE:
            faults["title"] = _("At most %(most)s characters.", most=LONGEST_TITLE)
        if faults:
            return _new_page(faults), 422
        lesson = Lesson(
            title=title,
            scenarios=tuple(scenarios),
            teams=int(teams),
            tests=bool(form.get("tests")),
            show_names=bool(form.get("show_names")),
        )
        row = open_session(db, actor, lesson, now=now())
    return redirect(url_for("classroom.console", session_id=row.id))


@blueprint.get("/<uuid:session_id>")
@needs(Action.TRAIN)
def console(session_id: UUID) -> str:
    """Where the trainer stands, what comes next, who has answered."""
    with firm_reading(engine(), current_actor().firm_id) as db:
        row = session_of(db, session_id)
        if row.closed_at is not None:
            return closed_page(db, row)
        screen = _screen(db, row)
    return render_template("classroom/console.html", screen=screen, **_shown(screen))


@blueprint.get("/<uuid:session_id>/board")
@needs(Action.TRAIN)
def board(session_id: UUID) -> str | BaseResponse:
    """The wall: large type, the code, the spread of answers, the reveal."""
    with firm_reading(engine(), current_actor().firm_id) as db:
        row = session_of(db, session_id)
        if row.closed_at is not None:
            return redirect(url_for("classroom.console", session_id=row.id))
        screen = _screen(db, row)
    return render_template("classroom/board.html", screen=screen, **_shown(screen))


@blueprint.get("/<uuid:session_id>/state")
@needs(Action.TRAIN)
def state(session_id: UUID) -> Response:
    """The board's figures; 304 while nothing is new."""
    with firm_reading(engine(), current_actor().firm_id) as db:
        code = session_of(db, session_id).code
    found = live.state(engine(), code or "", now=now())
    return conditional(found.board, found.board_etag)


@blueprint.post("/<uuid:session_id>/move")
@needs(Action.TRAIN)
def step(session_id: UUID) -> BaseResponse | tuple[str, int]:
    """On to another stage, from the one that the trainer saw."""
    actor, form = current_actor(), request.form
    base, to = (form.get(name, type=int, default=-1) for name in ("base", "to"))
    try:
        with firm_session(engine(), actor.firm_id) as db:
            move(db, actor, session_id, base=base, to=to, now=now())
    except SessionMovedError as moved:
        with firm_reading(engine(), actor.firm_id) as db:
            screen = _screen(db, session_of(db, session_id))
        where = "board" if form.get("back") == "board" else "console"
        return render_template(
            f"classroom/{where}.html", screen=screen, **{**_shown(screen), "moved": moved}
        ), 409
    return _back(session_id)


@blueprint.post("/<uuid:session_id>/reopen")
@needs(Action.TRAIN)
def reopen(session_id: UUID) -> BaseResponse:
    """Let all teams change their answers to this stage again."""
    with firm_session(engine(), current_actor().firm_id) as db:
        reopen_stage(db, session_id)
    return _back(session_id)


@blueprint.post("/<uuid:session_id>/names")
@needs(Action.TRAIN)
def names(session_id: UUID) -> BaseResponse:
    """Show names on the wall, or hide them."""
    with firm_session(engine(), current_actor().firm_id) as db:
        set_names(db, session_id, shown=bool(request.form.get("shown")))
    return _back(session_id)


def conditional(body: bytes, etag: str) -> Response:
    """The body, or 304 where the asker has it."""
    if request.headers.get("If-None-Match") == etag:
        response = Response(status=304)
    else:
        response = Response(body, mimetype="application/json")
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache, private"
    return response


def join_url(row: ClassroomSession) -> str:
    """The address behind the QR code."""
    return f"{settings().base_url.rstrip('/')}{url_for('join.name', code=row.code)}"


def qr_code(address: str) -> Markup:
    """An address as SVG without inline style."""
    stream = BytesIO()
    segno.make_qr(address, error="m").save(
        stream,
        kind="svg",
        border=2,
        omitsize=True,
        xmldecl=False,
        svgclass="qr",
        lineclass=None,
        nl=False,
    )
    return Markup(stream.getvalue().decode())  # noqa: S704  # drawn and escaped by segno


def closed_page(db: FirmSession, row: ClassroomSession) -> str:
    """What is left of a closed session."""
    from compliance.web.debrief import page

    return page(db, row)


def _chosen(db: FirmSession) -> tuple[list[Scenario], Text]:
    """The scenarios of the form, or those of a programme, and the session's title."""
    person_id = current_actor().person_id
    ids: Sequence[str] = request.form.getlist("scenario")
    programme_id = request.form.get("programme", "")
    title = request.form.get("title", "").strip()
    if programme_id:
        programme = find_programme(db, programme_id)
        ids, title = [str(one) for one in programme.scenario_ids], title or programme.title
    scenarios = [find_scenario(db, one, person_id) for one in dict.fromkeys(ids)]
    if title or not scenarios:
        return scenarios, Text(title or "?", title or "?")
    first = scenarios[0].title
    return scenarios, first


def _new_page(faults: dict[str, str]) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        own = [one for one in own_scenarios(db, actor.person_id) if not one.faults]
    given = request.values
    return render_template(
        "classroom/new.html",
        scenarios=library(),
        own=own,
        chosen=set(given.getlist("scenario")),
        programme=given.get("programme", ""),
        form=given,
        faults=faults,
        posted=request.method == "POST",
    )


def _screen(db: FirmSession, row: ClassroomSession) -> Screen:
    course = live.course(db, row.id)
    people = len(participants_of(db, row.id))
    return Screen(row, course, people, live.points(db, row))


def _shown(screen: Screen) -> dict[str, Any]:
    row, course = screen.row, screen.course
    stage = course.stages[row.position]
    found = course.scenario(row.position)
    task = course.task(row.position)
    code = row.code or ""
    address = join_url(row)
    with firm_reading(engine(), row.firm_id) as db:
        answers = [one.content for one in attempts_of(db, row.id, row.position)]
        names_shown = [p.name for p in participants_of(db, row.id)] if row.show_names else []
        locked = sorted(lock.team for lock in locks_of(db, row.id, row.position))
        earlier = _earlier(db, screen)
    last = len(course.stages) - 1
    return {
        "stage": stage,
        "stages": [(n, stage_title(s, course)) for n, s in enumerate(course.stages)],
        "title": STAGES[stage.kind],
        "task": task,
        "spread": spread_of(task, answers) if task else {},
        "answered": len(answers),
        "locked": locked,
        "earlier": earlier,
        "names": names_shown,
        "code": code,
        "address": address,
        "qr": qr_code(address),
        "previous": row.position - 1 if row.position else None,
        "following": row.position + 1 if row.position < last else None,
        "moved": None,
        **(case_of(found) if found else {"case": None}),
    }


def _earlier(db: FirmSession, screen: Screen) -> list[tuple[Any, Task, Any]]:
    """At a reveal: the tasks of this scenario that were answered, with their spread."""
    row, course = screen.row, screen.course
    stage = course.stages[row.position]
    wanted = {"reveal": ("flags", "determine", "assess"), "twist_reveal": ("twist",)}
    found = []
    for position, one in enumerate(course.stages[: row.position]):
        if one.scenario == stage.scenario and one.kind in wanted.get(stage.kind, ()):
            task = course.task(position)
            if task is not None:
                contents = [a.content for a in attempts_of(db, row.id, position)]
                found.append((STAGES[one.kind], task, spread_of(task, contents)))
    return found


def _back(session_id: UUID) -> BaseResponse:
    where = "board" if request.form.get("back") == "board" else "console"
    return redirect(url_for(f"classroom.{where}", session_id=session_id))
