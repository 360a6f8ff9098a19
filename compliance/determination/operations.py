"""Worksheets are signed by two people; transactions are asked fact by fact, then saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from compliance.audit import record
from compliance.database import FirmSession
from compliance.determination.classification import (
    ANSWERS,
    Parameter,
    load_classification,
)
from compliance.determination.engine import Determination, determine
from compliance.determination.errors import (
    AlreadySavedError,
    ChangedMeanwhileError,
    WorksheetError,
)
from compliance.determination.facts import (
    ALLOWED,
    UNKNOWN,
    Facts,
    facts_from_json,
    facts_json,
)
from compliance.determination.models import Transaction, Worksheet, WorksheetState
from compliance.determination.queries import find_transaction, find_worksheet
from compliance.determination.result import determination_json
from compliance.determination.rules import Rules
from compliance.identity import Actor

LONGEST = 2_000
OPEN_STATES = frozenset({WorksheetState.DRAFT, WorksheetState.REOPENED})


@dataclass(frozen=True, slots=True)
class WorksheetContent:
    """What people write on a worksheet."""

    item: str
    description: str = ""
    hs_code: str = ""
    list_code: str = ""
    reason: str = ""
    review_on: date | None = None
    steps: Mapping[str, str] | None = None
    parameters: tuple[Parameter, ...] = ()


def open_worksheet(
    session: FirmSession, actor: Actor, content: WorksheetContent, *, now: datetime
) -> Worksheet:
    """Begin to classify an item."""
    worksheet = Worksheet(
        created_at=now,
        created_by_name=actor.name,
        lists={},
        state=WorksheetState.DRAFT,
        first_signer_id=None,
        second_signer_id=None,
    )
    _write(worksheet, content, now)
    session.add(worksheet)
    _write_down(session)
    record(session, actor, "worksheet.opened", str(worksheet.id), now=now)
    return worksheet


def change_worksheet(
    session: FirmSession,
    actor: Actor,
    worksheet_id: UUID,
    content: WorksheetContent,
    *,
    now: datetime,
) -> Worksheet:
    """Write on an open worksheet. Raises WorksheetError where it is signed."""
    worksheet = find_worksheet(session, worksheet_id)
    if worksheet.state not in OPEN_STATES:
        raise WorksheetError("a signed worksheet is reopened before it is changed")
    _write(worksheet, content, now)
    _write_down(session)
    record(session, actor, "worksheet.changed", str(worksheet.id), now=now)
    return worksheet


def sign_worksheet(
    session: FirmSession,
    actor: Actor,
    worksheet_id: UUID,
    lists: Mapping[str, int],
    *,
    now: datetime,
    today: date,
) -> Worksheet:
    """Sign; the second signature must be another person's. `lists`: code -> version in use."""
    worksheet = find_worksheet(session, worksheet_id)
    if worksheet.state in OPEN_STATES:
        _refuse_unfinished(worksheet, today)
        worksheet.first_signer_id, worksheet.first_signer_name = actor.person_id, actor.name
        worksheet.first_signed_at, worksheet.state = now, WorksheetState.SIGNED_ONCE
        worksheet.lists, worksheet.reopened_because = dict(lists), None
    elif worksheet.state == WorksheetState.SIGNED_ONCE:
        if worksheet.first_signer_id == actor.person_id:
            raise WorksheetError("the second signature must be another person's")
        if worksheet.lists != dict(lists):
            raise WorksheetError("a list has changed since the first signature; reopen and check")
        worksheet.second_signer_id, worksheet.second_signer_name = actor.person_id, actor.name
        worksheet.second_signed_at, worksheet.state = now, WorksheetState.SIGNED
    else:
        raise WorksheetError("the worksheet is signed already")
    _write_down(session)
    details = {"result": worksheet.result, "state": str(worksheet.state)}
    record(session, actor, "worksheet.signed", str(worksheet.id), now=now, details=details)
    return worksheet


