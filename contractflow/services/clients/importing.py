"""Clients from a CSV file: looked at first, row by row, then taken over; a row that cannot be used says why and is left."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import col, select

from contractflow.content.cells import harmless
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Client, Contact, Org
from contractflow.permissions import Permission as P
from contractflow.services.clients.adding import NewClient, check, put
from contractflow.services.moving import locked

MOST_ROWS, LONGEST_TEXT = 500, 300_000
DELIMITERS = ",;\t|"
COLUMNS: Mapping[str, tuple[str, ...]] = {
    # field          what the first line may call it
    "name": ("client", "company", "name", "client name", "company name"),
    "contact_name": ("contact", "contact name", "person", "full name"),
    "contact_email": ("email", "e-mail", "contact email", "mail"),
    "contact_title": ("title", "role", "position"),
    "currency": ("currency",),
    "legal_name": ("legal name",),
    "address": ("address", "billing address"),
}
NEEDED = ("name", "contact_name", "contact_email")


@dataclass(frozen=True)
class ImportedRow:
    """`status` is "new", "known" (there already, left alone) or "bad", and then `problem` says why."""

    line: str
    name: str
    contact: str
    email: str
    status: str
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    rows: list[ImportedRow] = field(default_factory=list)
    new: int = 0
    known: int = 0
    bad: int = 0
    report: str = ""
    """The bad rows as CSV again, with why: to mend them and import only those."""


def preview(work: UnitOfWork, text: str) -> Preview:
    """What importing `text` would do; nothing is changed. Raises Invalid when it is no table of clients."""
    work.require(P.CLIENT_WRITE)
    rows, _ = _judged(work, text)
    return _summed(rows)


def import_rows(work: UnitOfWork, text: str) -> Preview:
    """Add every new client of `text` and leave the rest, as `preview` said. Twice is the same as once."""
    work.require(P.CLIENT_WRITE)
    org = locked(work, Org, work.member.org_id, "organisation")
    rows, fresh = _judged(work, text)
    for new in fresh:
        put(work, new)
    if fresh:
        work.record("client:import", "org", org.id, clients=len(fresh))
    return _summed(rows)


def _judged(work: UnitOfWork, text: str) -> tuple[list[ImportedRow], list[NewClient]]:
    lines = _lines(text)
    currency = work.db.get_one(Org, work.member.org_id).default_currency
    checked = [_checked(line, currency) for line in lines]
    known = _known(work, {one.contact_email for one in checked if isinstance(one, NewClient)})
    rows, fresh = [], []
    for number, (line, one) in enumerate(zip(lines, checked, strict=True), start=2):
        if isinstance(one, Invalid):
            rows.append(_row(number, line, "bad", one.message))
        elif (key := (one.name.lower(), one.contact_email)) in known:
            rows.append(_row(number, line, "known"))
        else:
            known.add(key)
            fresh.append(one)
            rows.append(_row(number, line, "new"))
    return rows, fresh


def _checked(line: dict[str, str], currency: str) -> NewClient | Invalid:
    said = {name: line.get(name, "") for name in COLUMNS}
    said["currency"] = said["currency"].strip().upper() or currency
    try:
        return check(NewClient(**said, is_consumer=False))
    except Invalid as wrong:
        return wrong


def _row(number: int, line: dict[str, str], status: str, problem: str = "") -> ImportedRow:
    name, contact, email = (line.get(field_name, "")[:254] for field_name in NEEDED)
    return ImportedRow(str(number), name, contact, email, status, problem)


def _lines(text: str) -> list[dict[str, str]]:
    """The rows by our names of their columns. Raises Invalid."""
    if not text.strip():
        raise Invalid("Choose a CSV file, or paste its lines.", "text")
    if len(text) > LONGEST_TEXT:
        raise Invalid("This file is too large. Import it in parts of at most 500 clients.", "text")
    first = text.lstrip("\ufeff \r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff \r\n"), newline=""), delimiter=delimiter)
    try:
        table = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise Invalid("This is no CSV file that can be read.", "text") from None
    if not table:
        raise Invalid("There are only empty cells in it.", "text")
    named = [_named(cell) for cell in table[0]]
    if missing := [name for name in NEEDED if name not in named]:
        words = ", ".join(f"“{COLUMNS[name][0]}”" for name in missing)
        raise Invalid(f"The first line has to name the columns; it lacks {words}.", "text")
    if len(table) - 1 > MOST_ROWS:
        raise Invalid(f"At most {MOST_ROWS} clients at a time; this has {len(table) - 1:,}.", "text")
    if len(table) == 1:
        raise Invalid("There is nothing below the first line.", "text")
    return [dict(zip(named, row, strict=False)) for row in table[1:]]


def _named(cell: str) -> str:
    words = " ".join(cell.lower().replace("_", " ").split())
    return next((name for name, known in COLUMNS.items() if words in known), words)


def _known(work: UnitOfWork, emails: set[str]) -> set[tuple[str, str]]:
    """Name and address of the clients there are with these addresses, as a double of them is recognised."""
    query = (
        select(Client.name, Contact.email)
        .join(Contact, col(Contact.client_id) == Client.id)
        .where(col(Client.archived_at).is_(None), col(Contact.email).in_(emails))
    )
    return {(name.lower(), email) for name, email in work.db.exec(query)}


def _summed(rows: list[ImportedRow]) -> Preview:
    count = {status: sum(row.status == status for row in rows) for status in ("new", "known", "bad")}
    return Preview(rows, **count, report=_report(rows) if count["bad"] else "")


def _report(rows: list[ImportedRow]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["line", "client", "contact", "email", "problem"])
    table.writerows(
        [row.line, *map(harmless, (row.name, row.contact, row.email)), row.problem]
        for row in rows
        if row.status == "bad"
    )
    return out.getvalue()
