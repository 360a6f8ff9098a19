"""One section of questions as a page: shown, saved as a form, and saved answer by answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance.answers import Answer, BundleError, parse_answer
from compliance.assessments import (
    ClosedAssessmentError,
    Consequence,
    ReviewDecision,
    SectionStanding,
    StaleAnswerError,
    Standing,
    State,
    Verdict,
    consequence_of,
    content_of,
    decisions_of,
    find_for_saving,
    keep_answer,
    load_standing,
    question_for,
    read_answer,
    save_answer,
    steering_questions,
    version_before,
)
from compliance.assessments import Response as StoredResponse
from compliance.catalogue import Question, load_edition
from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import Action, Actor
from compliance.web.context import engine, language
from compliance.web.forms import AnswerForm, Fault, Typed, answer_of, form_class, typed_of
from compliance.web.guards import current_actor, needs
from compliance.web.layout import clock_time, moment
from compliance.web.numbers import whole_number
from compliance.web.wording import content_words

blueprint = Blueprint("sections", __name__)
ADDRESS = "/assessments/<uuid:assessment_id>/sections/<module_id>/<section_id>"


@dataclass
class Card:
    """One question as the page shows it."""

    question: Question
    typed: Typed
    version: int
    faults: tuple[Fault, ...] = ()
    clash: Mapping[str, Any] | None = None  # what stands on the server instead
    choice: str = ""


@dataclass
class Outcome:
    """What came of a posted page."""

    cards: list[Card] = field(default_factory=list)
    saved: int = 0

    @property
    def faults(self) -> list[tuple[str, str]]:
        return [(fault.target, fault.message) for card in self.cards for fault in card.faults]

    @property
    def clashes(self) -> bool:
        return any(card.clash for card in self.cards)


@blueprint.get(ADDRESS)
@needs(Action.SEE_MODULES)
def page(assessment_id: UUID, module_id: str, section_id: str) -> str:
    """The questions of one section."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
    here = standing.section(module_id, section_id) or abort(404)
    cards = [_card(standing, question) for question in here.questions]
    return _render(standing, here, cards)


@blueprint.post(ADDRESS)
@needs(Action.FILL_MODULES)
def save(
    assessment_id: UUID, module_id: str, section_id: str
) -> str | tuple[str, int] | BaseResponse:
    """Save a page without JavaScript: what changed, and nothing that somebody else changed."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
        here = standing.section(module_id, section_id) or abort(404)
        if not standing.is_open:
            raise ClosedAssessmentError(standing.assessment.state)
        forms = _bind(here)
        answers = _readable(standing, here, forms)
        consequence = _named_first(standing, answers)
        if consequence and not request.form.get("confirmed"):
            return _confirm(standing, here, consequence)
        outcome = _save_all(session, actor, standing, here, forms)
        standing = load_standing(session, assessment_id, actor)
    if outcome.faults or outcome.clashes:
        here = standing.section(module_id, section_id) or here
        status = 409 if outcome.clashes else 422
        return _render(standing, here, outcome.cards, outcome.faults), status
    return _go_on(standing, here, outcome)


@blueprint.put("/assessments/<uuid:assessment_id>/answers/<question_id>")
@needs(Action.FILL_MODULES)
def autosave(assessment_id: UUID, question_id: str) -> tuple[Response, int]:
    """Save one answer. `If-Match` carries the version that the author saw, 0 for none."""
    base = whole_number(request.headers.get("If-Match", "").strip('"'))
    if base is None:
        return jsonify(error=_("The version is missing.")), 428
    actor = current_actor()
    try:
        with firm_session(engine(), actor.firm_id) as session:
            found = find_for_saving(session, assessment_id, question_id)
            question = question_for(actor, found, question_id)
            answer = parse_answer(question, request.get_json(silent=True))
            kept = keep_answer(
                session,
                actor,
                found,
                replace(answer, evidence=()),
                base_version=base,
                now=now(),
            )
            told = {"version": kept.version, "saved_at": clock_time(kept.at)}
    except BundleError as fault:
        return jsonify(error=str(fault.faults[0])), 422
    except StaleAnswerError:
        return jsonify(current=_current(assessment_id, question_id, actor)), 412
    except ClosedAssessmentError:
        said = _("This assessment is no longer open for answers.")
        return jsonify(error=said, current=_current(assessment_id, question_id, actor)), 409
    answered = jsonify(told)
    answered.set_etag(str(told["version"]))
    return answered, 200


@blueprint.post("/assessments/<uuid:assessment_id>/answers/<question_id>/consequence")
@needs(Action.FILL_MODULES)
def consequence(assessment_id: UUID, question_id: str) -> tuple[Response, int]:
    """What saving this answer would add and remove; nothing is saved."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
    question = question_for(actor, standing.assessment, question_id)
    try:
        answer = parse_answer(question, request.get_json(silent=True))
    except BundleError as fault:
        return jsonify(error=str(fault.faults[0])), 422
    effect = _named_first(standing, {question_id: answer})
    return jsonify(
        added=[_named(q) for q in effect.added] if effect else [],
        removed=[_named(q) for q in effect.removed] if effect else [],
    ), 200


