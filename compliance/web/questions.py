"""Around one question: its history, its thread, who is asked, and its evidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import (
    ClosedAssessmentError,
    Colleague,
    EmptyMessageError,
    NoSuchQuestionError,
    ResponseHistory,
    StaleAnswerError,
    Standing,
    assign,
    content_of,
    evidence_for,
    find_evidence_for,
    history_of,
    load_standing,
    post_message,
    question_for,
    restore,
    see_mentions,
    set_flag,
    thread_of,
    unseen_mentions,
)
from compliance.catalogue import Question
from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.evidence import (
    ENDINGS,
    LARGEST,
    Checked,
    Particulars,
    RefusedFileError,
    Store,
    Why,
    add_evidence,
    check_file,
    link_evidence,
    unlink_evidence,
)
from compliance.identity import Action, Actor, colleagues_of
from compliance.web.assessments import question_url
from compliance.web.context import engine, language, settings
from compliance.web.guards import current_actor, needs
from compliance.web.numbers import whole_number
from compliance.web.wording import content_words

blueprint = Blueprint("questions", __name__)
ADDRESS = "/assessments/<uuid:assessment_id>/questions/<question_id>"
FILES_AT_ONCE = 5  # of the largest size
ROOM_FOR_FIELDS = 64 * 1024  # bytes
ONE_SITTING = timedelta(minutes=5)  # changes of one person within it are shown as one
CAUSES = {
    "edit": _l("changed"),
    "import": _l("imported"),
    "restore": _l("restored"),
    "carry_over": _l("carried over from last time"),
    "migration": _l("moved to a newer edition"),
    "review": _l("changed in review"),
}
REFUSALS = {
    Why.EMPTY: _l("The file is empty."),
    Why.TOO_LARGE: _l("The file is larger than 20 MB."),
    Why.KIND: _l("Files of this kind are not taken. Use PDF, PNG, JPEG, DOCX, XLSX, CSV or TXT."),
    Why.CONTENT: _l("The content of the file is not what its name says, or it is damaged."),
    Why.ACTIVE: _l("The file contains macros, scripts or parts that act by themselves."),
    Why.ARCHIVE: _l("The inner archive of the file is too large, nested or encrypted."),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line of the history: an author's changes of one sitting."""

    entry: ResponseHistory
    cause: Any
    before: str
    after: str
    comment_before: str
    comment_after: str
    steps: int
    is_current: bool


@blueprint.url_value_preprocessor
def _take_several_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Room for a handful of files at once; set before anything reads the request's body."""
    if endpoint == "questions.attach":
        request.max_content_length = FILES_AT_ONCE * LARGEST + ROOM_FOR_FIELDS


@blueprint.get(ADDRESS)
@needs(Action.SEE_MODULES)
def page(assessment_id: UUID, question_id: str) -> str:
    """Everything around one question."""
    return _page(assessment_id, question_id)


@blueprint.post(f"{ADDRESS}/messages")
@needs(Action.FILL_MODULES, Action.DECIDE)
def say(assessment_id: UUID, question_id: str) -> BaseResponse | tuple[str, int]:
    """Add to the thread; names after an @ are told."""
    actor = current_actor()
    try:
        with firm_session(engine(), actor.firm_id) as session:
            standing, question = _load(session, assessment_id, question_id, actor)
            colleagues = _colleagues(actor, question)
            text = request.form.get("text", "")
            assessment = standing.assessment
            post_message(
                session, actor, assessment, question.id, text, colleagues=colleagues, now=now()
            )
    except EmptyMessageError:
        return _page(assessment_id, question_id, [("text", _("Write a message."))]), 422
    return _back(assessment_id, question_id, "thread")


@blueprint.post(f"{ADDRESS}/seen")
@needs(Action.SEE_MODULES)
def seen(assessment_id: UUID, question_id: str) -> BaseResponse:
    """The person has read what mentions them."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        _standing, question = _load(session, assessment_id, question_id, actor)
        thread = thread_of(session, assessment_id, question.id)
        see_mentions(session, actor.person_id, thread, now=now())
    return _back(assessment_id, question_id, "thread")


@blueprint.post(f"{ADDRESS}/flag")
@needs(Action.FILL_MODULES, Action.DECIDE)
def flag(assessment_id: UUID, question_id: str) -> BaseResponse:
    """Flag for discussion, or take the flag down."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        standing, question = _load(session, assessment_id, question_id, actor)
        raised = request.form.get("raised") == "yes"
        set_flag(session, actor, standing.assessment, question.id, raised=raised, now=now())
    return _back(assessment_id, question_id, "thread")


