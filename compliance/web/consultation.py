"""Asking an outside expert, and the expert's own page behind its link."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as browser
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from compliance import mail
from compliance.assessments import (
    Asked,
    Consultation,
    EmptyMessageError,
    NoSuchQuestionError,
    PastEndError,
    Standing,
    advise,
    ask_expert,
    consultations_of,
    content_of,
    find_assessment,
    load_standing,
    open_consultation,
    questions_of,
    responses_of,
    thread_of,
    withdraw,
)
from compliance.catalogue import load_edition
from compliance.clock import now, today
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import Action, Actor, Firm, firm_of
from compliance.language import Language
from compliance.web.context import engine, language, settings
from compliance.web.guards import current_actor, needs, public
from compliance.web.layout import day
from compliance.web.refusals import refusal
from compliance.web.wording import content_words

blueprint = Blueprint("consultation", __name__)
USUAL_DAYS = 14
LONGEST_NAME = 120
LINK = "/consultations/<uuid:firm_id>/<uuid:consultation_id>/<token>"


@blueprint.get("/assessments/<uuid:assessment_id>/consultations")
@needs(Action.DECIDE)
def index(assessment_id: UUID) -> str:
    """Who was asked what, until when; and the form to ask."""
    return _index(assessment_id)


def _index(assessment_id: UUID, faults: Mapping[str, str] | None = None) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
        found = consultations_of(session, assessment_id)
        advice = {c.id: _advice(session, c) for c in found}
    typed = {
        "scope": request.args.get("question", ""),
        "ends_on": (today() + timedelta(days=USUAL_DAYS)).isoformat(),
        **request.form.to_dict(),
    }
    return render_template(
        "consultation/index.html",
        standing=standing,
        consultations=found,
        advice=advice,
        scopes=_scopes(standing),
        typed=typed,
        faults=faults or {},
        today=today(),
        link=None if faults else browser.pop("consultation_link", None),
    )


def _scopes(standing: Standing) -> list[tuple[str, str]]:
    """What may be asked about: a module, or one question of it."""
    found = []
    for module in standing.modules:
        title = module.module.title[language()]
        found.append((module.module.id, str(_("Whole module: %(title)s", title=title))))
        for section in module.sections:
            found += [(q.id, f"{q.id} {q.prompt[language()]}") for q in section.questions]
    return found


def _advice(session: FirmSession, consultation: Consultation) -> list[Any]:
    """The expert's own entries, in the order of the questions."""
    assessment = find_assessment(session, consultation.assessment_id)
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    return [
        message
        for question in questions_of(edition, consultation)
        for message in thread_of(session, consultation.assessment_id, question.id)
        if message.person_id == consultation.id
    ]


@blueprint.post("/assessments/<uuid:assessment_id>/consultations")
@needs(Action.DECIDE)
def ask(assessment_id: UUID) -> str | tuple[str, int] | BaseResponse:
    """Invite an expert: the link goes by mail and is shown once."""
    actor = current_actor()
    firm = firm_of(engine(), actor.firm_id)
    with firm_reading(engine(), actor.firm_id) as session:
        standing = load_standing(session, assessment_id, actor)
    asked, faults = _read(standing)
    if asked is None:
        return _index(assessment_id, faults), 422
    try:
        with firm_session(engine(), actor.firm_id) as session:
            assessment = find_assessment(session, assessment_id)
            row, token = ask_expert(session, actor, assessment, asked, now=now(), today=today())
            link = _link(firm, row, token)
            _mail(session, actor, firm, asked, link)
    except PastEndError as error:
        return _index(assessment_id, {"ends_on": refusal(error)[1]}), 422
    browser["consultation_link"] = link
    flash(_("The expert is asked. The link was mailed and is shown below once."), "ok")
    return redirect(url_for(".index", assessment_id=assessment_id))


def _read(standing: Standing) -> tuple[Asked | None, dict[str, str]]:
    form, faults = request.form, {}
    name, email = form.get("expert_name", "").strip(), form.get("expert_email", "").strip()
    if not name or len(name) > LONGEST_NAME:
        faults["expert_name"] = str(_("Give the expert's name."))
    if email.count("@") != 1 or any(c.isspace() for c in email) or len(email) > LONGEST_NAME:
        faults["expert_email"] = str(_("Enter an e-mail address such as name@example.com."))
    if not form.get("request", "").strip():
        faults["request"] = str(_("Say what you want to know."))
    module_id, question_id = _scope(standing, form.get("scope", ""))
    if module_id is None:
        faults["scope"] = str(_("Choose the question or module."))
    try:
        ends_on = date.fromisoformat(form.get("ends_on", ""))
    except ValueError:
        ends_on = today()
        faults["ends_on"] = str(
            _("Enter a date that exists as year-month-day, for example 2026-11-24.")
        )
    if faults or module_id is None:
        return None, faults
    request_text = form.get("request", "").replace("\r\n", "\n")
    return Asked(name, email, request_text, module_id, question_id, ends_on), {}


