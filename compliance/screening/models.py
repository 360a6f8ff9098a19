"""Lists with their versions, parties, screening results and what people decided.

Official lists belong to the installation: every firm is screened against the same. A firm's own
list belongs to the firm. Earlier versions stay, so that an old result can be explained.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from compliance.database import AppendOnly, Base, FirmOwned, firm_key, new_id


class ListKind(StrEnum):
    """What a list is; decides what a true hit means."""

    WATCH = "watch"
    CONTROLLED = "controlled"
    UNRELIABLE = "unreliable"
    UN = "un"
    OWN = "own"
    GOODS = "goods"  # controlled items, no parties


class Verdict(StrEnum):
    """What screening says of a name."""

    HIT = "hit"
    POSSIBLE = "possible"
    CLEAR = "clear"


class Ruling(StrEnum):
    """What a person decided about a match."""

    TRUE_HIT = "true_hit"
    FALSE_HIT = "false_hit"
    NEED_MORE = "need_more"


def _one_of(column: str, values: type[StrEnum]) -> str:
    return f"{column} IN (" + ", ".join(f"'{value.value}'" for value in values) + ")"


class VersionColumns:
    """What the versions of all lists have in common."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str]
    kind: Mapped[str]
    number: Mapped[int]  # 1, 2, 3 … of this list
    as_of: Mapped[date]
    active: Mapped[bool]
    entries: Mapped[int]
    sha256: Mapped[str]
    illustrative: Mapped[bool] = mapped_column(default=False)  # made up, for demo and training
    imported_at: Mapped[datetime]
    imported_by_name: Mapped[str]


class EntryColumns:
    """One party of a list."""

    id: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int]
    name: Mapped[str]
    name_zh: Mapped[str]
    aliases: Mapped[list[Any]]
    country: Mapped[str]
    reference: Mapped[str]
    listed_on: Mapped[date | None]
    delisted_on: Mapped[date | None]  # the first day on which it no longer stands there

    @property
    def labels(self) -> tuple[str, ...]:
        """All names under which the party is found."""
        return tuple(dict.fromkeys(n for n in (self.name, self.name_zh, *self.aliases) if n))

    def stands(self, day: date) -> bool:
        """Whether the party is on the list on a day."""
        started = self.listed_on is None or self.listed_on <= day
        return started and (self.delisted_on is None or day < self.delisted_on)


class ListVersion(VersionColumns, Base):
    """One version of a list that all firms share."""

    __tablename__ = "list_versions"
    __table_args__ = (
        UniqueConstraint("code", "number", name="uq_list_versions_number"),
        CheckConstraint(_one_of("kind", ListKind), name="kind_known"),
    )


class ListEntry(EntryColumns, Base):
    """One party of a shared list."""

    __tablename__ = "list_entries"

    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("list_versions.id", ondelete="CASCADE"), index=True
    )


class ControlEntry(Base):
    """One entry of a list of controlled items."""

    __tablename__ = "control_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[UUID] = mapped_column(
        ForeignKey("list_versions.id", ondelete="CASCADE"), index=True
    )
    code: Mapped[str]
    heading: Mapped[str]
    heading_zh: Mapped[str]
    parameters: Mapped[str]
    hs_codes: Mapped[list[Any]]
    in_force_from: Mapped[date | None]
    in_force_until: Mapped[date | None]  # the first day on which it no longer applies
    words: Mapped[str]  # all of it in lower case, to be searched


class OwnListVersion(VersionColumns, FirmOwned, Base):
    """One version of a firm's own list."""

    __tablename__ = "own_list_versions"
    __table_args__ = (
        UniqueConstraint("firm_id", "code", "number", name="uq_own_list_versions_number"),
        UniqueConstraint("id", "firm_id", name="uq_own_list_versions_id_firm"),
    )


class OwnListEntry(EntryColumns, FirmOwned, Base):
    """One party of a firm's own list."""

    __tablename__ = "own_list_entries"
    __table_args__ = (
        firm_key("version_id", "own_list_versions", name="fk_own_list_entries_version_firm"),
        Index("ix_own_list_entries_version", "version_id"),
    )

    version_id: Mapped[UUID]


class Party(FirmOwned, Base):
    """Someone the firm deals with or may deal with."""

    __tablename__ = "parties"
    __table_args__ = (UniqueConstraint("id", "firm_id", name="uq_parties_id_firm"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    other_names: Mapped[list[Any]]
    country: Mapped[str]
    reference: Mapped[str]  # register number or other sign of identity
    created_at: Mapped[datetime]
    created_by_name: Mapped[str]
    closed_at: Mapped[datetime | None]  # no longer screened again


class ScreeningResult(AppendOnly, FirmOwned, Base):
    """One screening of a party: never changed, so that it can be explained later."""

    __tablename__ = "screening_results"
    goes_with: ClassVar[Mapping[str, str]] = {"firm_id": "firms", "party_id": "parties"}
    __table_args__ = (
        firm_key("party_id", "parties", name="fk_screening_results_party_firm"),
        CheckConstraint(_one_of("verdict", Verdict), name="verdict_known"),
        Index("ix_screening_results_party", "party_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID]
    at: Mapped[datetime]
    by_name: Mapped[str]
    cause: Mapped[str]  # first, again, lists_changed
    verdict: Mapped[str]
    too_short: Mapped[bool]
    score: Mapped[float]  # of the best match, 0..1
    matches: Mapped[list[Any]]
    lists: Mapped[dict[str, Any]]  # list code -> version number
    matcher: Mapped[str]  # version of the matcher
    alert_from: Mapped[float]
    review_from: Mapped[float]


class MatchDecision(AppendOnly, FirmOwned, Base):
    """What a person decided about one match of a party; a new decision stands over an old one."""

    __tablename__ = "match_decisions"
    goes_with: ClassVar[Mapping[str, str]] = {"firm_id": "firms", "party_id": "parties"}
    __table_args__ = (
        firm_key("party_id", "parties", name="fk_match_decisions_party_firm"),
        CheckConstraint(_one_of("ruling", Ruling), name="ruling_known"),
        Index("ix_match_decisions_party", "party_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    party_id: Mapped[UUID]
    result_id: Mapped[UUID]
    list_code: Mapped[str]
    entry_key: Mapped[str]  # the entry as it stays the same from version to version
    kind: Mapped[str]  # of the list
    ruling: Mapped[str]
    reason: Mapped[str]
    expires_on: Mapped[date]  # from then on the match is open again
    at: Mapped[datetime]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