@blueprint.post(f"{ADDRESS}/assignment")
@needs(Action.FILL_MODULES)
def ask_colleague(assessment_id: UUID, question_id: str) -> BaseResponse | tuple[str, int]:
    """Assign the question to a colleague, with a note; nobody takes it back."""
    actor = current_actor()
    wanted = request.form.get("person", "")
    with firm_session(engine(), actor.firm_id) as session:
        standing, question = _load(session, assessment_id, question_id, actor)
        colleagues = _colleagues(actor, question)
        colleague = next((c for c in colleagues if str(c.id) == wanted), None)
        unknown = bool(wanted) and colleague is None
        if not unknown:
            note = request.form.get("note", "")
            assign(
                session, actor, standing.assessment, question.id, colleague, now=now(), note=note
            )
    if unknown:
        return _page(
            assessment_id, question_id, [("person", _("Choose one of the people shown."))]
        ), 422
    return _back(assessment_id, question_id, "assignment")


@blueprint.post(f"{ADDRESS}/restore")
@needs(Action.FILL_MODULES)
def bring_back(assessment_id: UUID, question_id: str) -> BaseResponse:
    """Let the answer say again what it said before."""
    actor = current_actor()
    try:
        with firm_session(engine(), actor.firm_id) as session:
            standing, question = _load(session, assessment_id, question_id, actor)
            history = history_of(session, assessment_id, question.id)
            wanted = request.form.get("version", "")
            entry = next((h for h in history if str(h.version) == wanted), None) or abort(404)
            base = request.form.get("base", "0")
            restore(
                session,
                actor,
                standing.assessment,
                entry,
                base_version=whole_number(base) or 0,
                now=now(),
            )
        flash(_("The earlier answer stands again."), "ok")
    except StaleAnswerError:
        flash(_("Someone else changed this answer meanwhile. Look before you restore."), "bad")
    return _back(assessment_id, question_id, "history")


@blueprint.post(f"{ADDRESS}/evidence")
@needs(Action.FILL_MODULES)
def attach(assessment_id: UUID, question_id: str) -> BaseResponse | tuple[str, int]:
    """Add files or a reference as evidence, to this question and to others that are named."""
    actor = current_actor()
    faults, particulars = _particulars()
    files = []
    for upload in request.files.getlist("files"):
        if upload.filename:
            try:
                files.append(check_file(upload.filename, upload.stream.read()))
            except RefusedFileError as refused:
                faults.append(("files", f"{upload.filename[:60]}: {REFUSALS[refused.why]}"))
    if not files and not particulars.title.strip():
        faults.append(("title", _("Give the evidence a title, or choose a file.")))
    with firm_session(engine(), actor.firm_id) as session:
        standing, question = _load_open(session, assessment_id, question_id, actor)
        supported, unknown = _supported(actor, standing, question)
        faults += [("also", _("There is no question %(name)s.", name=name)) for name in unknown]
        if not faults:
            _keep(session, actor, standing, particulars, files, supported)
    if faults:
        return _page(assessment_id, question_id, faults), 422
    flash(_("The evidence is kept."), "ok")
    if request.headers.get("X-Requested-With"):  # the script loads the page anew
        return "", 204
    return _back(assessment_id, question_id, "evidence")


def _supported(actor: Actor, standing: Standing, here: Question) -> tuple[list[str], list[str]]:
    """Ids of the questions that the evidence supports, and the names that are no question's."""
    typed = re.split(r"[\s,;\uff0c\uff1b\u3001]+", request.form.get("also", "").upper())
    supported, unknown = [here.id], []
    for name in filter(None, typed):
        try:
            supported.append(question_for(actor, standing.assessment, name).id)
        except NoSuchQuestionError:
            unknown.append(name[:20])
    return supported, unknown


def _keep(
    session: FirmSession,
    actor: Actor,
    standing: Standing,
    particulars: Particulars,
    files: Sequence[Checked],
    supported: Sequence[str],
) -> None:
    store = Store.of_firm(settings().data_dir, actor.firm_id)
    kept: Sequence[Checked | None] = files or [None]
    for file in kept:
        named = _named(particulars, file, alone=len(files) <= 1)
        item = add_evidence(session, actor, named, now=now(), store=store, file=file)
        for question_id in supported:
            link_evidence(session, actor, item, standing.assessment.id, question_id, now=now())