def _current(assessment_id: UUID, question_id: str, actor: Actor) -> dict[str, Any]:
    with firm_reading(engine(), actor.firm_id) as session:
        read = read_answer(session, assessment_id, question_id)
    edition = load_edition(read.assessment.questionnaire_id, read.assessment.version)
    return current_json(edition.question(question_id), read.response)


def current_json(question: Question, response: StoredResponse | None) -> dict[str, Any]:
    """What stands on the server, for a script that must ask its user."""
    if response is None:
        return {"version": 0, "value": None, "na_reason": None, "comment": "", "by": "", "at": ""}
    content = content_of(response)
    return {
        **content,
        "version": response.version,
        "words": content_words(question, content, language()),
        "by": response.updated_by_name,
        "at": moment(response.updated_at),
        "time": clock_time(response.updated_at),
    }


def _named(question: Question) -> dict[str, str]:
    return {"id": question.id, "prompt": question.prompt[language()]}


def _named_first(standing: Standing, answers: Mapping[str, Answer]) -> Consequence | None:
    """A change of what is asked that must be named before it is done; None where there is none.

    While only the scope is being filled in for the first time, questions come and go unasked.
    """
    begun = any(
        standing.edition.question(i).module_id != standing.edition.modules[0].id
        for i, answer in standing.all_answers.items()
        if answer.value is not None or answer.not_applicable is not None
    )
    steering = steering_questions(standing.edition)
    relevant = {i: answer for i, answer in answers.items() if i in steering}
    if not begun or not relevant:
        return None
    effect = consequence_of(standing, relevant)
    return None if effect.is_empty else effect


def _card(standing: Standing, question: Question) -> Card:
    response = standing.responses.get(question.id)
    content = content_of(response) if response else None
    return Card(question, typed_of(question, content), response.version if response else 0)


def _bind(here: SectionStanding) -> dict[str, AnswerForm]:
    ids = tuple(q.id for q in here.questions)
    bound = form_class(ids)(request.form)
    return {
        i: bound[i].form
        for i in ids
        if f"{i}-version" in request.form  # a question that came after the page was opened
    }


def _readable(
    standing: Standing, here: SectionStanding, forms: Mapping[str, AnswerForm]
) -> dict[str, Answer]:
    """Question id -> answer, of those that can be read."""
    found = {}
    for question in here.questions:
        if question.id in forms:
            typed = forms[question.id].typed
            answer, _faults = answer_of(standing.edition, question, typed, complete=False)
            if answer is not None:
                found[question.id] = answer
    return found


def _save_all(
    session: FirmSession,
    actor: Actor,
    standing: Standing,
    here: SectionStanding,
    forms: Mapping[str, AnswerForm],
) -> Outcome:
    outcome = Outcome()
    for question in here.questions:
        form = forms.get(question.id)
        if form is None:
            outcome.cards.append(_card(standing, question))
            continue
        outcome.cards.append(_save_one(session, actor, standing, question, form, outcome))
    return outcome


def _save_one(
    session: FirmSession,
    actor: Actor,
    standing: Standing,
    question: Question,
    form: AnswerForm,
    outcome: Outcome,
) -> Card:
    """Save one question of the page, or say on its card why not."""
    stored = standing.responses.get(question.id)
    typed, seen = _chosen(form, stored)
    if typed is None:  # theirs
        return _card(standing, question)
    card = Card(question, typed, form.version.data or 0)
    answer, faults = answer_of(standing.edition, question, typed, complete=False)
    complete_faults = answer_of(standing.edition, question, typed, complete=True)[1]
    card.faults = faults or complete_faults
    if answer is None:
        return card
    if _unchanged(session, standing, question, typed, seen):
        return card if complete_faults else _card(standing, question)
    try:
        response = save_answer(
            session,
            actor,
            standing.assessment,
            question.id,
            answer,
            base_version=seen,
            now=now(),
        )
    except StaleAnswerError as clash:
        card.clash = current_json(question, clash.current)
        card.choice = form.choice.data or ""
        message = _("%(question)s: someone else changed this answer. Choose.", question=question.id)
        card.faults = (Fault(f"{question.id}-clash", message),)
        return card
    outcome.saved += 1
    card.version = response.version
    return card


