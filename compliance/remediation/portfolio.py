"""Several firms side by side: newest sealed result, what waits, what is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import case, func, select

from compliance.assessments import Assessment, Snapshot, State
from compliance.database import FirmsSession
from compliance.remediation.models import ActionState, RemediationAction
from compliance.remediation.queries import PENDING


@dataclass(frozen=True, slots=True)
class Head:
    """The head figures of one snapshot, without its content."""

    assessment_id: UUID
    questionnaire_id: str
    version: str
    as_of: date
    grade: str | None
    score: float | None
    supported_score: float | None
    module_scores: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class FirmStanding:
    """What a portfolio shows of one firm."""

    firm_id: UUID
    heads: tuple[Head, ...]  # oldest first
    waiting: int  # submitted or in review
    under_way: int  # being filled in, or returned
    overdue: int
    to_accept: int  # actions reported done

    @property
    def newest(self) -> Head | None:
        return self.heads[-1] if self.heads else None

    @property
    def change(self) -> float | None:
        """Score against the snapshot before."""
        if len(self.heads) < 2:
            return None
        before, now = self.heads[-2].score, self.heads[-1].score
        return None if before is None or now is None else round(now - before, 1)


def standings(session: FirmsSession, today: date) -> list[FirmStanding]:
    """One row for each firm of the session, in three statements however many firms there are."""
    heads = _heads(session)
    states = _states(session)
    actions = _actions(session, today)
    return [
        FirmStanding(
            firm_id=firm_id,
            heads=tuple(heads.get(firm_id, ())),
            waiting=sum(states.get((firm_id, s), 0) for s in (State.SUBMITTED, State.IN_REVIEW)),
            under_way=sum(states.get((firm_id, s), 0) for s in (State.DRAFT, State.RETURNED)),
            overdue=actions.get(firm_id, (0, 0))[0],
            to_accept=actions.get(firm_id, (0, 0))[1],
        )
        for firm_id in sorted(session.firm_ids)
    ]


def _heads(session: FirmsSession) -> dict[UUID, list[Head]]:
    """Firm -> heads of its snapshots, oldest first."""
    rows = session.execute(
        select(
            Snapshot.firm_id,
            Snapshot.assessment_id,
            Snapshot.questionnaire_id,
            Snapshot.version,
            Snapshot.as_of,
            Snapshot.grade,
            Snapshot.score,
            Snapshot.supported_score,
            Snapshot.module_scores,
        ).order_by(Snapshot.as_of, Snapshot.sealed_at)
    )
    found: dict[UUID, list[Head]] = {}
    for firm_id, *figures in rows:
        found.setdefault(firm_id, []).append(Head(*figures))
    return found


def _states(session: FirmsSession) -> dict[tuple[UUID, str], int]:
    rows = session.execute(
        select(Assessment.firm_id, Assessment.state, func.count(Assessment.id)).group_by(
            Assessment.firm_id, Assessment.state
        )
    )
    return {(firm_id, state): number for firm_id, state, number in rows}


def _actions(session: FirmsSession, today: date) -> dict[UUID, tuple[int, int]]:
    """Firm -> overdue actions, and actions that await acceptance."""
    is_late = RemediationAction.state.in_(PENDING) & (RemediationAction.due_on < today)
    is_done = RemediationAction.state == ActionState.DONE
    rows = session.execute(
        select(
            RemediationAction.firm_id,
            func.sum(case((is_late, 1), else_=0)),
            func.sum(case((is_done, 1), else_=0)),
        ).group_by(RemediationAction.firm_id)
    )
    return {firm_id: (int(late), int(done)) for firm_id, late, done in rows}


def oldest(rows: Sequence[FirmStanding]) -> FirmStanding | None:
    """The firm whose newest result is the oldest; a firm without any comes before all."""
    return min(rows, key=lambda row: row.newest.as_of if row.newest else date.min, default=None)
