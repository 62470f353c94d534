"""What people look at, asked through the product's own services as the role of the web, and the database's share of it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy import event

from contractflow.db.engine import engine
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.permissions import Member, Role
from contractflow.services import (
    analytics,
    audit,
    clients,
    desk,
    documents,
    feed,
    home,
    invoices,
    leads,
    projects,
    search,
)
from contractflow.services.audit import Wanted
from contractflow.services.documents import DocumentList

Look = Callable[[UnitOfWork], Any]
YEAR_AGO = f"{date.today() - timedelta(days=365)}"  # noqa: DTZ011 -- somewhere in the middle of two years


@dataclass
class Organisation:
    """One that is looked at: who looks, and what there is to ask for."""

    name: str
    member: Member
    documents: list[UUID]
    clients: list[UUID]
    titles: list[str]
    projects: list[UUID]
    middle: str = ""
    """The key of a page far down the list."""
    invoice: str = ""
    """The same for invoices."""
    taken: dict[str, list[float]] = field(default_factory=dict)
    """Milliseconds that the database took, by what was asked: from each statement to its answer."""
    cpu: dict[str, list[float]] = field(default_factory=dict)
    """The milliseconds of processor time in it, which others at work do not lengthen."""


def organisation(admin_url: str, name: str, number: int) -> Organisation:
    with psycopg.connect(admin_url) as admin:
        query = """SELECT o.id, m.id, m.user_id FROM org o JOIN membership m ON m.org_id = o.id AND m.role = 'owner'
                    WHERE o.slug = %s"""
        org_id, membership_id, user_id = admin.execute(query, (f"agency-{number}",)).fetchone() or (None,) * 3
        member = Member(user_id, org_id, membership_id, Role.OWNER, "Olivia Owner", is_confirmed=True)
        found = admin.execute(
            "SELECT id, title, updated_at FROM document WHERE org_id = %s ORDER BY md5(id::text) LIMIT 400",
            (org_id,),
        ).fetchall()
        key = sorted((f"{at.isoformat()}|{one}" for one, _, at in found))[len(found) // 2]
        people = admin.execute("SELECT id FROM client WHERE org_id = %s", (org_id,)).fetchall()
        projects = admin.execute("SELECT id FROM project WHERE org_id = %s", (org_id,)).fetchall()
        invoice = admin.execute(
            "SELECT id FROM invoice WHERE org_id = %s ORDER BY md5(id::text) LIMIT 1", (org_id,)
        ).fetchone()
    return Organisation(
        name,
        member,
        [one for one, _, _ in found],
        [one for (one,) in people],
        [title for _, title, _ in found],
        [one for (one,) in projects],
        key,
        str(invoice[0]) if invoice else "",
    )


def looks(of: Organisation, chance: random.Random) -> dict[str, Look]:
    """One of everything, each time about something else."""
    title = chance.choice(of.titles).split()
    rare, common = title[0], "agreement"

    def page(**asked: Any) -> Callable[[UnitOfWork], DocumentList]:
        return lambda work: documents.list_page(work, **asked)

    def bills(status: str) -> Look:
        return lambda work: invoices.list_page(work, status=status)

    statuses = {f"list, {one}": page(status=one) for one in ("draft", "review", "sent", "signed", "paid", "declined", "expired", "voided")}  # fmt: skip
    return {
        "list, first page": page(),
        "list, a page in the middle": page(after=of.middle),
        **statuses,
        "list, of a client": page(client_ids=[chance.choice(of.clients)]),
        "list, called by a rare word": page(text=rare),
        "list, called by a common word": page(text="website"),
        "counts by status": documents.counts,
        "clients": clients.list_page,
        "clients, called by a word": lambda work: clients.list_page(work, text=rare[:4]),
        "client page": lambda work: clients.one(work, chance.choice(of.clients)),
        "projects": projects.list_page,
        "project page": lambda work: projects.one(work, chance.choice(of.projects)),
        "invoices": invoices.list_page,
        "invoices, a page in the middle": lambda work: invoices.list_page(work, after=of.invoice),
        **{f"invoices, {one}": bills(one) for one in ("open", "overdue", "paid", "void")},
        "leads": leads.list_page,
        "leads, called by a word": lambda work: leads.list_page(work, text=rare),
        "notifications": feed.page,
        "notifications, how many": feed.unread,
        "audit log": lambda work: audit.page(work, Wanted()),
        "audit log, of a person": lambda work: audit.page(work, Wanted(person=str(of.member.user_id))),
        "audit log, of a kind": lambda work: audit.page(work, Wanted(kind="documents")),
        "audit log, of a document": lambda work: audit.page(work, Wanted(document=str(of.documents[0]))),
        "audit log, of a time": lambda work: audit.page(work, Wanted(until=YEAR_AGO)),
        "home": home.page,
        "palette": lambda work: search.find(work, rare[:4]),
        "search, a rare word": lambda work: search.page(work, rare, kind="document"),
        "search, a common word": lambda work: search.page(work, common, kind="document"),
        "search, two common words": lambda work: search.page(work, f"{common} payment", kind="document"),
        "search, two words": lambda work: search.page(work, f"{common} {rare}", kind="document"),
        "search, two letters": lambda work: search.page(work, rare[:2], kind="document"),
        "search, no such word": lambda work: search.page(work, "xylophonist", kind="document"),
        "search, of every kind": lambda work: search.page(work, rare),
        "analytics, a year": analytics.page,
        "document page": lambda work: desk.of_document(work, chance.choice(of.documents)),
    }


def measure(of: Organisation, rounds: int, seed: int) -> None:
    """Ask for everything `rounds` times, in turns, and note what the database took for it."""
    chance = random.Random(seed)
    spent = [0.0]
    began = [0.0]

    def before(*_: Any) -> None:
        began[0] = time.perf_counter()

    def after(*_: Any) -> None:
        spent[0] += time.perf_counter() - began[0]

    event.listen(engine(), "before_cursor_execute", before)
    event.listen(engine(), "after_cursor_execute", after)
    for number in range(rounds + 1):
        for name, look in looks(of, chance).items():
            with unit_of_work(of.member) as work:
                server = _backend(work)
                spent[0], used = 0.0, _cpu_ms(server)
                look(work)
                used = _cpu_ms(server) - used
            if number:  # the first round opens connections and reads what nobody has read yet
                of.taken.setdefault(name, []).append(spent[0] * 1000)
                of.cpu.setdefault(name, []).append(used)
    event.remove(engine(), "before_cursor_execute", before)
    event.remove(engine(), "after_cursor_execute", after)


def _backend(work: UnitOfWork) -> int:
    """The process of the server that answers this transaction."""
    connection = work.db.connection().connection.driver_connection
    assert connection is not None
    return int(connection.info.backend_pid)


def _cpu_ms(pid: int) -> float:
    """What the kernel says the process has run on a processor (man 5 proc, schedstat)."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6
