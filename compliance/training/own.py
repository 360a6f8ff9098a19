"""Scenarios that trainers of a firm write themselves, and one door to all scenarios."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.exc import StaleDataError

from compliance.audit import record
from compliance.catalogue import Fault
from compliance.database import FirmSession, new_id
from compliance.identity import Actor
from compliance.training.checking import check_scenario
from compliance.training.errors import (
    NoSuchScenarioError,
    ScenarioError,
    StaleScenarioError,
    UncheckedScenarioError,
)
from compliance.training.library import scenario_of_library
from compliance.training.models import OwnScenario
from compliance.training.reading import read_scenario
from compliance.training.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Draft:
    """An own scenario as the list shows it."""

    id: UUID
    title: Mapping[str, str]
    published: bool
    mine: bool
    author_name: str
    updated_at: datetime
    faults: tuple[Fault, ...]


def own_scenarios(session: FirmSession, person_id: UUID) -> list[Draft]:
    """What this trainer wrote, and what colleagues of the firm published."""
    rows = session.scalars(select(OwnScenario).order_by(OwnScenario.updated_at.desc()))
    return [
        Draft(
            id=row.id,
            title=_title(row.content),
            published=row.published,
            mine=row.author_id == person_id,
            author_name=row.author_name,
            updated_at=row.updated_at,
            faults=faults_of(row.content),
        )
        for row in rows
        if row.published or row.author_id == person_id
    ]


def find_scenario(session: FirmSession, scenario_id: str, person_id: UUID) -> Scenario:
    """A scenario of the library, or an own one of the firm that has no faults.

    Raises NoSuchScenarioError or UncheckedScenarioError.
    """
    try:
        own_id = UUID(scenario_id)
    except ValueError:
        return scenario_of_library(scenario_id)
    row = find_own(session, own_id, person_id)
    faults = faults_of(row.content)
    if faults:
        raise UncheckedScenarioError(faults)
    return read_scenario(row.content, "scenario")


def find_own(session: FirmSession, own_id: UUID, person_id: UUID) -> OwnScenario:
    """The row of one's own or a published scenario of the firm. Raises NoSuchScenarioError."""
    row = session.scalars(select(OwnScenario).where(OwnScenario.id == own_id)).one_or_none()
    if row is None or not (row.published or row.author_id == person_id):
        raise NoSuchScenarioError(str(own_id))
    return row


def faults_of(content: Mapping[str, Any]) -> tuple[Fault, ...]:
    """Everything that is wrong with an own scenario."""
    try:
        scenario = read_scenario(content, "scenario")
    except ScenarioError as error:
        return error.faults
    return check_scenario(scenario, "scenario").faults


def keep_copy(
    session: FirmSession, actor: Actor, content: Mapping[str, Any], *, now: datetime
) -> OwnScenario:
    """A new own scenario from a document, with an id of its own."""
    row = OwnScenario(
        id=new_id(),
        content={**content},
        published=False,
        author_id=actor.person_id,
        author_name=actor.name,
        created_at=now,
        updated_at=now,
    )
    row.content["id"] = f"OWN-{row.id.hex[:8].upper()}"
    session.add(row)
    session.flush()
    record(session, actor, "scenario.copied", f"scenario:{row.id}", now=now)
    return row


def rewrite(
    session: FirmSession,
    row: OwnScenario,
    content: Mapping[str, Any],
    *,
    base_version: int,
    now: datetime,
) -> None:
    """Keep a new text; a published scenario with faults is withdrawn.

    Raises StaleScenarioError where a colleague changed it since `base_version`.
    """
    if row.version != base_version:
        raise StaleScenarioError
    row.content = {**content, "id": row.content["id"]}
    row.updated_at = now
    if row.published and faults_of(row.content):
        row.published = False
    try:
        session.flush()
    except StaleDataError:
        raise StaleScenarioError from None


def publish(
    session: FirmSession, actor: Actor, row: OwnScenario, *, wanted: bool, now: datetime
) -> None:
    """Show it to colleagues, or to its author only. Raises UncheckedScenarioError."""
    faults = faults_of(row.content) if wanted else ()
    if faults:
        raise UncheckedScenarioError(faults)
    row.published, row.updated_at = wanted, now
    action = "scenario.published" if wanted else "scenario.withdrawn"
    record(session, actor, action, f"scenario:{row.id}", now=now)


def _title(content: Mapping[str, Any]) -> Mapping[str, str]:
    title = content.get("title")
    return title if isinstance(title, Mapping) else {"en": "?", "zh": "?"}
