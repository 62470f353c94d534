"""The figures of Analytics as tables for a spreadsheet: amounts as plain numbers, each currency beside its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from contractflow.content.cells import harmless
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.services import analytics
from contractflow.services.analytics import STAGES, AnalyticsPage, Money

Row = tuple[str, ...]


class Table(NamedTuple):
    headings: Row
    rows: Callable[[AnalyticsPage], Iterable[Row]]


@dataclass(frozen=True)
class File:
    name: str
    text: str


def _by_currency(sums: Iterable[Money]) -> list[Row]:
    return [(bar.label, of.currency, bar.plain) for of in sums for bar in of.bars]


# fmt: off
TABLES: Final[dict[str, Table]] = {
    #                     first line                                                   all others
    "signing":      Table(("Half are signed within", "Nine of ten within", "Signed"), lambda page: [(page.median, page.p90, page.signed)]),
    "funnel":       Table(("Stage", "Documents"),           lambda page: [(bar.label, bar.plain) for bar in page.funnel]),
    "months":       Table(("Made in", *STAGES),             lambda page: [(each.month, *each.counts) for each in page.cohorts]),
    "value-signed": Table(("Month", "Currency", "Signed"),  lambda page: _by_currency(page.value_signed)),
    "receivables":  Table(("Age", "Currency", "Open"),      lambda page: _by_currency(page.receivables)),
}
# fmt: on


def table(
    work: UnitOfWork, figures: str, *, months: int = analytics.USUAL, client_id: UUID | None = None
) -> File:
    """One of TABLES, of the same period and client as the page. Raises NotFound, also for somebody else's client."""
    page = analytics.page(work, months=months, client_id=client_id)
    if figures not in TABLES:
        raise NotFound("table")
    headings, rows = TABLES[figures]
    written = io.StringIO()
    written.write("\ufeff")  # else Excel reads – as â€“
    lines = csv.writer(written, quoting=csv.QUOTE_ALL)
    lines.writerow(headings)
    lines.writerows([harmless(cell) for cell in row] for row in rows(page))
    return File(f"{figures}.csv", written.getvalue())