def reopen_worksheet(
    session: FirmSession, actor: Actor | None, worksheet_id: UUID, reason: str, *, now: datetime
) -> Worksheet:
    """Take the signatures off, so that it is classified anew. `actor` None: a list changed."""
    worksheet = find_worksheet(session, worksheet_id)
    if not reason.strip():
        raise WorksheetError("reopening needs a reason")
    details = {"result": worksheet.result, "signed": worksheet.first_signer_name or ""}
    worksheet.state, worksheet.reopened_because = WorksheetState.REOPENED, reason.strip()
    worksheet.first_signer_id = worksheet.first_signer_name = worksheet.first_signed_at = None
    worksheet.second_signer_id = worksheet.second_signer_name = worksheet.second_signed_at = None
    worksheet.changed_at = now
    _write_down(session)
    record(session, actor, "worksheet.reopened", str(worksheet.id), now=now, details=details)
    return worksheet


def reopen_worksheets(session: FirmSession, code: str, number: int, *, now: datetime) -> int:
    """Reopen every signed worksheet that rests on another version of a list; how many."""
    signed = (WorksheetState.SIGNED, WorksheetState.SIGNED_ONCE)
    worksheets = session.scalars(select(Worksheet).where(Worksheet.state.in_(signed))).all()
    stale = [w for w in worksheets if w.lists.get(code) != number]
    for worksheet in stale:
        reopen_worksheet(session, None, worksheet.id, f"{code} {number}", now=now)
    return len(stale)


def open_transaction(
    session: FirmSession, actor: Actor, title: str, facts: Facts, *, now: datetime
) -> Transaction:
    """Begin to check a transaction: its facts are asked one by one."""
    last = session.scalar(select(func.max(Transaction.number)))
    transaction = Transaction(
        number=(last or 0) + 1,
        title=title.strip()[:LONGEST],
        as_of=facts.as_of,
        facts=facts_json(facts),
        asked=[],
        party_ids=[],
        worksheet_id=None,
        flags=[],
        result=None,
        outcome=None,
        created_at=now,
        created_by_name=actor.name,
        saved_at=None,
        saved_by_name=None,
    )
    session.add(transaction)
    _write_down(session)
    record(session, actor, "transaction.opened", str(transaction.id), now=now)
    return transaction


def state_facts(
    session: FirmSession,
    transaction_id: UUID,
    facts: Facts,
    asked: Sequence[str],
    *,
    party_ids: Sequence[str | None] | None = None,
    worksheet_id: UUID | None = None,
) -> Transaction:
    """Write facts that were answered. Raises AlreadySavedError."""
    transaction = _open(session, transaction_id)
    transaction.facts = facts_json(facts)
    transaction.asked = list(dict.fromkeys([*transaction.asked, *asked]))
    if party_ids is not None:
        transaction.party_ids = list(party_ids)
    if worksheet_id is not None:
        transaction.worksheet_id = worksheet_id
    _write_down(session)
    return transaction


def withdraw_answers(
    session: FirmSession, transaction_id: UUID, paths: Sequence[str]
) -> Transaction:
    """Take answers back, so that they are asked again."""
    transaction = _open(session, transaction_id)
    transaction.asked = [path for path in transaction.asked if path not in paths]
    _write_down(session)
    return transaction


def log_flag(
    session: FirmSession,
    actor: Actor,
    transaction_id: UUID,
    entry: Mapping[str, Any],
    facts: Facts,
    *,
    now: datetime,
) -> Transaction:
    """Add an entry to the log of red flags; `facts` holds the flags that are open after it."""
    transaction = _open(session, transaction_id)
    written = {**entry, "at": now.isoformat(), "by": actor.name, "by_id": str(actor.person_id)}
    transaction.flags = [*transaction.flags, written]
    transaction.facts = facts_json(facts)
    _write_down(session)
    details = {"flag": str(entry.get("flag")), "state": str(entry.get("state"))}
    record(session, actor, "transaction.flag", str(transaction.id), now=now, details=details)
    return transaction


def save_transaction(
    session: FirmSession, actor: Actor, transaction_id: UUID, rules: Rules, *, now: datetime
) -> Transaction:
    """Judge the transaction and keep it, with its reasons, in the register."""
    transaction = _open(session, transaction_id)
    facts = facts_from_json(transaction.facts, rules.severities)
    found = determine(rules, facts)
    transaction.result = judged_json(rules, facts, found, transaction.asked)
    transaction.outcome = found.outcome
    transaction.saved_at, transaction.saved_by_name = now, actor.name
    _write_down(session)
    details = {"outcome": found.outcome.value, "rules": found.rules_digest}
    record(session, actor, "transaction.saved", str(transaction.id), now=now, details=details)
    return transaction


