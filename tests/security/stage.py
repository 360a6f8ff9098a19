"""What stands on the stage of the route matrix: one object of each kind for each firm and person.

`MADE_FOR_FIRMS`: part of an address -> maker of a row of one firm, `(session, actor) -> id`.
`MADE_FOR_PEOPLE`: part of an address -> maker of a row of one person.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from compliance.assessments import Assessment, Consultation
from compliance.audit import record
from compliance.database import FirmSession, firm_session
from compliance.determination.operations import (
    WorksheetContent,
    new_facts,
    open_transaction,
    open_worksheet,
)
from compliance.evidence import EvidenceItem
from compliance.identity import (
    Actor,
    ApiToken,
    Invitation,
    Login,
    Membership,
    Passkey,
    Role,
    issue_api_token,
)
from compliance.jobs import enqueue
from compliance.language import Text
from compliance.remediation import RemediationAction
from compliance.screening import register_party
from compliance.training import (
    Lesson,
    keep_copy,
    keep_programme,
    open_session,
    publish,
    scenario_of_library,
)
from tests.support.cast import FIRMS, NOW, SEATS, Seat

Maker = Callable[[FirmSession, Actor], UUID]
CANARY = {firm: f"CANARY-{firm.upper()}-7f3a91c" for firm in FIRMS}


def an_assessment(session: FirmSession, actor: Actor) -> UUID:
    row = Assessment(
        title=_canary(actor),
        questionnaire_id="ecl-icp",
        version="2026.1",
        as_of=date(2026, 11, 24),
        created_at=NOW,
        created_by_name=_canary(actor),
    )
    return _kept(session, row)


def a_job(session: FirmSession, actor: Actor) -> UUID:
    return enqueue(
        session,
        actor,
        "report",
        key=_canary(actor),
        title=_canary(actor),
        arguments={"assessment_id": str(uuid4()), "language": "en"},
        now=NOW,
    ).id


def an_evidence_item(session: FirmSession, actor: Actor) -> UUID:
    row = EvidenceItem(title=_canary(actor), created_at=NOW, created_by_name=_canary(actor))
    return _kept(session, row)


def an_action(session: FirmSession, actor: Actor) -> UUID:
    row = RemediationAction(
        assessment_id=an_assessment(session, actor),
        question_id="LIC-01",
        title=_canary(actor),
        created_at=NOW,
        created_by_name=_canary(actor),
    )
    return _kept(session, row)


def a_consultation(session: FirmSession, actor: Actor) -> UUID:
    row = Consultation(
        assessment_id=an_assessment(session, actor),
        module_id="scope",
        question_id=None,
        expert_name=_canary(actor),
        expert_email="expert@firm.example",
        request=_canary(actor),
        token_sha256=uuid4().hex,
        ends_on=date(2099, 1, 1),
        asked_at=NOW,
        asked_by_name=_canary(actor),
    )
    return _kept(session, row)


def an_invitation(session: FirmSession, actor: Actor) -> UUID:
    row = Invitation(
        token_sha256=uuid4().hex,
        email=f"{_canary(actor).lower()}@firm.example",
        role="reader",
        invited_by_name=actor.name,
        created_at=NOW,
        ends_at=NOW + timedelta(days=3650),
    )
    return _kept(session, row)


def a_membership(session: FirmSession, _actor: Actor) -> UUID:
    """The reader's: nobody else in the firm loses a right when it is changed."""
    return session.scalars(select(Membership.id).where(Membership.role == Role.READER)).one()


def a_class(session: FirmSession, actor: Actor) -> UUID:
    title = Text(_canary(actor), _canary(actor))
    lesson = Lesson(title, (scenario_of_library("SC-11"),), teams=2, tests=False)
    return open_session(session, actor, lesson, now=NOW).id


def a_programme(session: FirmSession, actor: Actor) -> UUID:
    return keep_programme(session, actor, _canary(actor), ["SC-11"], tests=True, now=NOW).id


