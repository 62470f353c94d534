"""One thing somebody does: who acts, the open transaction, the trail, and what happens once it is saved."""

from __future__ import annotations

import ipaddress
import json
import logging
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from contractflow.broker.queue import enqueue
from contractflow.db.engine import engine
from contractflow.db.roles import DbRole
from contractflow.db.sessions import ACTOR, GLANCE, NOW
from contractflow.errors import NotAllowed, Stale
from contractflow.permissions import (
    Actor,
    Member,
    Permission,
    PlatformAdmin,
    Signer,
    System,
    Visitor,
    require,
    require_confirmed,
)
from contractflow.workflows.events import news

log = logging.getLogger(__name__)

PROVIDERS = frozenset({"paddle"})
"""Systems of somebody else, that the trail tells apart from our own."""

LONGEST_VALUE = 200
"""Characters of an old or a new value."""

_PLATFORM = text("SELECT set_config('app.platform', :platform, true)")
_APPEND = text(
    "SELECT audit_append(:kind, :actor_id, :label, :action, :entity, :entity_id, :document_id, :ip, :agent,"
    " CAST(:data AS jsonb))"
)
_TELL = text("SELECT gate_tell_endpoints(:seq, :event, :entity_id)")


class DatabaseAway(OperationalError):
    """The server did not answer, and nothing was changed: whatever it was can be done again."""


@dataclass(frozen=True)
class Entry:
    """One line of the trail, waiting for the commit."""

    by: Actor
    action: str
    entity: str
    entity_id: UUID
    document_id: UUID | None
    data: dict[str, Any]


@dataclass
class UnitOfWork:
    """What a service function gets first: `db` is the open transaction of `actor`'s organisation."""

    actor: Actor
    db: Session
    _entries: list[Entry] = field(default_factory=list)
    _afterwards: list[Callable[[], object]] = field(default_factory=list)

    @property
    def now(self) -> datetime:
        """The database's clock when the transaction began (aware, UTC): the same for everything in it."""
        if NOW not in self.db.info:
            self.db.connection()
        at: datetime = self.db.info[NOW]
        return at

    @property
    def has_changed(self) -> bool:
        """Whether something was done: there is nothing that leaves no line in the trail."""
        return bool(self._entries)

    def require(self, permission: Permission, own: bool = False) -> None:
        """Refuse with a sentence unless the actor has `permission`. Raises NotAllowed, ConfirmFirst."""
        require(self.actor, permission, own)
        require_confirmed(self.actor, permission)

    def require_confirmed(self) -> None:
        """For what touches the keys to a member's own account. Raises ConfirmFirst, NotAllowed for who is no member."""
        require_confirmed(self.member)

    @property
    def member(self) -> Member:
        """The member who acts. Raises NotAllowed for anybody else."""
        if not isinstance(self.actor, Member):
            raise NotAllowed("That is not yours to do.")
        return self.actor

    def system(self, name: str) -> System:
        """Ourselves, for what follows by itself from what the actor did: `move(…, by=work.system("billing"))`."""
        if self.actor.org_id is None:
            raise RuntimeError("a visitor has no organisation to act for")
        return System(self.actor.org_id, name)

    def record(
        self,
        action: str,
        entity: str,
        entity_id: UUID,
        *,
        document_id: UUID | None = None,
        by: Actor | None = None,
        changes: Mapping[str, tuple[object, object]] | None = None,
        **data: Any,
    ) -> None:
        """Write a line of the trail. `data`: ids, states and plain facts, no texts of documents and no secrets.

        `changes`: what a setting or a role was and is now, `{"role": ("member", "admin")}`; equal pairs are left out.
        """
        if differing := {name: [_brief(a), _brief(b)] for name, (a, b) in (changes or {}).items() if a != b}:
            data["changes"] = differing
        self._entries.append(Entry(by or self.actor, action, entity, entity_id, document_id, data))

    @contextmanager
    def on_behalf(self) -> Generator[None]:
        """What a platform admin sets going in an organisation reaches rows that they themselves may not see.

        Nothing of such a row is handed out: who acts, and what the trail says, stays the same.
        """
        self.db.execute(_PLATFORM, {"platform": ""})
        yield
        self.db.flush()
        self.db.execute(_PLATFORM, {"platform": "on" if isinstance(self.actor, PlatformAdmin) else ""})

    def after_commit(self, call: Callable[[], object], *, first: bool = False) -> None:
        """Run `call` once the transaction is saved: wake a worker, tell open screens. Never for a rolled-back one."""
        self._afterwards.insert(0 if first else len(self._afterwards), call)


