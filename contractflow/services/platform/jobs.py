"""The page of the jobs: machines from Redis; drafts, providers and costs from the gates, which name no document."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, text

from contractflow.broker.breaker import BreakerState
from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.ai.failover import CAUSES, LABELS
from contractflow.integrations.ai.prices import price_of
from contractflow.services.display import when
from contractflow.services.drafts.writing import MOST_ATTEMPTS
from contractflow.services.platform.appointing import only_admins
from contractflow.services.platform.machines import machines
from contractflow.services.platform.rows import (
    CauseRow,
    CostRow,
    FailureRow,
    JobsPage,
    ProviderRow,
    UnderWayRow,
)

MOST_ROWS = 50
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER_CAUSES = {
    "skipped": "Was not asked: its breaker was open",
    "worker_lost": "The worker was lost",
    "unusable": "What came back was not a contract",
    "unexpected": "A fault of ours",
}


def jobs(work: UnitOfWork) -> JobsPage:
    """How the platform's work is doing right now. Raises NotAllowed."""
    only_admins(work)
    running = machines(work.now)
    month = work.now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    costs = _rows(work, "SELECT * FROM gate_platform_costs(:since, :most)", since=month, most=MOST_ROWS)
    return JobsPage(
        read_at=f"{work.now:%H:%M:%S} UTC",
        note=running.note,
        lanes=running.lanes,
        workers=running.workers,
        under_way=[
            _under_way(row, work.now)
            for row in _rows(work, "SELECT * FROM gate_platform_drafts(:most)", most=MOST_ROWS)
        ],
        failures=[
            _failure(row, work.now)
            for row in _rows(work, "SELECT * FROM gate_platform_failures(:most)", most=MOST_ROWS)
        ],
        providers=_providers(work, running.breakers, is_known=not running.note),
        causes=_causes(work),
        costs=[_cost(row) for row in costs],
        total_cost=_worth(*(sum(row[each] for row in costs) for each in ("cost_micros", "unpriced"))),
        month=f"{work.now:%B %Y}",
    )


def _rows(work: UnitOfWork, query: str, **values: Any) -> Sequence[RowMapping]:
    return work.db.execute(text(query), values).mappings().all()


def _under_way(row: RowMapping, now: datetime) -> UnderWayRow:
    status = "silent" if row["is_silent"] else row["status"]
    return UnderWayRow(
        id=str(row["id"]),
        org=row["org_name"],
        what=_what(row),
        status=status,
        provider=_name(row["provider"]),
        attempt=f"{row['attempt']} of {MOST_ATTEMPTS}" if row["attempt"] else "",
        age=_age(now - (row["started_at"] or row["queued_at"])),
    )


def _failure(row: RowMapping, now: datetime) -> FailureRow:
    at = when(row["finished_at"], now)
    code = row["error_code"] or "unexpected"
    return FailureRow(
        id=str(row["id"]),
        org_id=str(row["org_id"]),
        org=row["org_name"],
        what=_what(row),
        cause=_cause_words(code),
        ago=at.ago,
        exact=at.exact,
    )


def _providers(work: UnitOfWork, breakers: dict[str, BreakerState], *, is_known: bool) -> list[ProviderRow]:
    query = "SELECT * FROM gate_platform_latency(:since)"
    hour, day = (
        {row["provider"]: row for row in _rows(work, query, since=work.now - span)} for span in (HOUR, DAY)
    )
    known = settings()
    models = {
        "gemini": known.gemini_model if known.gemini_api_key else "",
        "openai": known.openai_model if known.openai_api_key else "",
        "placeholder": "no AI, cannot fail",
    }
    return [
        ProviderRow(
            key=key,
            name=_name(key),
            model=_model_words(key, model, work.now.date()),
            state=_state(key, bool(model), breakers.get(key), is_known=is_known),
            breaker=_breaker_words(breakers.get(key)),
            hour=_latency(hour.get(key)),
            day=_latency(day.get(key)),
            failed_hour=_failed(hour.get(key)),
            failed_day=_failed(day.get(key)),
        )
        for key, model in models.items()
    ]


def _model_words(key: str, model: str, today: date) -> str:
    """With a word when nobody has told us what it charges: its costs are unknown."""
    if not model:
        return "no key"
    return model if key == "placeholder" or price_of(model, today) else f"{model} · no price"


def _state(key: str, has_key: bool, breaker: BreakerState | None, *, is_known: bool) -> str:
    if not has_key:
        return "off"
    if key == "placeholder":
        return "closed"
    if not is_known:
        return "unknown"
    return "open" if breaker and breaker.is_open else "closed"


def _breaker_words(breaker: BreakerState | None) -> str:
    if breaker is None or not breaker.failures:
        return ""
    failures = "1 failure" if breaker.failures == 1 else f"{breaker.failures} failures"
    if not breaker.is_open:
        return failures
    return f"{failures}, asked again in {breaker.seconds} s" if breaker.seconds else f"{failures}, asked next"


def _causes(work: UnitOfWork) -> list[CauseRow]:
    query = "SELECT * FROM gate_platform_causes(:since)"
    hour = {
        (row["provider"], row["outcome"]): row["times"] for row in _rows(work, query, since=work.now - HOUR)
    }
    return [
        CauseRow(
            key=f"{row['provider']}-{row['outcome']}",
            provider=_name(row["provider"]) or "—",
            cause=_cause_words(row["outcome"]),
            hour=f"{hour.get((row['provider'], row['outcome']), 0):,}",
            day=f"{row['times']:,}",
        )
        for row in _rows(work, query, since=work.now - DAY)
    ]


def _cost(row: RowMapping) -> CostRow:
    return CostRow(
        org_id=str(row["org_id"]),
        org=row["org_name"],
        attempts=f"{row['attempts']:,}",
        tokens=f"{row['tokens_in']:,} in, {row['tokens_out']:,} out",
        cost=_worth(row["cost_micros"], row["unpriced"]),
    )


def _what(row: RowMapping) -> str:
    return "One clause" if row["kind"] == "clause" else "Whole document"


def _name(provider: str | None) -> str:
    name = LABELS.get(provider or "", provider or "")
    return name[:1].upper() + name[1:]


def _cause_words(code: str) -> str:
    words = {str(trouble): sentence for trouble, sentence in CAUSES.items()} | OTHER_CAUSES
    said = words.get(code, code.replace("_", " "))
    return said[:1].upper() + said[1:]


def _latency(row: RowMapping | None) -> str:
    if row is None or row["p50_ms"] is None:
        return "—"
    return f"{row['p50_ms'] / 1000:.1f} s · {row['p95_ms'] / 1000:.1f} s"


def _failed(row: RowMapping | None) -> str:
    if row is None or not row["asked"]:
        return "—"
    failed = row["asked"] - row["delivered"]
    return f"{100 * failed / row['asked']:.0f} % of {row['asked']:,}"


def _age(span: timedelta) -> str:
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min"


def _worth(micros: int, unpriced: int) -> str:
    """Of attempts together; `unpriced`: of how many nobody knows the cost, which is not the same as none."""
    if not unpriced:
        return _dollars(micros)
    return f"{_dollars(micros)} and {unpriced:,} without a price" if micros else "no price"


def _dollars(micros: int) -> str:
    """Millionths of a dollar as people read them; what is hardly anything is not nothing."""
    if 0 < micros < 10_000:
        return "under $0.01"
    return f"${micros / 1_000_000:,.2f}"
