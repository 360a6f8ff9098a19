"""Subsidiaries of the demo firm with sealed results, so that a portfolio shows life."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import Engine, select

from compliance.answers import Answer, Bundle, parse_bundle
from compliance.assessments import (
    Assessment,
    answers_of,
    blocking_contradictions,
    explain_contradiction,
    import_bundle,
    seal,
    start_review,
    submit,
)
from compliance.catalogue import Edition, Kind, load_edition
from compliance.clock import now, today
from compliance.database import FirmSession, firm_session, shared_session
from compliance.identity import Actor, Firm, Membership, Person, Role
from compliance.language import Language
from compliance.remediation import Wanted, plan_gaps
from compliance.scoring import score

OFFICER = "officer@demo.example"
REASON = "Two plants, two practices; both answers were checked. 两个厂区做法不同，均已核对。"


@dataclass(frozen=True, slots=True)
class Subsidiary:
    """A made-up firm: how far its answers lie from the demo firm's, year by year."""

    reference: str
    name: str
    name_zh: str
    answers_by: str
    shifts: tuple[int, ...]  # levels added, the oldest year first
    waits: bool = False  # a further assessment waits for review
    late_actions: int = 0


SUBSIDIARIES = (
    Subsidiary(
        "DEMO-OPTICS",
        "Haiyun Optics (Changchun) Co., Ltd. (fictional)",
        "海运光学（长春）有限公司（虚构）",
        "Zhou Lan",
        (0, 1),
    ),
    Subsidiary(
        "DEMO-TRADING",
        "Haiyun Trading (Shanghai) Co., Ltd. (fictional)",
        "海运贸易（上海）有限公司（虚构）",
        "Gu Yi",
        (0, -1),
        late_actions=3,
    ),
    Subsidiary(
        "DEMO-ROBOTICS",
        "Haiyun Robotics (Suzhou) Co., Ltd. (fictional)",
        "海运机器人（苏州）有限公司（虚构）",
        "Wen Bo",
        (2,),
        waits=True,
    ),
    Subsidiary(
        "DEMO-SERVICE",
        "Haiyun Service (Tianjin) Co., Ltd. (fictional)",
        "海运技术服务（天津）有限公司（虚构）",
        "Meng Qi",
        (),
    ),
)


def seed_group(engine: Engine, parent_id: UUID, demo: Path) -> int:
    """Make the subsidiaries; returns how many."""
    bundle = parse_bundle((demo / "current.json").read_bytes())
    edition = load_edition(bundle.questionnaire_id, bundle.version)
    for one in SUBSIDIARIES:
        firm, officer = _firm(engine, one, parent_id)
        author = Actor(uuid4(), one.answers_by, firm.id, firm.name, Role.EXPORTER, "zh")
        years = len(one.shifts)
        for place, shift in enumerate(one.shifts):
            day = today() - timedelta(days=40 + 365 * (years - 1 - place))
            with firm_session(engine, firm.id) as session:
                written = _shifted(edition, bundle, one.reference, shift, day)
                _sealed(session, author, officer, firm, written, day)
        with firm_session(engine, firm.id) as session:
            if one.waits:
                fresh = _shifted(edition, bundle, one.reference, 1, today())
                _submitted(session, author, fresh, today())
            if one.late_actions:
                _late(session, author, edition, one.late_actions)
    return len(SUBSIDIARIES)


def _firm(engine: Engine, one: Subsidiary, parent_id: UUID) -> tuple[Firm, Actor]:
    with shared_session(engine) as session:
        person = session.scalars(select(Person).where(Person.email == OFFICER)).one()
        firm = Firm(
            reference=one.reference,
            name=one.name,
            name_zh=one.name_zh,
            sector="machine-tools",
            parent_id=parent_id,
            created_at=now(),
        )
        session.add(firm)
        session.flush()
        role = Role.OFFICER
        session.add(
            Membership(person_id=person.id, firm_id=firm.id, role=role.value, created_at=now())
        )
        return firm, Actor(person.id, person.name, firm.id, firm.name, role, "zh")


def _shifted(edition: Edition, bundle: Bundle, seed: str, shift: int, day: date) -> Bundle:
    """The demo firm's answers with about half of the levels moved, always the same way."""
    answers: dict[str, Answer] = {}
    for question_id, answer in bundle.answers.items():
        value = answer.value
        moved = hashlib.sha256(f"{seed}{question_id}".encode()).digest()[0] % 5
        if edition.question(question_id).kind is Kind.MATURITY and isinstance(value, int):
            value = min(4, max(0, value + (shift if moved < 3 else 0)))
        answers[question_id] = replace(answer, value=value)
    return replace(bundle, answers=answers, as_of=day)


def _submitted(session: FirmSession, author: Actor, written: Bundle, day: date) -> Assessment:
    moment = _morning(day)
    title = f"Annual self-assessment {day.year}"
    assessment = import_bundle(session, author, written, title=title, now=moment)
    for contradiction_id in blocking_contradictions(session, assessment):
        explain_contradiction(session, author, assessment, contradiction_id, REASON, now=moment)
    submit(session, author, assessment, now=moment)
    return assessment


def _sealed(
    session: FirmSession, author: Actor, officer: Actor, firm: Firm, written: Bundle, day: date
) -> None:
    assessment = _submitted(session, author, written, day)
    later = _morning(day) + timedelta(days=6)
    start_review(session, officer, assessment, now=later)
    seal(session, officer, assessment, firm, now=later)


def _late(session: FirmSession, author: Actor, edition: Edition, number: int) -> None:
    """Remedies of the newest result whose day has passed."""
    assessment = max(session.scalars(select(Assessment)), key=lambda one: one.as_of)
    answers: Mapping[str, Answer] = answers_of(session, assessment)
    gaps = [gap.question.id for gap in score(edition, answers, assessment.as_of).gaps]
    due_on = today() - timedelta(days=12)
    plan_gaps(
        session,
        author,
        assessment,
        edition,
        gaps[:number],
        Wanted(owner_name=author.name, due_on=due_on),
        language=Language.EN,
        now=_morning(due_on) - timedelta(days=20),
    )


def _morning(day: date) -> datetime:
    return now().replace(year=day.year, month=day.month, day=day.day, hour=2, minute=0)