@blueprint.post(f"{ADDRESS}/evidence/link")
@needs(Action.FILL_MODULES)
def reuse(assessment_id: UUID, question_id: str) -> BaseResponse:
    """Let evidence that the firm has already support this answer too, or take it away."""
    actor = current_actor()
    evidence_id = _id(request.form.get("evidence", "")) or abort(404)
    with firm_session(engine(), actor.firm_id) as session:
        standing, question = _load_open(session, assessment_id, question_id, actor)
        item = find_evidence_for(session, actor, evidence_id)
        verb = unlink_evidence if request.form.get("remove") else link_evidence
        verb(session, actor, item, standing.assessment.id, question.id, now=now())
    return _back(assessment_id, question_id, "evidence")


def _named(particulars: Particulars, file: Checked | None, *, alone: bool) -> Particulars:
    """The title that was typed; the file's name where none was, or where there are several."""
    title = particulars.title.strip() if alone else ""
    return replace(particulars, title=title or (file.name if file is not None else ""))


def _particulars() -> tuple[list[tuple[str, str]], Particulars]:
    faults: list[tuple[str, str]] = []
    dates: dict[str, date | None] = {}
    for name in ("dated_on", "expires_on"):
        text = request.form.get(name, "").strip()
        try:
            dates[name] = date.fromisoformat(text) if text else None
        except ValueError:
            dates[name] = None
            said = _("Enter a date that exists as year-month-day, for example 2026-11-24.")
            faults.append((name, said))
    title, reference = request.form.get("title", ""), request.form.get("reference", "")
    return faults, Particulars(title, reference, dates["dated_on"], dates["expires_on"])


def _page(assessment_id: UUID, question_id: str, faults: Sequence[tuple[str, str]] = ()) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing, question = _load(session, assessment_id, question_id, actor)
        history = history_of(session, assessment_id, question.id)
        thread = thread_of(session, assessment_id, question.id)
        unseen = {message.id for message in unseen_mentions(session, actor.person_id)}
        linked = {item.id for item in standing.evidence.get(question.id, ())}
        others = [item for item in evidence_for(session, actor)[0] if item.id not in linked]
    response = standing.responses.get(question.id)
    content = content_of(response) if response else None
    return render_template(
        "assessments/question_page.html",
        standing=standing,
        question=question,
        here=standing.section(question.module_id, question.section_id),
        back=question_url(assessment_id, question),
        answer=content_words(question, content, language()),
        comment=(content or {}).get("comment", ""),
        response=response,
        history=_changes(question, history),
        thread=thread,
        unseen=[message for message in thread if message.id in unseen],
        colleagues=_colleagues(actor, question),
        others=others,
        endings=",".join(ENDINGS),
        largest=LARGEST,
        most_files=FILES_AT_ONCE,
        typed=request.form,
        faults=list(faults),
        editable=standing.is_open and actor.may(Action.FILL_MODULES),
    )


def _changes(question: Question, history: Sequence[ResponseHistory]) -> list[Change]:
    """The history, newest first, with quick changes of one person drawn together."""
    groups: list[list[ResponseHistory]] = []
    for entry in history:
        last = groups[-1][-1] if groups else None
        together = (
            last is not None
            and last.person_id == entry.person_id
            and last.cause == entry.cause == "edit"
            and groups[-1][0].at - entry.at < ONE_SITTING
        )
        if together:
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return [
        Change(
            entry=group[0],
            cause=CAUSES.get(group[0].cause, group[0].cause),
            before=content_words(question, group[-1].before, language()),
            after=content_words(question, group[0].after, language()),
            comment_before=(group[-1].before or {}).get("comment") or "",
            comment_after=(group[0].after or {}).get("comment") or "",
            steps=len(group),
            is_current=number == 0,
        )
        for number, group in enumerate(groups)
    ]


def _load(
    session: FirmSession, assessment_id: UUID, question_id: str, actor: Actor
) -> tuple[Standing, Question]:
    standing = load_standing(session, assessment_id, actor)
    question_for(actor, standing.assessment, question_id)
    if not standing.edition.has_question(question_id):  # the short path asks fewer
        raise NoSuchQuestionError(question_id)
    return standing, standing.edition.question(question_id)


def _load_open(
    session: FirmSession, assessment_id: UUID, question_id: str, actor: Actor
) -> tuple[Standing, Question]:
    standing, question = _load(session, assessment_id, question_id, actor)
    if not standing.is_open:
        raise ClosedAssessmentError(standing.assessment.state)
    return standing, question


def _colleagues(actor: Actor, question: Question) -> tuple[Colleague, ...]:
    """Those who may see the question."""
    found = colleagues_of(engine(), actor.firm_id, seeing=question.module_id)
    return tuple(Colleague(*pair) for pair in found)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _back(assessment_id: UUID, question_id: str, anchor: str) -> BaseResponse:
    return redirect(
        url_for(".page", assessment_id=assessment_id, question_id=question_id, _anchor=anchor)
    )
