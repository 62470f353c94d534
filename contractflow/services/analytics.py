"""What a person would look at: how long signing takes, how far documents come, what is signed, and what is still owed.

Months and days are those of the organisation's time zone; amounts stay in their currencies, which are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, literal_column, select
from sqlmodel import col

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Client, Document, Invoice, Org
from contractflow.money import format_amount, format_money
from contractflow.permissions import Permission as P
from contractflow.services.display import timezone_of, zone
from contractflow.services.invoices.issuing import today
from contractflow.workflows.billing import UNPAID
from contractflow.workflows.document import Status

PERIODS: Final = (3, 6, 12, 24)
"""In months, the present one included."""
USUAL: Final = 12
STAGES: Final = ("Draft", "Review", "Sent", "Signed", "Paid")
AGES: Final = ("Not due yet", "1–30 days late", "31–60 days late", "61–90 days late", "Over 90 days late")
MOST_CLIENTS: Final = 500


@dataclass(frozen=True)
class Bar:
    """`width` is in percent of the longest, `top` what is left of it above."""

    label: str
    words: str
    width: str
    top: str
    plain: str = ""
    """The figure as a spreadsheet counts with it."""


@dataclass(frozen=True)
class Money:
    """One currency's bars and what they come to."""

    currency: str
    total: str
    bars: list[Bar]


@dataclass(frozen=True)
class Cohort:
    """What became of the documents made in one month, in the order of STAGES."""

    month: str
    counts: list[str]


@dataclass(frozen=True)
class ClientChoice:
    value: str
    label: str


@dataclass(frozen=True)
class AnalyticsPage:
    median: str = ""
    p90: str = ""
    signed: str = ""
    """How many were signed in the period; the times are theirs."""
    funnel: list[Bar] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)
    value_signed: list[Money] = field(default_factory=list)
    receivables: list[Money] = field(default_factory=list)
    clients: list[ClientChoice] = field(default_factory=list)
    is_empty: bool = True


def page(work: UnitOfWork, *, months: int = USUAL, client_id: UUID | None = None) -> AnalyticsPage:
    """The figures of the last `months`, of all clients or of one. Raises NotFound for somebody else's client."""
    work.require(P.DOCUMENT_READ)
    work.require(P.INVOICE_READ)
    if client_id and work.db.get(Client, client_id) is None:
        raise NotFound("client")
    span = _months(work, months if months in PERIODS else USUAL)
    start = _start(work, span[0])
    of_client = [] if client_id is None else [col(Document.client_id) == client_id]
    documents = [col(Document.deleted_at).is_(None), *of_client]
    made = _made(work, start, documents)
    median, p90, signed = _times(work, start, documents)
    receivables = _receivables(work, client_id)
    return AnalyticsPage(
        median=_span(median),
        p90=_span(p90),
        signed=f"{signed:,}",
        funnel=_funnel(made.values()),
        cohorts=[Cohort(_words(m), [f"{n:,}" for n in made.get(m, (0,) * len(STAGES))]) for m in span],
        value_signed=_values(work, start, documents, span),
        receivables=receivables,
        clients=_clients(work),
        is_empty=not made and not signed and not receivables,
    )


def _times(
    work: UnitOfWork, start: datetime, documents: Iterable[ColumnElement[bool]]
) -> tuple[float | None, float | None, int]:
    """Seconds from the sending to the last signature: the median, the ninetieth percentile; and of how many."""
    seconds = func.extract("epoch", col(Document.signed_at) - col(Document.sent_at))
    query = select(
        func.percentile_cont(0.5).within_group(seconds), func.percentile_cont(0.9).within_group(seconds), func.count()
    ).where(col(Document.signed_at) >= start, col(Document.sent_at).is_not(None), *documents)  # fmt: skip
    median, p90, count = work.db.execute(query).one()
    return median, p90, count


def _made(
    work: UnitOfWork, start: datetime, documents: Iterable[ColumnElement[bool]]
) -> dict[str, tuple[int, ...]]:
    """By month: how many documents were made, and how many of those got as far as each later stage."""
    sent = col(Document.sent_at).is_not(None)
    month = _month(work, col(Document.created_at))
    query = (
        select(
            month,
            func.count(),
            func.count().filter((col(Document.approval_round) > 0) | sent),
            func.count(col(Document.sent_at)),
            func.count(col(Document.signed_at)),
            func.count(col(Document.paid_at)),
        )
        .where(col(Document.created_at) >= start, *documents)
        .group_by(literal_column("1"))
    )
    return {row[0]: tuple(row[1:]) for row in work.db.execute(query)}


