"""Many firms with sealed results, made quickly: rows as sealing leaves them, without its work."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Engine, insert

from compliance.assessments import Assessment, Snapshot, State
from compliance.database import all_firms_session
from compliance.identity import Firm, Membership, Role

MODULES = (
    "control_lists",
    "licensing",
    "catch_all",
    "end_use_end_user",
    "icp",
    "intangible_emerging",
    "supervision",
)
CREATED = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class FirmToMake:
    """One firm and the scores of its sealed results, the oldest first."""

    name: str
    scores: tuple[float, ...] = (60.0,)
    sector: str | None = "machine-tools"
    kind: str = "real"
    grade: str = "C"
    id: UUID = field(default_factory=uuid4)


def make_firms(
    engine: Engine,
    wanted: Iterable[FirmToMake],
    *,
    person_id: UUID | None = None,
    role: Role = Role.OFFICER,
) -> None:
    """Write the firms; with a person, give them a role in each."""
    firms = list(wanted)
    sealed = [(firm, place, uuid4()) for firm in firms for place in range(len(firm.scores))]
    with all_firms_session(engine, reason="test") as session:
        if firms:
            session.execute(insert(Firm), [_firm(firm) for firm in firms])
        if person_id is not None:
            session.execute(
                insert(Membership), [_membership(firm, person_id, role) for firm in firms]
            )
        if sealed:
            session.execute(insert(Assessment), [_assessment(*one) for one in sealed])
            session.execute(insert(Snapshot), [_snapshot(*one) for one in sealed])


def _firm(firm: FirmToMake) -> dict[str, object]:
    ends = datetime(2099, 1, 1, tzinfo=UTC) if firm.kind == "training" else None
    return {
        "id": firm.id,
        "reference": f"REF-{firm.id}",
        "name": firm.name,
        "kind": firm.kind,
        "sector": firm.sector,
        "created_at": CREATED,
        "ends_at": ends,
    }


def _membership(firm: FirmToMake, person_id: UUID, role: Role) -> dict[str, object]:
    return {
        "id": uuid4(),
        "person_id": person_id,
        "firm_id": firm.id,
        "role": role.value,
        "created_at": CREATED,
    }


def _day(firm: FirmToMake, place: int) -> date:
    return date(2026, 11, 1) - timedelta(days=180 * (len(firm.scores) - 1 - place))


def _assessment(firm: FirmToMake, place: int, assessment_id: UUID) -> dict[str, object]:
    return {
        "id": assessment_id,
        "firm_id": firm.id,
        "title": f"Check {place}",
        "questionnaire_id": "ecl-icp",
        "version": "2026.1",
        "as_of": _day(firm, place),
        "path": "full",
        "state": State.SEALED,
        "created_at": CREATED,
        "created_by_name": "x",
        "row_version": 1,
    }


def _snapshot(firm: FirmToMake, place: int, assessment_id: UUID) -> dict[str, object]:
    return {
        "id": uuid4(),
        "firm_id": firm.id,
        "assessment_id": assessment_id,
        "title": f"Check {place}",
        "questionnaire_id": "ecl-icp",
        "version": "2026.1",
        "as_of": _day(firm, place),
        "sealed_at": CREATED,
        "sealed_by_name": "x",
        "digest": f"sha256:{assessment_id.hex}",
        "content": {},
        "grade": firm.grade,
        "score": firm.scores[place],
        "supported_score": firm.scores[place],
        "module_scores": dict.fromkeys(MODULES, firm.scores[place]),
    }
