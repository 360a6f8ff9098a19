"""Reading parties, their results and what was decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from compliance.database import FirmSession
from compliance.screening.errors import NotFoundError
from compliance.screening.models import (
    ListKind,
    MatchDecision,
    Party,
    Ruling,
    ScreeningResult,
    Verdict,
)

# What a confirmed hit on a list means for a transaction (`list_hit` of the facts). Unreliable
# entities are barred from trade with China, and UN lists bind; both are taken as prohibiting.
MEANING: Mapping[str, str] = {
    ListKind.CONTROLLED: "controlled",
    ListKind.UNRELIABLE: "controlled",
    ListKind.UN: "controlled",
    ListKind.WATCH: "watch",
    ListKind.OWN: "watch",
}
WORST_FIRST = ("controlled", "possible", "watch", "none")


@dataclass(frozen=True, slots=True)
class MatchStanding:
    """One match of the newest result with the decision that holds, if one does."""

    match: Mapping[str, Any]
    decision: MatchDecision | None

    @property
    def list_hit(self) -> str:
        """What the match means for a transaction."""
        if self.decision is None or self.decision.ruling == Ruling.NEED_MORE:
            return "possible"
        if self.decision.ruling == Ruling.FALSE_HIT:
            return "none"
        return MEANING.get(str(self.match["kind"]), "controlled")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a party stands today."""

    party: Party
    result: ScreeningResult | None
    matches: tuple[MatchStanding, ...]

    @property
    def list_hit(self) -> str:
        """The fact `list_hit` of this party: none, watch, controlled, possible, unscreened."""
        if self.result is None:
            return "unscreened"
        hits = {match.list_hit for match in self.matches}
        if not self.matches and self.result.verdict != Verdict.CLEAR:
            hits.add("possible")  # too short to say
        return next((hit for hit in WORST_FIRST if hit in hits), "none")


def find_party(session: FirmSession, party_id: UUID) -> Party:
    """The party. Raises NotFoundError, also where it belongs to another firm."""
    party = session.scalars(select(Party).where(Party.id == party_id)).first()
    if party is None:
        raise NotFoundError(str(party_id))
    return party


def all_parties(session: FirmSession, text: str = "", *, most: int = 500) -> Sequence[Party]:
    """The parties of the firm, those still open first, then by name."""
    query = select(Party).order_by(Party.closed_at.is_not(None), Party.name).limit(most)
    if text.strip():
        query = query.where(Party.name.icontains(text.strip(), autoescape=True))
    return session.scalars(query).all()


def open_parties(session: FirmSession) -> Sequence[Party]:
    """The parties that are screened again when lists change."""
    return session.scalars(
        select(Party).where(Party.closed_at.is_(None)).order_by(Party.name)
    ).all()


def latest_result(session: FirmSession, party_id: UUID) -> ScreeningResult | None:
    """The newest screening of a party."""
    query = select(ScreeningResult).where(ScreeningResult.party_id == party_id)
    return session.scalars(query.order_by(ScreeningResult.at.desc()).limit(1)).first()


def results_of(session: FirmSession, party_id: UUID) -> Sequence[ScreeningResult]:
    """All screenings of a party, the newest first."""
    query = select(ScreeningResult).where(ScreeningResult.party_id == party_id)
    return session.scalars(query.order_by(ScreeningResult.at.desc()).limit(100)).all()


def decisions_of(session: FirmSession, party_id: UUID) -> Sequence[MatchDecision]:
    """All decisions about a party, the newest first."""
    query = select(MatchDecision).where(MatchDecision.party_id == party_id)
    return session.scalars(query.order_by(MatchDecision.at.desc())).all()


def standing_of(session: FirmSession, party_id: UUID, today: date) -> Standing:
    """Where a party stands today. Raises NotFoundError."""
    party = find_party(session, party_id)
    return _standing(
        party, latest_result(session, party_id), decisions_of(session, party_id), today
    )


def standings(session: FirmSession, parties: Sequence[Party], today: date) -> tuple[Standing, ...]:
    """Where several parties stand today, with two queries."""
    ids = [party.id for party in parties]
    results: dict[UUID, ScreeningResult] = {}
    query = select(ScreeningResult).where(ScreeningResult.party_id.in_(ids))
    for result in session.scalars(query.order_by(ScreeningResult.at)):
        results[result.party_id] = result
    decided: dict[UUID, list[MatchDecision]] = {}
    rulings = select(MatchDecision).where(MatchDecision.party_id.in_(ids))
    for decision in session.scalars(rulings.order_by(MatchDecision.at.desc())):
        decided.setdefault(decision.party_id, []).append(decision)
    return tuple(
        _standing(party, results.get(party.id), decided.get(party.id, ()), today)
        for party in parties
    )


def _standing(
    party: Party,
    result: ScreeningResult | None,
    decisions: Sequence[MatchDecision],
    today: date,
) -> Standing:
    newest: dict[tuple[str, str], MatchDecision] = {}
    for decision in decisions:
        newest.setdefault((decision.list_code, decision.entry_key), decision)

    def holding(match: Mapping[str, Any]) -> MatchDecision | None:
        decision = newest.get((str(match["list"]), str(match["key"])))
        return decision if decision is not None and today < decision.expires_on else None

    matches = result.matches if result else []
    return Standing(party, result, tuple(MatchStanding(m, holding(m)) for m in matches))
