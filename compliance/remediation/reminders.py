"""Reminders by mail: before the day, on it, and once a week while it is past, each stage once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import yaml
from sqlalchemy import select

from compliance.assessments import Assessment
from compliance.catalogue import load_edition
from compliance.database import FirmSession
from compliance.identity import Firm, Membership, Person
from compliance.language import Language
from compliance.mail import post
from compliance.remediation.models import RemediationAction
from compliance.remediation.planning import title_in
from compliance.remediation.queries import PENDING, actions_of_firm

WORDING = Path(__file__).with_name("wording.yaml")
A_WEEK = 7  # days
AHEAD = timedelta(days=A_WEEK)
PATH = "/remediation"


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who owns actions, and how they are written to."""

    email: str
    name: str
    languages: tuple[Language, ...]  # both where the person has chosen none


def stage(due_on: date, day: date) -> int:
    """How near a day is to the due date.

    0 far, 1 within a week, 2 the day before or the day itself, then one more for each week that it
    is overdue.
    """
    left = (due_on - day).days
    if left < 0:
        return 3 + (-left - 1) // A_WEEK
    if left <= 1:
        return 2
    return 1 if left <= AHEAD.days else 0


def wants_reminder(action: RemediationAction, today: date) -> bool:
    """Whether its owner is to be reminded today; a stage is told once, also after missed days."""
    if action.due_on is None or action.owner_id is None or action.state not in PENDING:
        return False
    reached = stage(action.due_on, today)
    told = stage(action.due_on, action.reminded_on) if action.reminded_on else 0
    return reached > told


def remind(session: FirmSession, firm: Firm, *, base_url: str, now: datetime, today: date) -> int:
    """Write one mail to each owner whose actions want it; returns how many mails."""
    by_owner: dict[UUID, list[RemediationAction]] = defaultdict(list)
    for action in actions_of_firm(session):
        if action.owner_id is not None and wants_reminder(action, today):
            by_owner[action.owner_id].append(action)
    if not by_owner:
        return 0
    versions = {a.id: (a.questionnaire_id, a.version) for a in session.scalars(select(Assessment))}
    receivers = _receivers(session)
    sent = 0
    for owner_id, actions in by_owner.items():
        receiver = receivers.get(owner_id)
        if receiver is None:  # has left the firm
            continue
        subject, body = _mail(firm, receiver, actions, versions, base_url, today)
        post(session, receiver.email, subject, body, now=now, firm_id=firm.id)
        for action in actions:
            action.reminded_on = today
        sent += 1
    session.flush()
    return sent


def _receivers(session: FirmSession) -> dict[UUID, Receiver]:
    rows = session.execute(
        select(Person.id, Person.email, Person.name, Person.language)
        .join(Membership, Membership.person_id == Person.id)
        .where(Person.active)
    )
    return {
        row.id: Receiver(
            row.email, row.name, (Language(row.language),) if row.language else tuple(Language)
        )
        for row in rows
    }


def _mail(
    firm: Firm,
    receiver: Receiver,
    actions: Sequence[RemediationAction],
    versions: Mapping[UUID, tuple[str, str]],
    base_url: str,
    today: date,
) -> tuple[str, str]:
    """Subject and body, in each of the receiver's languages one after the other."""
    words = _words()
    subjects, bodies = [], []
    for tongue in receiver.languages:
        name = firm.name_zh if tongue is Language.ZH and firm.name_zh else firm.name
        said = {key: text[tongue] for key, text in words.items()}
        subjects.append(said["subject"].format(number=len(actions), firm=name))
        lines = [said["greeting"].format(name=receiver.name), said["opening"], ""]
        lines += [_line(said, action, versions, tongue, today) for action in actions]
        lines += ["", said["closing"].format(address=f"{base_url.rstrip('/')}{PATH}")]
        bodies.append("\n".join(lines))
    return " / ".join(subjects), "\n\n".join(bodies) + "\n"


def _line(
    said: Mapping[str, str],
    action: RemediationAction,
    versions: Mapping[UUID, tuple[str, str]],
    tongue: Language,
    today: date,
) -> str:
    edition = load_edition(*versions[action.assessment_id])
    question = edition.question(action.question_id)
    due_on = action.due_on or today
    late = (today - due_on).days
    return said["overdue" if late > 0 else "due"].format(
        question=action.question_id,
        title=title_in(action, question, tongue),
        day=due_on.isoformat(),
        days=late,
    )


@cache
def _words() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = yaml.safe_load(WORDING.read_text(encoding="utf-8"))
    return found
