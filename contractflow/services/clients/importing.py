"""Clients from a CSV file: looked at first, row by row, then taken over; a row that cannot be used says why and is left."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import col, func, select

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
    currency, known = work.db.get_one(Org, work.member.org_id).default_currency, _known(work)
    rows, fresh = [], []
    for number, line in enumerate(lines, start=2):
        said = {name: line.get(name, "") for name in COLUMNS}
        status, problem = "new", ""
        try:
            typed = said | {"currency": said["currency"].strip().upper() or currency}
            new = check(NewClient(**typed, is_consumer=False))
            key = (new.name.lower(), new.contact_email)
            status = "known" if key in known else "new"
            known.add(key)
            fresh += [new] if status == "new" else []
        except Invalid as wrong:
            status, problem = "bad", wrong.message
        row = ImportedRow(
            str(number),
            said["name"][:200],
            said["contact_name"][:200],
            said["contact_email"][:254],
            status,
            problem,
        )
        rows.append(row)
    return rows, fresh


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


def _known(work: UnitOfWork) -> set[tuple[str, str]]:
    """Name and address of every client there is, as a double of them is recognised."""
    query = (
        select(func.lower(Client.name), Contact.email)
        .join(Contact, col(Contact.client_id) == Client.id)
        .where(col(Client.archived_at).is_(None))
    )
    return set(work.db.exec(query).all())


def _summed(rows: list[ImportedRow]) -> Preview:
    count = {status: sum(row.status == status for row in rows) for status in ("new", "known", "bad")}
    return Preview(rows, **count, report=_report(rows) if count["bad"] else "")


def _report(rows: list[ImportedRow]) -> str:
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(["line", "client", "contact", "email", "problem"])
    table.writerows(
        [row.line, _plain(row.name), _plain(row.contact), _plain(row.email), row.problem]
        for row in rows
        if row.status == "bad"
    )
    return out.getvalue()


def _plain(cell: str) -> str:
    """A spreadsheet runs what begins like a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
