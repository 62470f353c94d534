"""The page of the search: a few of every kind, or one kind twenty at a time, with the words found marked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select

from contractflow.content.excerpts import words_in
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Permission as P
from contractflow.services.paging import by_id
from contractflow.services.search.finding import KINDS, LONGEST, hits, may_find
from contractflow.services.search.results import ResultRow, read
from contractflow.workflows.document import Status

FEW: Final = 5
PAGE: Final = 20
ROUNDS: Final = 3
"""How often a page is filled up when a filter leaves few of the hits."""


@dataclass(frozen=True)
class Group:
    """What was found of one kind; `href` leads to all of it where there is more than is shown."""

    words: str
    rows: list[ResultRow]
    href: str = ""


@dataclass(frozen=True)
class SearchPage:
    """A group of each kind, or the rows of one: `found` says how many there are, `after` is the key of the next page."""

    groups: list[Group] = field(default_factory=list)
    rows: list[ResultRow] = field(default_factory=list)
    after: str = ""
    found: str = ""


@dataclass(frozen=True)
class _Asked:
    text: str
    kind: str
    status: str = ""


@dataclass(frozen=True)
class _Part:
    """`last` is where the next part begins, if there is one; `found` is None when there are too many to count."""

    rows: list[ResultRow]
    last: UUID | None
    found: int | None


def page(work: UnitOfWork, text: str, *, kind: str = "", status: str = "", after: str = "") -> SearchPage:
    """What holds every word of `text`, newest first; of one kind by pages, documents also of one status.

    Raises Invalid for a key that is none.
    """
    work.require(P.ORG_READ)
    kinds = [one for one in ([kind] if kind in KINDS else KINDS) if may_find(work, one)]
    if not kinds or not words_in(text[:LONGEST]):
        return SearchPage()
    if kind in KINDS:
        asked = _Asked(text, kind, status if kind == "document" and status in set(Status) else "")
        return _one_kind(work, asked, by_id(after) if after else None)
    groups = [_group(work, text, one) for one in kinds]
    return SearchPage(groups=[group for group in groups if group.rows])


def _group(work: UnitOfWork, text: str, kind: str) -> Group:
    rows = _part(work, _Asked(text, kind), FEW + 1, None).rows
    href = f"/search?{urlencode({'kind': kind, 'q': text[:LONGEST]})}" if len(rows) > FEW else ""
    return Group(KINDS[kind].words, rows[:FEW], href)


def _one_kind(work: UnitOfWork, asked: _Asked, before: UUID | None) -> SearchPage:
    part = _part(work, asked, PAGE, before)
    rows, counted = part.rows, _counted(part) if before is None and not asked.status else ""
    for _ in range(ROUNDS - 1):
        if part.last is None or len(rows) >= PAGE:
            break
        part = _part(work, asked, PAGE, part.last)
        rows = [*rows, *part.rows]
    return SearchPage(rows=rows, after=str(part.last or ""), found=counted)


def _part(work: UnitOfWork, asked: _Asked, limit: int, before: UUID | None) -> _Part:
    """The next `limit` hits, less what the filter leaves out."""
    hit = hits(asked.kind, asked.text, limit, before=before)
    found = work.db.execute(select(hit.c.id, hit.c.found)).all()
    ids = [one.id for one in found]
    rows = read(work, asked.kind, ids, words_in(asked.text[:LONGEST]), asked.status)
    return _Part(rows, ids[-1] if len(ids) == limit else None, found[0].found if found else 0)


def _counted(part: _Part) -> str:
    return f"More than {PAGE}" if part.found is None else f"{part.found:,}"