def _scope(standing: Standing, wanted: str) -> tuple[str | None, str | None]:
    """Module and question of a choice; a module alone stands for all its questions."""
    for module in standing.modules:
        if module.module.id == wanted:
            return wanted, None
        for section in module.sections:
            if any(q.id == wanted for q in section.questions):
                return module.module.id, wanted
    return None, None


def _link(firm: Firm, row: Consultation, token: str) -> str:
    path = url_for(".page", firm_id=firm.id, consultation_id=row.id, token=token)
    return f"{settings().base_url.rstrip('/')}{path}"


def _mail(session: FirmSession, actor: Actor, firm: Firm, asked: Asked, link: str) -> None:
    """In both languages: the house does not know the expert's."""
    subjects, bodies = [], []
    for tongue in Language:
        with force_locale(tongue.value):
            name = firm.name_zh if tongue is Language.ZH and firm.name_zh else firm.name
            subjects.append(str(_("%(firm)s asks for your advice", firm=name)))
            bodies.append(
                render_template(
                    "emails/consultation.txt", firm=name, asked=asked, link=link, by=actor.name
                )
            )
    subject, body = " / ".join(subjects), "\n\n".join(bodies)
    mail.post(session, asked.expert_email, subject, body, now=now(), firm_id=firm.id)


@blueprint.post("/assessments/<uuid:assessment_id>/consultations/<uuid:consultation_id>/end")
@needs(Action.DECIDE)
def end(assessment_id: UUID, consultation_id: UUID) -> BaseResponse:
    """End the invitation at once; what was said stays."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as session:
        withdraw(session, actor, consultation_id, now=now())
    flash(_("The link no longer works."), "ok")
    return redirect(url_for(".index", assessment_id=assessment_id))


# --- The expert's page -------------------------------------------------------------------------


@blueprint.get(LINK)
@public
def page(firm_id: UUID, consultation_id: UUID, token: str) -> Response:
    """The question or module asked about, and nothing else."""
    return _expert_page(firm_id, consultation_id, token)


@blueprint.post(LINK)
@public
def say(firm_id: UUID, consultation_id: UUID, token: str) -> Response | BaseResponse:
    """Sign advice into the thread of a question."""
    question_id = request.form.get("question", "")
    try:
        with firm_session(engine(), firm_id) as session:
            row = open_consultation(session, consultation_id, token, today=today())
            assessment = find_assessment(session, row.assessment_id)
            edition = load_edition(assessment.questionnaire_id, assessment.version)
            if not edition.has_question(question_id):
                raise NoSuchQuestionError(question_id)
            text = request.form.get("text", "").replace("\r\n", "\n")
            advise(session, row, edition.question(question_id), text, now=now())
    except EmptyMessageError:
        return _expert_page(firm_id, consultation_id, token, fault=question_id)
    flash(_("Your advice is signed and kept. Thank you."), "ok")
    place = url_for(
        ".page",
        firm_id=firm_id,
        consultation_id=consultation_id,
        token=token,
        _anchor=f"q-{question_id}",
    )
    return _unseen(make_response(redirect(place)))


def _expert_page(firm_id: UUID, consultation_id: UUID, token: str, *, fault: str = "") -> Response:
    with firm_reading(engine(), firm_id) as session:
        row = open_consultation(session, consultation_id, token, today=today())
        assessment = find_assessment(session, row.assessment_id)
        responses = responses_of(session, assessment.id)
        advice = _advice(session, row)
    firm = firm_of(engine(), firm_id)
    edition = load_edition(assessment.questionnaire_id, assessment.version)
    cards = [
        {
            "question": question,
            "answer": content_words(
                question,
                content_of(responses[question.id]) if question.id in responses else None,
                language(),
            ),
            "comment": responses[question.id].comment if question.id in responses else "",
            "advice": [m for m in advice if m.question_id == question.id],
        }
        for question in questions_of(edition, row)
    ]
    shown = render_template(
        "consultation/expert.html",
        consultation=row,
        assessment=assessment,
        edition=edition,
        firm_name=firm.name_zh if language() is Language.ZH and firm.name_zh else firm.name,
        cards=cards,
        fault=fault,
        until=day(row.ends_on),
    )
    return _unseen(make_response(shown, 422 if fault else 200))


def _unseen(response: Response) -> Response:
    """The link is a key: no other site learns it, no search engine keeps it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