@contextmanager
def unit_of_work(actor: Actor, *, role: DbRole | None = None) -> Generator[UnitOfWork]:
    """One transaction as `actor`, committed at the end, rolled back on any exception. Nothing else commits.

    Raises Stale when somebody else saved a row that this transaction had read before, DatabaseAway when it could only read.
    """
    with Session(engine(role), info={ACTOR: actor}, expire_on_commit=False) as db:
        work = UnitOfWork(actor, db)
        try:
            yield work
            db.flush()
            _append_trail(work)
            db.commit()
        except StaleDataError:
            raise Stale("Somebody changed this in the meantime. Reload to see it.") from None
        except OperationalError as problem:
            if _is_away(problem) and not work.has_changed:
                raise DatabaseAway(None, None, problem.orig or problem) from None
            raise
    _run_afterwards(work)


@contextmanager
def glance(visitor: Visitor) -> Generator[UnitOfWork]:
    """What has to be known before anybody is somebody, asked of the gate functions: every table looks empty, nothing is written.

    One round trip without a transaction instead of four; every event of every page begins with it.
    """
    with Session(engine(), info={ACTOR: visitor, GLANCE: True}) as db:
        try:
            db.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
            yield UnitOfWork(visitor, db)
        except OperationalError as problem:
            if _is_away(problem):
                raise DatabaseAway(None, None, problem.orig or problem) from None
            raise


def _is_away(problem: OperationalError) -> bool:
    """The connection could not be made (there is no statement then) or broke; not a limit of time, nor a deadlock."""
    return problem.connection_invalidated or problem.statement is None


def _append_trail(work: UnitOfWork) -> None:
    """Last of all: the append holds a lock that everybody in the organisation waits for (10 ms there: 8 times slower)."""
    for entry in work._entries:  # noqa: SLF001  this module is the unit of work
        kind, actor_id, label = _signature(entry.by)
        seq = work.db.scalar(
            _APPEND,
            {
                "kind": kind,
                "actor_id": actor_id,
                "label": label[:200],
                "action": entry.action,
                "entity": entry.entity,
                "entity_id": entry.entity_id,
                "document_id": entry.document_id,
                "ip": _address(getattr(entry.by, "ip", "")),
                "agent": getattr(entry.by, "user_agent", "")[:500] or None,
                "data": json.dumps(entry.data, default=str),
            },
        )
        _tell_endpoints(work, entry, seq)


def _tell_endpoints(work: UnitOfWork, entry: Entry, seq: int) -> None:
    """A message for whoever chose this line of the trail, in the same transaction (workflows.events)."""
    if not (event := news(entry.action)):
        return
    told = {"seq": seq, "event": event, "entity_id": entry.entity_id}
    for endpoint_id in work.db.execute(_TELL, told).scalars().all():
        ids = {"org_id": str(work.actor.org_id), "endpoint_id": str(endpoint_id)}
        wake = partial(enqueue, "outgoing.deliver", job_id=f"outgoing-{endpoint_id}", **ids)
        work.after_commit(wake)


def _brief(value: object) -> object:
    """A value as the trail keeps it: plain, and never so long that it is a text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    words = str(value)
    return words if len(words) <= LONGEST_VALUE else f"{words[:LONGEST_VALUE]}…"


def _address(told: str) -> str | None:
    """None for what is no address (a proxy may write anything): the verb is not to fail for that."""
    try:
        address = ipaddress.ip_address(told)
    except ValueError:
        return None
    return str(address).partition("%")[0]


def _signature(actor: Actor) -> tuple[str, UUID | None, str]:
    """How the trail names an actor: kind, id, label."""
    match actor:
        case Member():
            return "user", actor.user_id, actor.name
        case Signer():
            return "contact", actor.signer_id, actor.name
        case PlatformAdmin():
            return "platform_admin", actor.user_id, actor.name
        case System():
            return "provider" if actor.name in PROVIDERS else "system", None, actor.name
        case _:
            raise RuntimeError("a visitor leaves no trail")


def _run_afterwards(work: UnitOfWork) -> None:
    """What is lost here is found by the sweeps: the saved row says that it is due."""
    for call in work._afterwards:  # noqa: SLF001  this module is the unit of work
        try:
            call()
        except Exception:
            log.exception("saved, but what should follow the commit failed")