def judged_json(
    rules: Rules, facts: Facts, found: Determination, asked: Sequence[str]
) -> dict[str, Any]:
    """The result as JSON; what nobody was asked yet is marked as assumed and blames nobody."""
    result = determination_json(facts, found)
    unasked = {rule.id for rule in rules.rules if rule.missing and rule.missing not in asked}
    unasked |= {u.rule.id for u in rules.unknown_rules if u.fact.split(".list_hit")[0] not in asked}
    steps = [dict(step) for step in cast(list[dict[str, Any]], result["steps"])]
    for step in steps:
        step["assumed"] = step["assumed"] or step["rule"] in unasked
    programme = found.programme and dict.fromkeys(
        question
        for step in steps
        if step["rule"] not in unasked
        for question in rules.programme.get(step["rule"], ())
    )
    return {**result, "steps": steps, "programme": list(programme)}


def copy_transaction(
    session: FirmSession, actor: Actor, transaction_id: UUID, *, now: datetime
) -> Transaction:
    """A new check that begins with the facts of an old one; flags and parties are asked anew."""
    old = find_transaction(session, transaction_id)
    last = session.scalar(select(func.max(Transaction.number)))
    again = {"parties", "red_flags"}
    copy = Transaction(
        number=(last or 0) + 1,
        title=old.title,
        as_of=old.as_of,
        facts={**old.facts, "parties": [], "red_flags": []},
        asked=[path for path in old.asked if path not in again],
        party_ids=[],
        worksheet_id=old.worksheet_id,
        flags=[],
        result=None,
        outcome=None,
        created_at=now,
        created_by_name=actor.name,
        saved_at=None,
        saved_by_name=None,
    )
    session.add(copy)
    _write_down(session)
    record(session, actor, "transaction.opened", str(copy.id), now=now)
    return copy


def new_facts(as_of: date, activity: str, destination: str, description: str = "") -> Facts:
    """Facts of which only the frame is known."""
    values = {path: UNKNOWN if UNKNOWN in ALLOWED[path] else "none" for path in ALLOWED}
    values |= {"activity": activity, "item.family": "dual_use"}
    return Facts(as_of, values, destination, (), frozenset(), description=description)


def _write_down(session: FirmSession) -> None:
    """Flush. Raises ChangedMeanwhileError where somebody else was faster."""
    try:
        session.flush()
    except (StaleDataError, IntegrityError) as error:
        raise ChangedMeanwhileError(type(error).__name__) from error


def _open(session: FirmSession, transaction_id: UUID) -> Transaction:
    transaction = find_transaction(session, transaction_id)
    if transaction.saved_at is not None:
        raise AlreadySavedError(str(transaction_id))
    return transaction


def _write(worksheet: Worksheet, content: WorksheetContent, now: datetime) -> None:
    classification = load_classification()
    if not content.item.strip():
        raise WorksheetError("an item needs a name")
    known = {step.id for step in classification.steps}
    steps = {k: v for k, v in (content.steps or {}).items() if k in known and v in ANSWERS}
    worksheet.item = content.item.strip()[:LONGEST]
    worksheet.description = content.description.strip()[:LONGEST]
    worksheet.hs_code = content.hs_code.strip()[:40]
    worksheet.list_code = content.list_code.strip()[:40]
    worksheet.reason = content.reason.strip()[:LONGEST]
    worksheet.review_on = content.review_on
    worksheet.steps = steps
    worksheet.parameters = [
        {name: getattr(parameter, name) for name in Parameter.__slots__}
        for parameter in content.parameters
    ]
    worksheet.result = classification.result_of(steps) or ""
    worksheet.changed_at = now


def _refuse_unfinished(worksheet: Worksheet, today: date) -> None:
    if not worksheet.result:
        raise WorksheetError("a step is open")
    if not worksheet.reason:
        raise WorksheetError("the reason is missing")
    if worksheet.review_on is None or worksheet.review_on <= today:
        raise WorksheetError("the review date must lie ahead")