def _chosen(form: AnswerForm, stored: StoredResponse | None) -> tuple[Typed | None, int]:
    """What to save after a clash was settled, and on which version; None: leave theirs."""
    typed, choice = form.typed, form.choice.data or ""
    seen, theirs = form.version.data or 0, form.theirs.data
    if theirs is None or choice not in ("mine", "theirs", "combine"):
        return typed, seen
    if choice == "theirs":
        return None, theirs
    if choice == "combine" and stored is not None and stored.comment not in typed.comment:
        parts = [part for part in (typed.comment.strip(), stored.comment.strip()) if part]
        typed = replace(typed, comment="\n\n".join(parts))
    return typed, theirs


def _unchanged(
    session: FirmSession, standing: Standing, question: Question, typed: Typed, seen: int
) -> bool:
    """Whether the page says what it said when it was opened: then an old page reverts nothing."""
    stored = standing.responses.get(question.id)
    if stored is None:
        return typed == typed_of(question, None)
    if stored.version == seen:
        untouched = typed == typed_of(question, content_of(stored))
        return untouched and not (stored.to_confirm and _confirms(question.id))
    opened = version_before(session, standing.assessment.id, question.id, seen)
    return typed == typed_of(question, opened)


def _confirms(question_id: str) -> bool:
    """Whether the button that was pressed confirms what was carried over and is left as it is.

    A question's own button confirms that one, saving the page all that it shows, and switching
    the language none.
    """
    wanted = request.form.get("confirm")
    if wanted is not None:
        return wanted == question_id
    return request.form.get("go") != "language"


def _go_on(standing: Standing, here: SectionStanding, outcome: Outcome) -> BaseResponse:
    """Back to the page, or on to the next one, with what was done in words."""
    if outcome.saved:
        flash(_("Saved at %(time)s.", time=clock_time(now())), "ok")
    fresh = standing.section(here.module.id, here.section.id)
    before, after = standing.neighbours(fresh) if fresh else (None, None)
    confirmed = request.form.get("confirm")
    wanted = "stay" if confirmed else request.form.get("go", "next")
    if wanted in ("stay", "language") or (wanted == "back" and before is None):
        after = fresh
    elif wanted == "back":
        after = before
    if after is None:
        return redirect(url_for("assessments.check", assessment_id=standing.assessment.id))
    scope = standing.edition.modules[0].id
    if wanted == "next" and here.module.id == scope != after.module.id:
        return redirect(url_for("assessments.applies", assessment_id=standing.assessment.id))
    return redirect(
        url_for(
            ".page",
            assessment_id=standing.assessment.id,
            module_id=after.module.id,
            section_id=after.section.id,
            lang=request.args.get("lang"),
            _anchor=f"q-{confirmed}" if confirmed else None,
        )
    )


def _confirm(standing: Standing, here: SectionStanding, effect: Consequence) -> str:
    """What the change of scope does, named before it is done; everything typed is carried along."""
    return render_template(
        "assessments/consequence.html",
        standing=standing,
        here=here,
        effect=effect,
        typed=list(request.form.items(multi=True)),
    )


def _review_notes(standing: Standing, actor: Actor) -> Mapping[str, ReviewDecision]:
    """Question id -> why the officer sent it back, while the assessment is with the firm again."""
    if standing.assessment.state != State.RETURNED:
        return {}
    with firm_reading(engine(), actor.firm_id) as session:
        decided = decisions_of(session, standing.assessment.id)
    return {i: one for i, one in decided.items() if one.verdict != Verdict.AGREE}


def _render(
    standing: Standing,
    here: SectionStanding,
    cards: list[Card],
    faults: list[tuple[str, str]] | None = None,
) -> str:
    before, after = standing.neighbours(here)
    actor = current_actor()
    return render_template(
        "assessments/section.html",
        notes=_review_notes(standing, actor),
        standing=standing,
        here=here,
        cards=cards,
        faults=faults or [],
        before=before,
        after=after,
        steering=steering_questions(standing.edition),
        editable=standing.is_open and actor.may(Action.FILL_MODULES),
    )
