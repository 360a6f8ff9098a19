"""Participants: in by a code, on a phone, without an account.

A cookie of its own holds the seat's token; nothing else is known of a participant than a name and a
team, and both are forgotten when the session ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.clock import now
from compliance.database import shared_reading, shared_session
from compliance.identity import throttle
from compliance.training import (
    CODE_LENGTH,
    LONGEST_NAME,
    Attempt,
    ClassroomSession,
    LockedError,
    NoSuchSeatError,
    NoSuchSessionError,
    Participant,
    ParticipantNameError,
    SessionClosedError,
    SessionFullError,
    StageKind,
    StepOverError,
    WrongAnswerFormError,
    answer,
    attempt_of,
    debrief_of,
    find_by_code,
    lock_of,
    locks_of,
    rejoin,
    seat_of,
    tidy_code,
)
from compliance.training import join as take_seat
from compliance.web.classroom import conditional, live
from compliance.web.context import engine, settings
from compliance.web.debrief import certificates_pdf, download
from compliance.web.guards import public
from compliance.web.stage_words import STAGES
from compliance.web.training import case_of

blueprint = Blueprint("join", __name__, url_prefix="/join")
COOKIE, SAFE_COOKIE = "seat", "__Host-seat"  # the safe name needs HTTPS
HOURS = 12


@blueprint.route("", methods=["GET", "POST"])
@public
def code() -> str | tuple[str, int] | BaseResponse:
    """The code from the wall."""
    if request.method == "GET":
        return render_template("classroom/code.html", given="", fault=None)
    given = request.form.get("code", "")
    fault = _fault_of_code(given)
    if fault:
        return render_template("classroom/code.html", given=given[:40], fault=fault), 422
    return redirect(url_for("join.name", code=tidy_code(given)))


@blueprint.route("/<code>", methods=["GET", "POST"])
@public
def name(code: str) -> str | tuple[str, int] | BaseResponse:
    """Name and team; who has a seat already goes straight to the room."""
    fault = _fault_of_code(code)
    if fault:
        return render_template("classroom/code.html", given=code[:40], fault=fault), 404
    if request.method == "GET":
        with shared_reading(engine()) as db:
            row = find_by_code(db, code, now=now())
            if _seat(db, row) is not None:
                return redirect(url_for("join.room", code=row.code))
        return _name_page(row, {})
    return _take(code)


@blueprint.post("/<code>/rejoin")
@public
def back(code: str) -> tuple[str, int] | BaseResponse:
    """The seat of a phone that was lost, by its rejoin code."""
    with shared_reading(engine()) as db:
        row = find_by_code(db, code, now=now())
    try:
        with _counted(), shared_session(engine()) as db:
            _found, token = rejoin(db, row, request.form.get("rejoin_code", ""))
    except NoSuchSeatError:
        fault = _("Nobody here has this rejoin code. It stood at the foot of your old screen.")
        return _name_page(row, {"rejoin_code": fault}), 422
    return _seated(row, token)


@blueprint.get("/<code>/room")
@public
def room(code: str) -> str | tuple[str, int] | BaseResponse:
    """What the class does now, on a phone."""
    with shared_reading(engine()) as db:
        row = find_by_code(db, code, now=now())
        seat = _seat(db, row)
        if seat is None:
            return redirect(url_for("join.name", code=row.code))
        return _room(db, row, seat)


@blueprint.post("/<code>/answer")
@public
def reply(code: str) -> str | tuple[str, int] | BaseResponse | tuple[Response, int]:
    """Keep an answer, or lock it in for the team."""
    form = request.form
    given = {key: form.getlist(key) for key in form if key not in ("stage", "lock", "csrf_token")}
    fault, status = None, 200
    with shared_session(engine()) as db:
        row = find_by_code(db, code, now=now())
        seat = _seat(db, row)
        if seat is None:
            return redirect(url_for("join.name", code=row.code))
        course = live.course(db, row.id)
        try:
            with db.begin_nested():
                answer(
                    db,
                    row,
                    course,
                    seat,
                    given,
                    position=form.get("stage", type=int, default=-1),
                    lock=bool(form.get("lock")),
                    now=now(),
                )
        except StepOverError:
            fault, status = _("The class has moved on; this step takes no answers now."), 409
        except LockedError:
            fault, status = _("Your team has locked in its answer to this step."), 409
        except WrongAnswerFormError:
            fault, status = _("Answer each question before you lock in."), 422
        if request.headers.get("X-Requested-With"):
            return Response(status=204 if fault is None else status), status if fault else 204
        if fault:
            return _room(db, row, seat, fault=fault, given=given), status
    return redirect(url_for("join.room", code=row.code))


@blueprint.get("/<code>/certificate.pdf")
@public
def certificate(code: str) -> Response | BaseResponse:
    """One's own certificate of attendance, at the end of the class."""
    with shared_reading(engine()) as db:
        row = find_by_code(db, code, now=now())
        seat = _seat(db, row)
        if seat is None:
            return redirect(url_for("join.name", code=row.code))
        if live.course(db, row.id).stages[row.position].kind != StageKind.END:
            abort(404)
        found = debrief_of(db, row, now=now())
    return download(certificates_pdf(found, [seat.name]), "application/pdf", "certificate.pdf")


