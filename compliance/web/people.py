"""The people of a firm: who is in, who is invited, in which role."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from compliance import mail
from compliance.audit import record
from compliance.catalogue import load_edition
from compliance.clock import now
from compliance.database import FirmSession, firm_reading, firm_session
from compliance.identity import (
    Action,
    Actor,
    AlreadyMemberError,
    LastAdministratorError,
    Membership,
    Role,
    people,
)
from compliance.web.context import engine, language, settings
from compliance.web.guards import current_actor, needs
from compliance.web.layout import ROLES

blueprint = Blueprint("people", __name__, url_prefix="/people")
LONGEST_ADDRESS = 254


@blueprint.get("")
@needs(Action.MANAGE_PEOPLE)
def index() -> str:
    """Members and open invitations."""
    return _page()


@blueprint.post("/invitations")
@needs(Action.MANAGE_PEOPLE)
def invite() -> Response | tuple[str, int]:
    """Invite somebody by mail; the link is shown once as well."""
    actor = current_actor()
    asked = people.Asked(
        email=request.form.get("email", "").strip().lower(),
        role=_role(),
        modules=_modules(),
    )
    name, _at, domain = asked.email.rpartition("@")
    if not name or "." not in domain or len(asked.email) > LONGEST_ADDRESS or " " in asked.email:
        return _page({"email": _("Enter an e-mail address, like name@firm.example.")}), 422
    try:
        with firm_session(engine(), actor.firm_id) as db:
            invitation_id, token = people.invite(db, actor, asked, now=now())
            address = settings().base_url + url_for("links.invitation", token=token)
            _mail_invitation(db, actor, asked, address)
            _note(db, actor, "invited", f"invitation {invitation_id}", role=asked.role.value)
    except AlreadyMemberError:
        return _page({"email": _("This person belongs to the firm already.")}), 422
    session["invitation"] = {"email": asked.email, "address": address}
    return redirect(url_for("people.index"))


@blueprint.post("/invitations/<uuid:invitation_id>/withdraw")
@needs(Action.MANAGE_PEOPLE)
def withdraw(invitation_id: UUID) -> Response:
    """Make an invitation's link worthless."""
    actor = current_actor()
    with firm_session(engine(), actor.firm_id) as db:
        people.withdraw(db, invitation_id, now=now())
        _note(db, actor, "invitation_withdrawn", f"invitation {invitation_id}")
    flash(_("The invitation is withdrawn."), "ok")
    return redirect(url_for("people.index"))


@blueprint.get("/<uuid:membership_id>")
@needs(Action.MANAGE_PEOPLE)
def edit(membership_id: UUID) -> str:
    """One member: role, modules, leaving."""
    return _edit_page(membership_id)


@blueprint.post("/<uuid:membership_id>")
@needs(Action.MANAGE_PEOPLE)
def change(membership_id: UUID) -> Response | tuple[str, int]:
    """Give a member another role or other modules."""
    actor, role, modules = current_actor(), _role(), _modules()
    try:
        with firm_session(engine(), actor.firm_id) as db:
            membership = people.change_member(db, actor, membership_id, role, modules, now=now())
            _note(db, actor, "member_changed", _subject(membership), role=role.value)
    except LastAdministratorError:
        return _edit_page(membership_id, {"role": _last_administrator()}), 409
    flash(_("Saved."), "ok")
    return redirect(url_for("people.index"))


@blueprint.post("/<uuid:membership_id>/remove")
@needs(Action.MANAGE_PEOPLE)
def remove(membership_id: UUID) -> Response | tuple[str, int]:
    """Take a person out of the firm."""
    actor = current_actor()
    try:
        with firm_session(engine(), actor.firm_id) as db:
            membership = people.remove_member(db, actor, membership_id, now=now())
            _note(db, actor, "member_removed", _subject(membership), role=membership.role)
    except LastAdministratorError:
        return _edit_page(membership_id, {"role": _last_administrator()}), 409
    flash(_("The person has left the firm and was signed out here."), "ok")
    return redirect(url_for("people.index"))


def _page(faults: dict[str, str] | None = None) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        return render_template(
            "people/index.html",
            members=people.members(db),
            invitations=people.open_invitations(db, now=now()),
            invited=None if faults else session.pop("invitation", None),
            faults=faults or {},
            typed=request.form,
            roles=_roles(actor),
            modules=_module_names(),
            may_grant=people.may_grant,
        )


def _edit_page(membership_id: UUID, faults: dict[str, str] | None = None) -> str:
    actor = current_actor()
    with firm_reading(engine(), actor.firm_id) as db:
        member = people.find_member(db, membership_id)
    return render_template(
        "people/edit.html",
        member=member,
        faults=faults or {},
        roles=_roles(actor),
        modules=_module_names(),
        may_change=people.may_grant(actor, member.role),
    )


def _mail_invitation(db: FirmSession, actor: Actor, asked: people.Asked, address: str) -> None:
    with force_locale(language()):
        mail.post(
            db,
            asked.email,
            _("Invitation to %(firm)s", firm=actor.firm_name),
            render_template(
                "emails/invitation.txt", actor=actor, address=address, role=ROLES[asked.role]
            ),
            now=now(),
            firm_id=db.firm_id,
        )


def _roles(actor: Actor) -> list[tuple[str, object]]:
    return [(role.value, ROLES[role]) for role in Role if people.may_grant(actor, role)]


def _module_names() -> list[tuple[str, str]]:
    return [(module.id, module.title[language()]) for module in load_edition().modules]


def _role() -> Role:
    wanted = request.form.get("role", "")
    return Role(wanted) if wanted in set(Role) else Role.READER


def _modules() -> tuple[str, ...] | None:
    """The modules ticked; None (all) where the limit is not switched on."""
    if request.form.get("limited") != "1":
        return None
    known = {module.id for module in load_edition().modules}
    return tuple(sorted(known & set(request.form.getlist("modules"))))


def _last_administrator() -> str:
    said: str = _("The firm needs at least one administrator. Appoint another one first.")
    return said


def _subject(membership: Membership) -> str:
    return f"person {membership.person_id}"


def _note(db: FirmSession, actor: Actor, action: str, subject: str, **details: str) -> None:
    record(db, actor, action, subject, now=now(), details=details, address=request.remote_addr)
