"""Operation: database, disk, jobs, mail, the second factor by role."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance import mail
from compliance.audit import record
from compliance.catalogue import editions
from compliance.clock import now
from compliance.database import firm_reading, firm_session, schema
from compliance.identity import Action, Firm, Role
from compliance.identity import logins as logins_of_people
from compliance.jobs import JobState, count_by_state, jobs_of_firm
from compliance.web.context import engine, settings
from compliance.web.disk import disk_of
from compliance.web.guards import current_actor, needs
from compliance.web.layout import ROLES
from compliance.worker import engine_fault

blueprint = Blueprint("administration", __name__, url_prefix="/administration")


@blueprint.get("")
@needs(Action.OPERATE)
def index() -> str:
    """The state of the installation and the firm's own settings."""
    chosen, actor = settings(), current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        return render_template(
            "administration/index.html",
            firm=db.get_one(Firm, actor.firm_id),
            mails=mail.latest(db),
            jobs=jobs_of_firm(db, limit=20),
            counted=count_by_state(engine()),
            fault=engine_fault(engine(), chosen, now=now()),
            disk=disk_of(chosen.data_dir),
            schema=schema.current_revision(engine()),
            editions=editions(),
            settings=chosen,
            job_state=job_state,
            fault_in_words=fault_in_words,
            roles=[(role.value, ROLES[role]) for role in Role],
        )


@blueprint.post("/second-factor")
@needs(Action.OPERATE)
def second_factor() -> Response:
    """Which roles must have a second factor."""
    actor = current_actor()
    wanted = sorted(set(request.form.getlist("roles")) & set(Role))
    with firm_session(engine(), actor.firm_id) as db:
        db.get_one(Firm, actor.firm_id).second_factor_roles = wanted or None
        record(
            db,
            actor,
            "second_factor_demanded",
            f"firm {actor.firm_id}",
            now=now(),
            details={"roles": wanted},
            address=request.remote_addr,
        )
    flash(_("Saved."), "ok")
    return redirect(url_for("administration.index"))


@blueprint.post("/test-mail")
@needs(Action.OPERATE)
def test_mail() -> Response:
    """Send a message to oneself, to see whether mail works."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        person = logins_of_people.person_of(db, actor.person_id)
        subject = _("Test message")
        body = _("If you read this, the self-assessment can send mail.")
        mail.post(db, person.email, subject, body, now=now(), firm_id=actor.firm_id)
    flash(_("A test message is on its way; see below whether it was sent."), "ok")
    return redirect(url_for("administration.index"))


def fault_in_words(fault: str) -> str:
    """What is wrong with the job engine, in the reader's language."""
    words: dict[str, str] = {
        "embedded job engine is not running": _("The job engine of this server is not running."),
        "redis unreachable": _("Redis can't be reached."),
        "jobs wait without a worker": _("Jobs wait, and no worker takes them."),
    }
    return words.get(fault, fault)


def job_state(state: str) -> str:
    """A job's state in words."""
    words: dict[str, str] = {
        JobState.QUEUED: _("Waiting"),
        JobState.RUNNING: _("Running"),
        JobState.DONE: _("Done"),
        JobState.FAILED: _("Failed"),
        JobState.CANCELLED: _("Called off"),
    }
    return words[state]