def an_own_scenario(session: FirmSession, actor: Actor) -> UUID:
    title = {"en": _canary(actor), "zh": _canary(actor)}
    content = {**scenario_of_library("SC-11").document, "title": title}
    row = keep_copy(session, actor, content, now=NOW)
    publish(session, actor, row, wanted=True, now=NOW)
    session.flush()
    return row.id


def a_party(session: FirmSession, actor: Actor) -> UUID:
    return register_party(session, actor, _canary(actor), now=NOW).id


def a_worksheet(session: FirmSession, actor: Actor) -> UUID:
    return open_worksheet(session, actor, WorksheetContent(_canary(actor)), now=NOW).id


def a_transaction(session: FirmSession, actor: Actor) -> UUID:
    facts = new_facts(date(2026, 11, 24), "export", "XX", _canary(actor))
    return open_transaction(session, actor, _canary(actor), facts, now=NOW).id


MADE_FOR_FIRMS: dict[str, Maker] = {
    "session_id": a_class,
    "programme_id": a_programme,
    "own_id": an_own_scenario,
    "assessment_id": an_assessment,
    "job_id": a_job,
    "evidence_id": an_evidence_item,
    "action_id": an_action,
    "consultation_id": a_consultation,
    "invitation_id": an_invitation,
    "membership_id": a_membership,
    "party_id": a_party,
    "worksheet_id": a_worksheet,
    "transaction_id": a_transaction,
    "firm_id": lambda session, _actor: session.firm_id,
}


def a_login(session: FirmSession, actor: Actor) -> UUID:
    row = Login(
        token_sha256=uuid4().hex,
        person_id=actor.person_id,
        firm_id=actor.firm_id,
        complete=True,
        method="password",
        created_at=NOW,
        seen_at=NOW,
        ends_at=NOW + timedelta(days=3650),
    )
    return _kept(session, row)


def a_passkey(session: FirmSession, actor: Actor) -> UUID:
    row = Passkey(
        person_id=actor.person_id,
        credential_id=uuid4().hex,
        public_key="",
        sign_count=0,
        name="x",
        created_at=NOW,
    )
    return _kept(session, row)


def an_api_token(session: FirmSession, actor: Actor) -> UUID:
    row = ApiToken(
        person_id=actor.person_id,
        for_firm_id=actor.firm_id,
        name="x",
        digest=uuid4().hex,
        created_at=NOW,
        expires_at=NOW + timedelta(days=3650),
    )
    return _kept(session, row)


MADE_FOR_PEOPLE: dict[str, Maker] = {
    "login_id": a_login,
    "passkey_id": a_passkey,
    "token_id": an_api_token,
}


class Stage:
    """Ids of everything that was made, and a token for programs for each person."""

    def __init__(self, engine: Engine) -> None:
        self.of_firms: dict[str, dict[str, UUID]] = {firm: {} for firm in FIRMS}
        self.of_people: dict[str, dict[str, UUID]] = {seat.email: {} for seat in SEATS}
        self.tokens: dict[str, str] = {}
        for firm in FIRMS:
            officer = Seat(firm, Role.OFFICER).actor()
            with firm_session(engine, officer.firm_id) as session:
                for part, maker in MADE_FOR_FIRMS.items():
                    self.of_firms[firm][part] = maker(session, officer)
                record(session, officer, "staged", CANARY[firm], now=NOW)
        for seat in SEATS:
            with firm_session(engine, seat.firm_id) as session:
                for part, maker in MADE_FOR_PEOPLE.items():
                    self.of_people[seat.email][part] = maker(session, seat.actor())
                self.tokens[seat.email] = issue_api_token(session, seat.actor(), "x", now=NOW)

    def ids(self, seat: Seat) -> dict[str, UUID]:
        return {**self.of_firms[seat.firm], **self.of_people[seat.email]}


def _kept(session: FirmSession, row: Any) -> UUID:
    session.add(row)
    session.flush()
    found: UUID = row.id
    return found


def _canary(actor: Actor) -> str:
    return CANARY[actor.firm_name.lower()]
