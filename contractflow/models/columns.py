"""What the tables share: ids in order of time, text with a closed list of values, money, hashes, JSON."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from enum import Enum, StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, CheckConstraint, ForeignKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy import Enum as TextEnum
from sqlalchemy.dialects.postgresql import INET, JSONB
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlmodel import Field, SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

NOW = text("now()")
WORD = 24
"""The longest stored word of a closed list (an enum's value)."""


def now() -> datetime:
    return datetime.now(UTC)


def uuid7() -> UUID:
    """A UUID that sorts by the time it was made, to a quarter of a microsecond, as PostgreSQL's uuidv7() does (RFC 9562)."""
    milliseconds, rest = divmod(time.time_ns(), 1_000_000)
    fraction = (rest << 12) // 1_000_000
    number = milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=number)


class Identified(SQLModel):
    id: UUID = Field(
        default_factory=uuid7, primary_key=True, sa_column_kwargs={"server_default": text("uuidv7()")}
    )


class Created(SQLModel):
    created_at: datetime = Field(default_factory=now, sa_column_kwargs={"server_default": NOW})


class Updated(SQLModel):
    updated_at: datetime = Field(
        default_factory=now, sa_column_kwargs={"server_default": NOW, "onupdate": now}
    )


class OfOrg(Identified):
    """A row of one organisation; row-level security compares this column."""

    org_id: UUID = Field(foreign_key="org.id")


def stored(kind: type[Enum], name: str) -> Any:
    """The enum's values as text with a CHECK, so that a value can come or go without ALTER TYPE."""
    return _closed(kind, name=name, values_callable=_stored_values)


def one_of(name: str, *words: str) -> Any:
    """Text with a closed list of words, for what is not a state."""
    return _closed(*words, name=name)


def _closed(*values: Any, **options: Any) -> Any:
    return TextEnum(
        *values, native_enum=False, create_constraint=True, validate_strings=True, length=WORD, **options
    )


def _stored_values(kind: type[Enum]) -> list[str]:
    return [member.value if isinstance(member, StrEnum) else member.name.lower() for member in kind]


def default(value: str | int) -> dict[str, Any]:
    """The same default for rows that SQL inserts."""
    return {"server_default": value if isinstance(value, str) else text(str(value).lower())}


def prose() -> Any:
    return Text()


def minor() -> Any:
    """Money in minor units, and counters that outlive an int."""
    return BigInteger()


def currency_code() -> Any:
    return CHAR(3)


def address() -> Any:
    return INET()


def json_object() -> Any:
    """Assigning a key is noticed; a change deeper inside is not: assign a new object for that."""
    return MutableDict.as_mutable(JSONB(none_as_null=True))


def json_list() -> Any:
    """Appending is noticed; a change inside an element is not: assign a new list for that."""
    return MutableList.as_mutable(JSONB(none_as_null=True))


EMPTY_OBJECT: dict[str, Any] = {"server_default": text("'{}'::jsonb")}
EMPTY_LIST: dict[str, Any] = {"server_default": text("'[]'::jsonb")}


def in_org() -> UniqueConstraint:
    """What a composite foreign key of another table points at."""
    return UniqueConstraint("org_id", "id")


def belongs_to(
    table: str, *columns: str, to: tuple[str, ...] = ("id",), **options: Any
) -> ForeignKeyConstraint:
    """A foreign key that carries `org_id`: the key check ignores row-level security, so that the key itself must not."""
    return ForeignKeyConstraint(
        ["org_id", *columns], [f"{table}.{column}" for column in ("org_id", *to)], **options
    )


def is_email(column: str = "email") -> CheckConstraint:
    shape = rf"{column} = lower({column}) AND {column} ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'"
    return CheckConstraint(shape, name=f"{column}_shape")


def is_currency(column: str = "currency") -> CheckConstraint:
    return CheckConstraint(f"{column} ~ '^[A-Z]{{3}}$'", name=f"{column}_shape")


def is_sha256(*columns: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"octet_length({column}) = 32", name=f"{column}_size") for column in columns]


def is_positive(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} > 0", name=f"{column}_positive")


def is_not_negative(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} >= 0", name=f"{column}_not_negative")
