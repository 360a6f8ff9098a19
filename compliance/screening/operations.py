"""Parties: put on the register, screened, decided about, screened again when lists change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from compliance.audit import record
from compliance.database import FirmSession
from compliance.identity import Actor
from compliance.screening.errors import DecisionError
from compliance.screening.matching import ALERT, REVIEW, VERSION
from compliance.screening.models import (
    ListKind,
    MatchDecision,
    Party,
    Ruling,
    ScreeningResult,
    Verdict,
)
from compliance.screening.queries import find_party, latest_result, open_parties
from compliance.screening.stock import Found, Screened, Stock, stock_on

LONGEST_DECISION = timedelta(days=366)  # a decision is looked at again within a year
LONGEST_NAME = 300
MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person decides about a match, why, and until when."""

    ruling: Ruling
    reason: str
    expires_on: date | None = None  # None: a year from now


def register_party(
    session: FirmSession,
    actor: Actor,
    name: str,
    *,
    other_names: Sequence[str] = (),
    country: str = "",
    reference: str = "",
    now: datetime,
) -> Party:
    """Put a party on the register. Raises DecisionError where the name is empty or too long."""
    names = tuple(dict.fromkeys(n.strip() for n in other_names if n.strip()))[:MOST_NAMES]
    if not name.strip() or any(len(n) > LONGEST_NAME for n in (name, *names)):
        raise DecisionError(f"a party needs a name of at most {LONGEST_NAME} characters")
    party = Party(
        name=name.strip(),
        other_names=list(names),
        country=country.strip(),
        reference=reference.strip(),
        created_at=now,
        created_by_name=actor.name,
        closed_at=None,
    )
    session.add(party)
    session.flush()
    record(session, actor, "party.registered", str(party.id), now=now)
    return party


def close_party(session: FirmSession, actor: Actor, party_id: UUID, *, now: datetime) -> Party:
    """Take a party out of re-screening; what was found stays."""
    party = find_party(session, party_id)
    if party.closed_at is None:
        party.closed_at = now
        record(session, actor, "party.closed", str(party.id), now=now)
    return party


def reopen_party(session: FirmSession, actor: Actor, party_id: UUID, *, now: datetime) -> Party:
    """Take a closed party back into re-screening."""
    party = find_party(session, party_id)
    if party.closed_at is not None:
        party.closed_at = None
        record(session, actor, "party.reopened", str(party.id), now=now)
    return party


def screen_party(
    session: FirmSession, actor: Actor, party_id: UUID, *, now: datetime, today: date
) -> ScreeningResult:
    """Screen a party against the lists in use and keep the result."""
    party = find_party(session, party_id)
    cause = "first" if latest_result(session, party_id) is None else "again"
    result = _screen(session, party, stock_on(session, today), actor.name, cause, now)
    record(session, actor, "party.screened", str(party.id), now=now)
    return result


def rescreen_open_parties(session: FirmSession, *, now: datetime, today: date) -> int:
    """Screen every open party of the firm again; how many now have a match they had not."""
    stock = stock_on(session, today)
    changed = 0
    for party in open_parties(session):
        before = latest_result(session, party.id)
        known = {(m["list"], m["key"]) for m in before.matches} if before else set()
        result = _screen(session, party, stock, "system", "lists_changed", now)
        changed += any((m["list"], m["key"]) not in known for m in result.matches)
    if changed:
        record(session, None, "parties.new_matches", str(changed), now=now)
    return changed


def decide_match(
    session: FirmSession,
    actor: Actor,
    party_id: UUID,
    list_code: str,
    entry_key: str,
    judgement: Judgement,
    *,
    now: datetime,
    today: date,
) -> MatchDecision:
    """Decide about one match of the newest result. Raises DecisionError without a reason.

    A decision ends on a day within a year; from then on the match is open again.
    """
    party = find_party(session, party_id)
    result = latest_result(session, party_id)
    match = _match_of(result, list_code, entry_key)
    ends = judgement.expires_on or today + LONGEST_DECISION
    if not judgement.reason.strip():
        raise DecisionError("a decision needs a reason")
    if not today < ends <= today + LONGEST_DECISION:
        raise DecisionError("a decision ends on a day after today, within a year")
    decision = MatchDecision(
        party_id=party.id,
        result_id=result.id if result else None,
        list_code=list_code,
        entry_key=entry_key,
        kind=match["kind"],
        ruling=judgement.ruling,
        reason=judgement.reason.strip(),
        expires_on=ends,
        at=now,
        person_id=actor.person_id,
        person_name=actor.name,
    )
    session.add(decision)
    session.flush()
    details = {"list": list_code, "ruling": judgement.ruling.value}
    record(session, actor, "match.decided", str(party.id), now=now, details=details)
    return decision


def _match_of(result: ScreeningResult | None, list_code: str, entry_key: str) -> dict[str, Any]:
    matches: Iterable[dict[str, Any]] = result.matches if result else ()
    for match in matches:
        if (match["list"], match["key"]) == (list_code, entry_key):
            return match
    raise DecisionError("no such match in the newest result")


def _screen(
    session: FirmSession, party: Party, stock: Stock, by_name: str, cause: str, now: datetime
) -> ScreeningResult:
    screened = stock.screen((party.name, *party.other_names))
    result = ScreeningResult(
        party_id=party.id,
        at=now,
        by_name=by_name,
        cause=cause,
        verdict=_verdict(stock, screened),
        too_short=screened.too_short,
        score=round(screened.score, 4),
        matches=[_match_json(found) for found in screened.found],
        lists={in_list.code: in_list.number for in_list in stock.lists},
        matcher=VERSION,
        alert_from=ALERT,
        review_from=REVIEW,
    )
    session.add(result)
    session.flush()
    return result


def _verdict(stock: Stock, screened: Screened) -> Verdict:
    """Without any list nobody was screened, so nobody is clear."""
    return screened.verdict if stock.lists else Verdict.POSSIBLE


def _match_json(found: Found) -> dict[str, Any]:
    return {
        "list": found.in_list.code,
        "kind": ListKind(found.in_list.kind).value,
        "version": found.in_list.number,
        "illustrative": found.in_list.illustrative,
        "key": found.entry.key,
        "name": found.entry.name or found.entry.name_zh,
        "name_zh": found.entry.name_zh,
        "label": found.label,
        "asked": found.asked,
        "country": found.entry.country,
        "reference": found.entry.reference,
        "score": round(found.score, 4),
        "reasons": list(found.reasons),
    }