def _funnel(made: Iterable[tuple[int, ...]]) -> list[Bar]:
    sums = [sum(stage) for stage in zip(*made, strict=True)] or [0] * len(STAGES)
    first = sums[0]
    return [
        _bar(stage, f"{count:,}" + (f" · {100 * count / first:.0f}%" if first and stage != "Draft" else ""), count, first)
        for stage, count in zip(STAGES, sums, strict=True)
    ]  # fmt: skip


def _values(
    work: UnitOfWork, start: datetime, documents: Iterable[ColumnElement[bool]], span: list[str]
) -> list[Money]:
    """What was signed, by month and currency."""
    query = (
        select(
            _month(work, col(Document.signed_at)), col(Document.currency), func.sum(col(Document.total_minor))
        )
        .where(
            col(Document.signed_at) >= start,
            col(Document.status).in_([Status.SIGNED, Status.PAID]),
            *documents,
        )
        .group_by(literal_column("1"), literal_column("2"))
    )
    return _by_currency(work.db.execute(query), [(month, _words(month)) for month in span])


def _receivables(work: UnitOfWork, client_id: UUID | None) -> list[Money]:
    """What is open now, by how late it is, whatever the period."""
    late = today(work, work.db.get_one(Org, work.actor.org_id)) - col(Invoice.due_on)
    age = case((late > 90, 4), (late > 60, 3), (late > 30, 2), (late > 0, 1), else_=0)
    query = (
        select(age, col(Invoice.currency), func.sum(col(Invoice.total_minor) - col(Invoice.paid_minor)))
        .where(col(Invoice.status).in_(UNPAID))
        .where(*([] if client_id is None else [col(Invoice.client_id) == client_id]))
        .group_by(literal_column("1"), literal_column("2"))
    )
    return _by_currency(work.db.execute(query), list(enumerate(AGES)))


def _by_currency(rows: Iterable[Any], labels: list[tuple[Any, str]]) -> list[Money]:
    sums: dict[str, dict[Any, int]] = {}
    for row in rows:
        sums.setdefault(row[1], {})[row[0]] = int(row[2])
    return [_money(currency, sums[currency], labels) for currency in sorted(sums)]


def _money(currency: str, sums: Mapping[Any, int], labels: list[tuple[Any, str]]) -> Money:
    longest = max(sums.values(), default=0)
    bars = [
        _bar(
            words, format_money(sum_, currency), sum_, longest, format_amount(sum_, currency).replace(",", "")
        )
        for key, words in labels
        for sum_ in (sums.get(key, 0),)
    ]
    return Money(currency, format_money(sum(sums.values()), currency), bars)


def _bar(label: str, words: str, part: int, whole: int, plain: str = "") -> Bar:
    """At least one percent where there is anything."""
    share = max(1, 100 * part // whole) if part > 0 and whole > 0 else 0
    return Bar(label, words, f"{share}%", f"{100 - share}%", plain or str(part))


def _month(work: UnitOfWork, at: Any) -> ColumnElement[str]:
    """ "2026-11" in the organisation's time zone."""
    return func.to_char(func.timezone(timezone_of(work), at), "YYYY-MM")


def _months(work: UnitOfWork, count: int) -> list[str]:
    """The last `count` months, the oldest first."""
    local = work.now.astimezone(zone(timezone_of(work)))
    last = local.year * 12 + local.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - count + 1, last + 1)]


def _start(work: UnitOfWork, month: str) -> datetime:
    return datetime.strptime(month, "%Y-%m").replace(tzinfo=zone(timezone_of(work)))


def _words(month: str) -> str:
    return f"{datetime.strptime(month, '%Y-%m'):%b %Y}"  # noqa: DTZ007 -- a month has no zone


def _span(seconds: float | None) -> str:
    """How long it took, as people say it; empty when nothing was signed."""
    if seconds is None:
        return ""
    hours = float(seconds) / 3600
    if hours < 1:
        return f"{max(1, round(hours * 60))} min"
    return f"{hours:.1f} h" if hours < 24 else f"{hours / 24:.1f} days"


def _clients(work: UnitOfWork) -> list[ClientChoice]:
    query = (
        select(col(Client.id), col(Client.name))
        .where(col(Client.archived_at).is_(None))
        .order_by(col(Client.name), col(Client.id))
    )
    return [ClientChoice(str(key), name) for key, name in work.db.execute(query.limit(MOST_CLIENTS))]
