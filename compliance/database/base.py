"""What every table has in common."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import JSON, DateTime, Dialect, ForeignKey, ForeignKeyConstraint, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored in UTC; refuses a naive one (SQLite would drop the zone silently)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all tables; constraint names follow one convention so migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()}


class FirmOwned:
    """A row that belongs to one firm; `firm_session` sees no other firm's rows."""

    @declared_attr
    @classmethod
    def firm_id(cls) -> Mapped[UUID]:
        return mapped_column(ForeignKey("firms.id", ondelete="CASCADE"), index=True)


class FirmLinked:
    """A row that ties something shared to a firm (a membership, a message).

    Sign-in reads it across firms in a shared session; a firm's session sees and writes its own.
    """

    @declared_attr
    @classmethod
    def firm_id(cls) -> Mapped[Any]:
        return mapped_column(ForeignKey("firms.id", ondelete="CASCADE"), index=True)


class AppendOnly:
    """A row that is never changed and goes only with a parent; see `protection`."""

    goes_with: ClassVar[Mapping[str, str]] = {"firm_id": "firms"}  # column -> table of the parent


def firm_key(
    column: str, target: str, *, name: str, ondelete: str = "CASCADE"
) -> ForeignKeyConstraint:
    """A foreign key to another row of the same firm: the database refuses a foreign parent."""
    return ForeignKeyConstraint(
        [column, "firm_id"], [f"{target}.id", f"{target}.firm_id"], name=name, ondelete=ondelete
    )


def new_id() -> UUID:
    """A random identifier that can't be guessed or counted."""
    return uuid4()
