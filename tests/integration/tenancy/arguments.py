"""Arguments for any public function of the product, made from the names and types of its parameters.

A parameter that names an id gets an id of the set it is called with; everything else gets something usable, so that the
call comes as far as the ids. A name or type that is not known here is an error: whoever adds one says what it takes.
"""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from contractflow.content.plan import PaymentPlan, deposit_and_final
from contractflow.integrations.email import MailRefused
from contractflow.permissions import System
from tests import cast
from tests.integration.tenancy.world import World

# Parameters that take an id under another name than the row's.
# fmt: off
ALIASES = {
    "after":              "after",         "before":            "before",
    "draft_ids":          "draft_id",      "job":               "draft_id",
    "jobs":               "draft_id",      "row_id":            "document_id",
    "leads_to":           "signer_id",     "token_id":          "token_id",
    "invitation_id":      "token_id",      "invite_id":         "token_id",
    "family":             "family_id",     "owner_id":          "membership_id",
    "session_id":         "family_id",     "organisation_id":   "org_id",
    "entity_id":          "document_id",
    "heir_id":            "membership_id", "parent_id":         "document_id",
    "part_id":            "block_id",      "order_id":          "token_id",
    "bill_ref":           "token_id",      "to_id":             "membership_id",
    "prefer":             "membership_id",
    "families":           "family_id",     "current":           "family_id",
    "id":                 "token_id",      "member_id":         "membership_id",
    "clients":            "client_id",     "memberships":       "membership_id",
    "titled":             "document_id",
}
# fmt: on

# Usable words for parameters that are no ids.
WORDS: dict[str, Any] = {
    "message_id": "<message@mail.test>", "tax_id": "DE123456789",
    "email": "somebody@else.test", "contact_email": "somebody@else.test", "recipient": "somebody@else.test",
    "role": "member", "currency": "EUR", "kind": "typed", "total": "100.00", "total_minor": 10_000, "iban": "DE89370400440532013000",
    "bic": "", "due_days": "14", "status": "", "locale": "en", "md": "Other words.", "base": "0" * 16, "wish": "shorter",
    "table": "client", "typed": "000000", "code": "nothing", "hashed": b"\0" * 32, "provider": "gemini", "pdf": b"%PDF-1.7", "values": {},
    "amount": "1.00", "amount_minor": 100, "provider_ref": "txn_1", "is_confirmed": True, "password_hash": "$argon2id$x",
    "received_on": date(2026, 1, 1), "tone": "plain", "length": "standard", "variables": "", "must_haves": [],
    "settlement": "pending", "value": "x", "reversals": (), "attempts": (), "percent": 50, "epoch": -1, "offset": 0,
}  # fmt: skip
MADE: dict[tuple[str, Any], Any] = {
    ("token", UUID): UUID(int=1),  # a lease
    ("documents", Any): None,  # a query that the services write themselves
    ("but", UUID): UUID(int=2),  # a session of one's own
    ("after", UUID): UUID(int=0),  # before the first row
    ("refusal", MailRefused): MailRefused("no", permanent=True),
}
AT = datetime(2026, 1, 1, tzinfo=UTC)

SIMPLE: dict[Any, Any] = {
    str: "x", int: 1, bool: True, bytes: b"x", datetime: AT, date: AT.date(), float: 1.0, timedelta: timedelta(1), dict: {},
    PaymentPlan: deposit_and_final(10_000, 50), System: System(cast.REDSHIFT, "worker"),
}  # fmt: skip


class CannotCall(LookupError):
    """A parameter this module knows nothing about."""


class Arguments:
    """`ids` are the set of ids the calls name; `used` collects those that were, `rows` the rows handed over."""

    def __init__(self, world: World, ids: dict[str, Any]) -> None:
        self.world, self.ids = world, ids
        self.used: dict[str, Any] = {}
        self.rows: list[str] = []

    def of(self, function: Callable[..., Any], but: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Arguments for `function` by name, without its first parameter and those named `but`."""
        hints = typing.get_type_hints(function)
        taken = list(inspect.signature(function).parameters.values())[1:]
        taken = [p for p in taken if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name not in but]
        return {one.name: self.value(one.name, hints.get(one.name, Any)) for one in taken}

    def value(self, name: str, kind: Any) -> Any:
        word = ALIASES.get(name, name)
        if (name, kind) in MADE:
            return MADE[name, kind]
        if inspect.isclass(kind) and issubclass(kind, SQLModel):
            return self.row(kind)
        if word in self.ids:
            self.used[name] = self.ids[word]
            return self._id(self.ids[word], kind)
        if name in WORDS and _fits(WORDS[name], kind):
            return WORDS[name]
        return self._made(name, kind)

    def _id(self, value: Any, kind: Any) -> Any:
        origin = typing.get_origin(kind)
        if origin and issubclass(origin, typing.Iterable) and not isinstance(value, (str, bytes)):  # type: ignore[arg-type]
            (inner, *_) = typing.get_args(kind)
            return [self._id(value, inner)]
        return str(value) if kind is str else value

    def _made(self, name: str, kind: Any) -> Any:
        origin = typing.get_origin(kind)
        if origin in (typing.Union, types.UnionType):
            return self.value(name, next(one for one in typing.get_args(kind) if one is not type(None)))
        if origin is not None:
            return {} if "apping" in str(origin) or origin is dict else ()
        if kind is str and name.endswith("_id"):
            raise CannotCall(f"{name}: world.py has no such id")
        if kind in SIMPLE:
            return SIMPLE[kind]
        if is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            return kind(**{f.name: self.value(f.name, hints[f.name]) for f in fields(kind) if f.init})
        if inspect.isclass(kind) and issubclass(kind, Enum):
            return next(iter(kind))
        raise CannotCall(f"{name}: {kind}")

    def row(self, kind: type[SQLModel]) -> SQLModel:
        known = next(
            mapper.class_ for mapper in SQLModel._sa_registry.mappers if issubclass(mapper.class_, kind)
        )
        self.rows.append(known.__name__)
        return self.world.row(known, self.ids)


def _fits(value: Any, kind: Any) -> bool:
    """Whether a word may stand for a parameter of this type."""
    kind = typing.get_origin(kind) or kind
    return kind is Any or not inspect.isclass(kind) or isinstance(value, kind)
