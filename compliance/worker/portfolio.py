"""The portfolio as a report: ordered, made, and shown only to who decides in every firm of it.

Its job belongs to the firm in which it was asked for, and that firm's archive takes the row along.
So the row names firms and one digest, and no figure; the figures are read when the report is made,
and the file lies outside every firm's folder.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Engine, select

from compliance.assessments import Snapshot
from compliance.audit import record
from compliance.catalogue import load_edition
from compliance.clock import now, today
from compliance.database import firm_session, firms_reading, shared_reading
from compliance.identity import Action, Actor, Firm, real_firms_where
from compliance.jobs import Claim, Job
from compliance.remediation import standings
from compliance.settings import Settings
from compliance.worker.embedded import wake
from compliance.worker.errors import NotOnOfferError
from compliance.worker.orders import queue_report
from compliance.worker.report import make_file

if TYPE_CHECKING:
    from compliance.reports import Standing

KIND = "portfolio"
FOLDER = "portfolios"  # beside the firms' folders, so that no firm's archive holds it
QUESTIONNAIRE = "ecl-icp"


def firms_of_portfolio(engine: Engine, actor: Actor) -> frozenset[UUID]:
    """The real firms in which the person decides; none unless the present one is among them."""
    found = _decides_in(engine, actor)
    return found if actor.firm_id in found else frozenset()


def order_portfolio(engine: Engine, actor: Actor, language: str) -> Job:
    """Queue the portfolio of the firms in which the person decides, by their newest results.

    Each of the firms has the order in its audit trail. Raises NotOnOfferError where there is none.
    """
    firm_ids = firms_of_portfolio(engine, actor)
    if not firm_ids:
        raise NotOnOfferError(KIND)
    arguments = {
        "variant": KIND,
        "language": language,
        "format": "pdf",
        "as_of": today().isoformat(),
        "firms": sorted(map(str, firm_ids)),
        "figures": _digest(engine, firm_ids),
    }
    with firm_session(engine, actor.firm_id) as session:
        job = queue_report(session, actor, KIND, KIND, arguments)
    for firm_id in sorted(firm_ids - {actor.firm_id}):
        with firm_session(engine, firm_id) as session:
            told = {key: arguments[key] for key in ("variant", "language", "format")}
            record(session, actor, "report.ordered", KIND, now=now(), details=told)
    wake()
    return job


def may_see_portfolio(engine: Engine, actor: Actor, job: Job) -> bool:
    """Whether the person decides in every firm of it today."""
    return set(job.arguments["firms"]) <= set(map(str, _decides_in(engine, actor)))


def make_portfolio(
    engine: Engine, settings: Settings, claim: Claim, progress: Callable[[int, int], None]
) -> Mapping[str, Any]:
    """The job: read the figures, make the file."""
    from compliance.reports import portfolio  # loaded only by who makes reports

    order = claim.arguments
    firm_ids = frozenset(map(UUID, order["firms"]))
    firms = _firms(engine, firm_ids)
    here = next(firm for firm in firms if firm.id == claim.firm_id)
    found = portfolio(
        load_edition(QUESTIONNAIRE),
        _name(here, order["language"]),
        date.fromisoformat(order["as_of"]),
        list(_standings(engine, firms, order)),
    )
    whole = {
        "variant": KIND,
        "language": order["language"],
        "format": "pdf",
        "portfolio": found.as_json(),
    }
    name = f"export-control-portfolio-{order['as_of']}-{order['language']}"
    return make_file(settings.data_dir / "reports" / FOLDER, claim, whole, name, progress)


def _decides_in(engine: Engine, actor: Actor) -> frozenset[UUID]:
    return frozenset(f.id for f in real_firms_where(engine, actor.person_id, Action.DECIDE))


def _digest(engine: Engine, firm_ids: frozenset[UUID]) -> str:
    """Over all that the pages depend on: equal for equal portfolios."""
    names = {
        firm.id: (firm.name, firm.name_zh, firm.reference) for firm in _firms(engine, firm_ids)
    }
    with firms_reading(engine, firm_ids) as session:
        rows = session.execute(
            select(Snapshot.firm_id, Snapshot.digest).order_by(Snapshot.as_of, Snapshot.sealed_at)
        )
        digests = {firm_id: digest for firm_id, digest in rows}  # noqa: C416  # the newest stays
        overdue = {one.firm_id: one.overdue for one in standings(session, today())}
    stated = [(str(i), names.get(i), digests.get(i), overdue.get(i, 0)) for i in sorted(firm_ids)]
    return hashlib.sha256(json.dumps(stated, ensure_ascii=False).encode()).hexdigest()


def _firms(engine: Engine, firm_ids: frozenset[UUID]) -> list[Firm]:
    with shared_reading(engine) as session:
        found = session.scalars(select(Firm).where(Firm.id.in_(firm_ids)).order_by(Firm.name))
        return list(found)


def _standings(engine: Engine, firms: list[Firm], order: Mapping[str, Any]) -> Iterator["Standing"]:
    """Each firm's line, the most pressing first: never assessed, then the lowest score."""
    from compliance.reports import Standing

    day = date.fromisoformat(order["as_of"])
    with firms_reading(engine, frozenset(firm.id for firm in firms)) as session:
        overdue = {one.firm_id: one.overdue for one in standings(session, day)}
        lines = []
        for firm in firms:
            newest = session.scalars(
                select(Snapshot)
                .where(Snapshot.firm_id == firm.id)
                .order_by(Snapshot.as_of.desc(), Snapshot.sealed_at.desc())
                .limit(1)
            ).first()
            name = _name(firm, order["language"])
            lines.append(_line(Standing, name, firm.reference, newest, overdue.get(firm.id, 0)))
    yield from sorted(lines, key=lambda one: (one.as_of is not None, one.score or 0.0))


def _line(
    kind: "type[Standing]", name: str, reference: str, newest: Snapshot | None, overdue: int
) -> "Standing":
    result = newest.content.get("result", {}) if newest else {}
    gaps = dict.fromkeys((1, 2, 3, 4), 0)
    for gap in result.get("gaps", ()):
        gaps[gap["priority"]] += 1
    return kind(
        firm=name,
        reference=reference,
        as_of=newest.as_of if newest else None,
        sealed=newest is not None,
        score=newest.score if newest else None,
        supported_score=newest.supported_score if newest else None,
        grade=newest.grade if newest else None,
        completion=result.get("overall", {}).get("completion"),
        modules=dict(newest.module_scores) if newest else {},
        gaps=gaps,
        overdue=overdue,
    )


def _name(firm: Firm, language: str) -> str:
    """The firm's name in the language of the report."""
    chinese = firm.name_zh or firm.name
    if language == "both":
        return firm.name if chinese == firm.name else f"{firm.name} {chinese}"
    return chinese if language == "zh" else firm.name
