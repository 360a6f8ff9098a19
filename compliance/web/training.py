"""Training: the scenario library and the sandboxes of a trainer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from werkzeug.wrappers import Response as BaseResponse

from compliance.assessments import import_bundle
from compliance.catalogue import Provision, load_edition
from compliance.clock import now
from compliance.database import firm_reading, firm_session, shared_reading, shared_session
from compliance.determination import load_rules
from compliance.identity import Action, Actor, Role
from compliance.identity import logins as logins_of_people
from compliance.training import (
    ROLES,
    TOPICS,
    Difficulty,
    NoSuchProgrammeError,
    NoSuchSandboxError,
    NoSuchScenarioError,
    NoSuchSessionError,
    Sandbox,
    SandboxLimitError,
    Scenario,
    SessionClosedError,
    StepOverError,
    UncheckedScenarioError,
    as_of,
    bundle_of,
    edition_of,
    end_sandbox,
    find_scenario,
    library,
    open_sandboxes,
    own_scenarios,
    play_as,
    sandbox_of,
    scenario_in,
    sessions_of_firm,
    solution,
    start_sandbox,
    sweep_sandboxes,
)
from compliance.web import errors
from compliance.web.context import engine, language
from compliance.web.guards import current_actor, needs
from compliance.web.login import COOKIE_KEY, current_login
from compliance.web.stage_words import ASKS, STAGES, YES_NO
from compliance.web.training_words import KINDS, LEVELS, LOOKS, STOPS

blueprint = Blueprint("training", __name__, url_prefix="/training")
sandbox = Blueprint("sandbox", __name__, url_prefix="/sandbox")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the library is narrowed to; empty: all."""

    level: str
    sector: str
    topic: str

    def lets(self, scenario: Scenario) -> bool:
        """Whether a scenario passes."""
        return (
            self.level in ("", scenario.level)
            and self.sector in ("", scenario.sector.en)
            and (not self.topic or self.topic in scenario.topics)
        )


@blueprint.record
def _words(state: BlueprintSetupState) -> None:
    """Words that imported macros need too."""
    state.app.jinja_env.globals.update(
        levels=LEVELS,
        document_kinds=KINDS,
        document_looks=LOOKS,
        stop_roles=STOPS,
        stage_names=STAGES,
        asks=ASKS,
        yes_no=YES_NO,
    )


@blueprint.app_errorhandler(NoSuchScenarioError)
@blueprint.app_errorhandler(NoSuchSandboxError)
@blueprint.app_errorhandler(NoSuchSessionError)
@blueprint.app_errorhandler(NoSuchProgrammeError)
def _not_found(_error: Exception) -> tuple[str | BaseResponse, int]:
    return errors.page(404)


@blueprint.app_errorhandler(SessionClosedError)
def _closed(_error: Exception) -> tuple[str | BaseResponse, int]:
    return errors.page(410, _("This class is over. Nothing of it can be changed any more."))


@blueprint.app_errorhandler(StepOverError)
def _no_such_step(_error: Exception) -> tuple[str | BaseResponse, int]:
    return errors.page(422, _("The class has no such step."))


@blueprint.app_errorhandler(UncheckedScenarioError)
def _unchecked(_error: Exception) -> tuple[str | BaseResponse, int]:
    said = _("This scenario has faults. Mend them before it is played, taught or exported.")
    return errors.page(409, said)


@blueprint.get("")
@needs(Action.TRAIN)
def index() -> str:
    """The library with its filters, the trainer's own scenarios, sandboxes and sessions."""
    actor = current_actor()
    filters = Filters(*(request.args.get(name, "") for name in ("level", "sector", "topic")))
    with firm_reading(engine(), actor.firm_id) as db:
        own = own_scenarios(db, actor.person_id)
        sessions = sessions_of_firm(db, now=now())
    with shared_reading(engine()) as db:
        mine = open_sandboxes(db, actor.person_id, now=now())
    return render_template(
        "training/index.html",
        scenarios=[one for one in library() if filters.lets(one)],
        total=len(library()),
        filters=filters,
        all_levels=list(Difficulty),
        sectors=sorted({one.sector for one in library()}, key=lambda text: text[language()]),
        topics=topic_titles(),
        own=own,
        sandboxes=[(one, scenario_in(one)) for one in mine],
        sessions=sessions,
    )