@blueprint.get("/<code>/state")
@public
def state(code: str) -> Response:
    """A few bytes for a waiting phone; 304 while nothing is new."""
    found = live.state(engine(), tidy_code(code), now=now())
    return conditional(found.phone, found.phone_etag)


def _fault_of_code(given: str) -> str | None:
    """What is wrong with a code, in words."""
    tidy = tidy_code(given)
    if len(tidy) != CODE_LENGTH or not tidy.isalpha():
        return str(_("A code has six letters. It stands on the wall."))
    try:
        with _counted(), shared_reading(engine()) as db:
            find_by_code(db, tidy, now=now())
    except NoSuchSessionError:
        return str(_("No class has this code. Compare it with the wall, letter by letter."))
    except SessionClosedError:
        return str(_("This class is over; nobody joins it any more."))
    return None


@contextmanager
def _counted() -> Iterator[None]:
    """Guesses at a code are counted by address, for all workers; a right one is taken back."""
    address = request.remote_addr or "?"
    with shared_session(engine()) as db:
        throttle.count(db, throttle.CLASSES, address, now=now())
    yield
    with shared_session(engine()) as db:
        throttle.forgive(db, throttle.CLASSES, address, last_only=True)


def _take(code: str) -> tuple[str, int] | BaseResponse:
    faults: dict[str, str] = {}
    with shared_session(engine()) as db:
        row = find_by_code(db, code, now=now())
        team = request.form.get("team", type=int, default=0)
        try:
            _seat_taken, token = take_seat(db, row, request.form.get("name", ""), team, now=now())
        except ParticipantNameError as odd:
            faults["name"] = {
                "empty": _("Give a name or a nickname."),
                "long": _("A name has at most %(most)s characters.", most=LONGEST_NAME),
            }.get(odd.reason) or _("A name has letters, figures, spaces, and . ' - only.")
        except WrongAnswerFormError:
            faults["team"] = _("Choose your team.")
        except SessionFullError:
            faults["name"] = _("The class is full.")
        else:
            return _seated(row, token)
    return _name_page(row, faults), 422


def _seated(row: ClassroomSession, token: str) -> BaseResponse:
    response = redirect(url_for("join.room", code=row.code))
    response.set_cookie(
        _cookie(),
        token,
        max_age=HOURS * 3600,
        path="/" if settings().production else "/join",  # the safe name demands the first
        httponly=True,
        samesite="Lax",
        secure=settings().production,
    )
    return response


def _cookie() -> str:
    return SAFE_COOKIE if settings().production else COOKIE


def _seat(db: Any, row: ClassroomSession) -> Participant | None:
    token = request.cookies.get(_cookie())
    if not token:
        return None
    try:
        return seat_of(db, token, row.id)
    except NoSuchSeatError:
        return None


def _name_page(row: ClassroomSession, faults: dict[str, str]) -> str:
    return render_template(
        "classroom/name.html", row=row, faults=faults, title=row.title[g.language]
    )


def _room(
    db: Any,
    row: ClassroomSession,
    seat: Participant,
    *,
    fault: str | None = None,
    given: dict[str, list[str]] | None = None,
) -> str:
    course = live.course(db, row.id)
    stage = course.stages[row.position]
    attempt: Attempt | None = attempt_of(db, seat.id, row.position)
    lock = lock_of(db, row, seat.team) if stage.by_teams else None
    content = lock.content if lock else attempt.content if attempt else {}
    locked = lock is not None or (attempt is not None and attempt.locked)
    found = course.scenario(row.position)
    return render_template(
        "classroom/room.html",
        row=row,
        seat=seat,
        stage=stage,
        title=STAGES[stage.kind],
        task=course.task(row.position),
        chosen=given if given is not None and not locked else content,
        saved=attempt is not None,
        locked=locked,
        fault=fault,
        results=_results(db, row, seat),
        **(case_of(found) if found else {"case": None}),
    )


def _results(db: Any, row: ClassroomSession, seat: Participant) -> dict[str, Any]:
    """At a reveal and at the end: one's own answers beside the right ones, and the points."""
    course = live.course(db, row.id)
    stage = course.stages[row.position]
    wanted = {"reveal": ("flags", "determine", "assess"), "twist_reveal": ("twist",)}
    mine = []
    for position, one in enumerate(course.stages[: row.position]):
        task = course.task(position)
        if one.scenario != stage.scenario or one.kind not in wanted.get(stage.kind, ()):
            continue
        if task is None:
            continue
        lock = next((x for x in locks_of(db, row.id, position) if x.team == seat.team), None)
        attempt = attempt_of(db, seat.id, position)
        content = lock.content if lock and seat.team else attempt.content if attempt else {}
        mine.append((STAGES[one.kind], task, content))
    points = None
    if mine or stage.kind == "end":
        own = (seat.team, "" if seat.team else seat.name)
        points = next((p for p in live.points(db, row) if (p.team, p.name) == own), None)
    return {"mine": mine, "points": points}
