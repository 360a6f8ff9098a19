"""Sandboxes, classroom sessions with their participants, a trainer's own scenarios and programmes.

Participants have no account and no firm: they find a session by its code in a shared session.
What a trainer drives is tied to the trainer's firm, so that another firm's session is not found.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import Base, FirmLinked, FirmOwned, new_id
from compliance.identity import FirmKind


class Sandbox(FirmLinked, Base):
    """A firm of kind training in which one trainer plays one scenario.

    The firm's kind is part of the foreign key: as long as the sandbox stands, the database refuses
    to turn its firm into a real one.
    """

    __tablename__ = "sandboxes"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "firm_kind"],
            ["firms.id", "firms.kind"],
            name="fk_sandboxes_firm_of_kind",
            ondelete="CASCADE",
        ),
        CheckConstraint("firm_kind = 'training'", name="firm_is_for_training"),
        CheckConstraint("home_firm_id <> firm_id", name="home_is_another_firm"),
        UniqueConstraint("firm_id", name="uq_sandboxes_firm"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    firm_kind: Mapped[str] = mapped_column(default=FirmKind.TRAINING)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    home_firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms.id", ondelete="CASCADE"))
    scenario: Mapped[dict[str, Any]]  # the scenario's content as it was started
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class OwnScenario(FirmOwned, Base):
    """A scenario that trainers of a firm write; published, their colleagues see it too."""

    __tablename__ = "own_scenarios"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    content: Mapped[dict[str, Any]]  # the document of a scenario file, perhaps with faults
    published: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}


class StudyProgramme(FirmOwned, Base):
    """An ordered set of scenarios, taught in one sitting or several."""

    __tablename__ = "study_programmes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    scenario_ids: Mapped[list[Any]]  # in order: ids of the library or of own scenarios
    tests: Mapped[bool] = mapped_column(default=True)  # ask before and after
    created_by_name: Mapped[str]
    created_at: Mapped[datetime]


class ClassroomSession(FirmLinked, Base):
    """One sitting of a class: its code, its steps and where it stands."""

    __tablename__ = "classroom_sessions"
    __table_args__ = (
        CheckConstraint("position >= 0", name="position_not_negative"),
        CheckConstraint("teams >= 0 AND teams <= 40", name="teams_within_reason"),
        Index("ix_classroom_sessions_ends_at", "ends_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str | None] = mapped_column(unique=True)  # given back when the session closes
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    trainer_name: Mapped[str]
    title: Mapped[dict[str, Any]]  # both languages
    teams: Mapped[int]  # 0: everyone answers alone
    show_names: Mapped[bool] = mapped_column(default=False)
    stages: Mapped[list[Any]]  # [{"step": "flags", "scenario": 0}, …]
    position: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)  # grows with all that a screen may show
    moved_by_name: Mapped[str]
    moved_at: Mapped[datetime]
    created_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    content: Mapped[list[Any]] = mapped_column(deferred=True)  # the scenarios' documents
    bank: Mapped[list[Any]] = mapped_column(deferred=True)  # ids of the test's questions
    debrief: Mapped[dict[str, Any] | None] = mapped_column(  # what is left when names are gone
        JSON(none_as_null=True), deferred=True
    )


class Participant(Base):
    """Someone in the room. No account, no firm; gone when the session ends."""

    __tablename__ = "participants"
    __table_args__ = (
        UniqueConstraint("session_id", "rejoin_code", name="uq_participants_rejoin_code"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("classroom_sessions.id", ondelete="CASCADE"), index=True
    )
    token_sha256: Mapped[str] = mapped_column(unique=True)
    rejoin_code: Mapped[str]
    name: Mapped[str]
    team: Mapped[int]  # 0: alone
    joined_at: Mapped[datetime]


class Attempt(Base):
    """What one participant answers at one step."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("participant_id", "stage", name="uq_attempts_participant_stage"),
        Index("ix_attempts_session_stage", "session_id", "stage"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("classroom_sessions.id", ondelete="CASCADE")
    )
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("participants.id", ondelete="CASCADE"))
    stage: Mapped[int]
    team: Mapped[int]
    content: Mapped[dict[str, Any]]
    locked: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class TeamLock(Base):
    """A team has locked in its answer to a step; nobody of it changes it any more."""

    __tablename__ = "team_locks"
    __table_args__ = (UniqueConstraint("session_id", "stage", "team", name="uq_team_locks_once"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(
        ForeignKey("classroom_sessions.id", ondelete="CASCADE")
    )
    stage: Mapped[int]
    team: Mapped[int]
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