@blueprint.get("/scenarios/<scenario_id>")
@needs(Action.TRAIN)
def scenario(scenario_id: str) -> str:
    """One scenario: the case as a class sees it, the lesson, and the solution behind a fold."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        found = find_scenario(db, scenario_id, actor.person_id)
    return render_template("training/scenario.html", **case_of(found), scenario_id=scenario_id)


@blueprint.post("/scenarios/<scenario_id>/sandbox")
@needs(Action.TRAIN)
def start(scenario_id: str) -> Response:
    """One click: a firm of its own with everything filled in, and the trainer in it."""
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        found = find_scenario(db, scenario_id, actor.person_id)
    with shared_session(engine()) as db:
        sweep_sandboxes(db, now=now())
    try:
        firm_id = _make(actor.person_id, actor.firm_id, found)
    except SandboxLimitError as limit:
        flash(_("You have %(most)s sandboxes open. End one first.", most=limit.most), "warn")
        return redirect(url_for("training.index"))
    _go_to(firm_id)
    return redirect("/")


@blueprint.post("/sandboxes/<uuid:firm_id>")
@needs(Action.TRAIN)
def enter(firm_id: UUID) -> Response:
    """Go back into a sandbox."""
    with shared_reading(engine()) as db:
        sandbox_of(db, current_actor().person_id, firm_id)
    _go_to(firm_id)
    return redirect("/")


@sandbox.get("")
@needs()
def page() -> str:
    """In a sandbox: the case, whom to play, start anew, leave."""
    here = _here()
    return render_template(
        "training/sandbox.html", **case_of(scenario_in(here)), sandbox=here, roles=ROLES
    )


@sandbox.post("/reset")
@needs()
def reset() -> Response:
    """A fresh sandbox of the same scenario instead of this one."""
    here = _here()
    with shared_session(engine()) as db:
        end_sandbox(db, sandbox_of(db, here.person_id, here.firm_id))
    _go_to(_make(here.person_id, here.home_firm_id, scenario_in(here)))
    flash(_("The sandbox stands as at the start."), "ok")
    return redirect("/")


@sandbox.post("/role")
@needs()
def role() -> Response:
    """See the sandbox as another role sees it."""
    here, wanted = _here(), request.form.get("role", "")
    if wanted not in ROLES:
        abort(422)
    with shared_session(engine()) as db:
        play_as(db, sandbox_of(db, here.person_id, here.firm_id), Role(wanted))
    return redirect("/")


@sandbox.post("/leave")
@needs()
def leave() -> Response:
    """Back to one's own firm; the sandbox stays until it ends by itself."""
    _go_to(_here().home_firm_id)
    return redirect(url_for("training.index"))


@sandbox.post("/end")
@needs()
def end() -> Response:
    """End the sandbox; nothing of it is left."""
    here = _here()
    with shared_session(engine()) as db:
        end_sandbox(db, sandbox_of(db, here.person_id, here.firm_id))
    flash(_("The sandbox has ended. Nothing of it is left."), "ok")
    return redirect(url_for("training.index"))


def case_of(found: Scenario) -> dict[str, Any]:
    """What the pages of a case need."""
    edition = edition_of(found)
    rules = load_rules()
    return {
        "case": found,
        "edition": edition,
        "rules": rules,
        "flags": [load_edition().red_flags[flag] for flag in found.red_flags],
        "provisions": [rules.provisions[id_] for id_ in found.provisions],
        "solved": solution(found).found,
        "twisted": solution(found, twist=True).found,
        "questions": [(edition.question(id_), value) for id_, value in found.answers.items()],
        "topics": topic_titles(),
    }


def cited(provision: Provision) -> dict[str, str]:
    """A provision's short name in both languages."""
    name, place = provision.instrument_name, provision.citation
    return {"en": f"{name.en}, {place.en}", "zh": f"{name.zh}{place.zh}"}


def topic_titles() -> dict[str, Any]:
    """Topic id -> title: the modules of the questionnaire."""
    return {module.id: module.title for module in load_edition().modules if module.id in TOPICS}


def _here() -> Sandbox:
    actor = current_actor()
    with shared_reading(engine()) as db:
        return sandbox_of(db, actor.person_id, actor.firm_id)


def _make(person_id: UUID, home_firm_id: UUID, found: Scenario) -> UUID:
    """The firm and, in it, the filled questionnaire; nothing is left where the second fails."""
    with shared_session(engine()) as db:
        _made, actor = start_sandbox(db, person_id, home_firm_id, found, now=now())
    try:
        _fill(actor, found)
    except BaseException:
        with shared_session(engine()) as db:
            end_sandbox(db, sandbox_of(db, person_id, actor.firm_id))
        raise
    return actor.firm_id


def _fill(actor: Actor, found: Scenario) -> None:
    bundle = bundle_of(edition_of(found), found, as_of(found))
    with firm_session(engine(), actor.firm_id) as db:
        import_bundle(db, actor, bundle, title=found.title[language()], now=now())


def _go_to(firm_id: UUID) -> None:
    """Act for another of one's firms from now on, under a new token."""
    login = current_login()
    if login is None:
        abort(401)
    with shared_session(engine()) as db:
        if not logins_of_people.switch_firm(db, login.id, current_actor().person_id, firm_id):
            abort(404)
        session[COOKIE_KEY] = logins_of_people.replace_token(db, login.id, now=now())
