"""The scheduler: once a second it finds what is due and wakes a worker for it. It does no work itself.

Rows are the truth, so a wake-up that got lost (Redis was away, a worker died) is repeated here. Several
schedulers may run; an advisory lock in PostgreSQL lets one of them work, and another take over when it dies.
"""

from __future__ import annotations

import logging
import signal
import threading
from typing import NamedTuple

from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from contractflow.broker import heartbeats
from contractflow.broker.queue import enqueue
from contractflow.db.engine import engine, use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import AppError
from contractflow.permissions import System
from contractflow.services import drafts

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
AT_ONCE = 100
_ONLY_ONE = text("SELECT pg_try_advisory_lock(hashtext('contractflow scheduler'))")
_DUE_DRAFTS = text("SELECT org_id, id FROM gate_due_drafts(:at_once)")


class Sweep(NamedTuple):
    """`columns` of the gate function go to the job as `arguments`; its id is `<prefix>-<last column>`, as elsewhere."""

    every: int
    job: str
    prefix: str
    gate: str
    columns: tuple[str, ...]
    arguments: tuple[str, ...]


class Round(NamedTuple):
    """A job that looks for itself what there is to do."""

    every: int
    job: str


# fmt: off
SWEEPS = (
    #   every s  wakes                        id         what this gate finds        columns                    as arguments
    Sweep(2,     "mail.deliver",              "mail",    "gate_due_notifications",   ("org_id", "id"),          ("org_id", "notification_id")),
    Sweep(2,     "payments.process_webhook",  "webhook", "gate_due_webhooks",        ("id",),                   ("event_row_id",)),
    Sweep(2,     "outgoing.deliver",          "outgoing", "gate_due_deliveries",     ("org_id", "endpoint_id"), ("org_id", "endpoint_id")),
    Sweep(5,     "signing.seal",              "seal",    "gate_due_seals",           ("org_id", "document_id"), ("org_id", "document_id")),
    Sweep(30,    "documents.expire",          "expire",  "gate_expiring_documents",  ("org_id", "id"),          ("org_id", "document_id")),
    Sweep(30,    "invoices.issue_due",        "invoice", "gate_due_invoices",        ("org_id", "id"),          ("org_id", "invoice_id")),
    Sweep(30,    "plans.look",                "plan",    "gate_due_plans",           ("org_id",),               ("org_id",)),
    Sweep(60,    "documents.attend_approval", "approval", "gate_due_approvals",      ("org_id", "id"),          ("org_id", "approval_id")),
    Sweep(60,    "invoices.attend_overdue", "overdue", "gate_overdue_invoices",      ("org_id", "id"),          ("org_id", "invoice_id")),
    Sweep(60,    "orgs.erase",                "erase",   "gate_due_erasures",        ("org_id",),               ("org_id",)),
)
# fmt: on
ROUNDS = (Round(300, "payments.reconcile"), Round(600, "outgoing.forget"))


def run_scheduler() -> None:
    """Sweep until SIGTERM or SIGINT."""
    use_role(DbRole.WORKER)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.wait(TICK_SECONDS):
        try:
            with engine().connect() as connection:
                _reign(connection, stop)
        except SQLAlchemyError as problem:
            log.warning("the scheduler waits for the database: %s", type(problem).__name__)
    heartbeats.leave("scheduler")


def _reign(connection: Connection, stop: threading.Event) -> None:
    """Sweep as long as the lock, and with it the connection, is ours."""
    heartbeats.beat("scheduler")
    if not connection.execute(_ONLY_ONE).scalar():
        connection.rollback()
        return
    connection.rollback()
    tick = 0
    while not stop.wait(TICK_SECONDS):
        tick += 1
        connection.execute(text("SELECT 1"))
        connection.rollback()
        if tick % heartbeats.BEAT_SECONDS == 0:
            heartbeats.beat("scheduler")
        sweep(connection, tick)


def sweep(connection: Connection, tick: int = 0) -> None:
    """One round: drafts always, the rest when it is its turn."""
    _wake_drafts(connection)
    for each in SWEEPS:
        if tick % each.every == 0:
            _wake(connection, each)
    for each_round in ROUNDS:
        if tick and tick % each_round.every == 0:
            enqueue(each_round.job, job_id=each_round.job.replace(".", "-"))


def _wake_drafts(connection: Connection) -> None:
    due = connection.execute(_DUE_DRAFTS, {"at_once": AT_ONCE}).all()
    connection.rollback()
    for org_id, draft_id in due:
        try:
            with unit_of_work(System(org_id, "scheduler")) as work:
                drafts.wake(work, draft_id)
        except AppError as refusal:
            log.warning("draft %s stays as it is: %s", draft_id, refusal.message)


def _wake(connection: Connection, due: Sweep) -> None:
    query = f"SELECT {', '.join(due.columns)} FROM {due.gate}(:at_once)"  # noqa: S608  names from the table above
    found = connection.execute(text(query), {"at_once": AT_ONCE}).all()
    connection.rollback()
    for row in found:
        ids = dict(zip(due.arguments, row, strict=True))
        enqueue(due.job, job_id=f"{due.prefix}-{row[-1]}", **ids)
