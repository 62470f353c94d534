"""What every attempt leaves behind: who was asked, with which prompt, how it ended, what it cost."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.integrations.ai.failover import CAUSES, LABELS
from contractflow.integrations.ai.prices import cost_micros
from contractflow.integrations.ai.words import Attempt
from contractflow.models import DraftAttempt, DraftJob

WORKER_LOST = "worker_lost"


def record(work: UnitOfWork, draft_id: UUID, number: int, template: str, attempts: Sequence[Attempt]) -> None:
    """Keep `attempts`, made in attempt `number` of the draft."""
    work.db.add_all(
        DraftAttempt(
            org_id=work.system("drafts").org_id,
            draft_id=draft_id,
            attempt=number,
            provider=each.provider,
            model=each.model,
            template=template,
            outcome=each.outcome,
            first_text_ms=each.first_text_ms,
            characters=each.shown,
            tokens_in=each.tokens_in,
            tokens_out=each.tokens_out,
            cost_micros=cost_micros(each.model, each.tokens_in, each.tokens_out, each.started_at.date()),
            started_at=each.started_at,
            ended_at=each.ended_at,
        )
        for each in attempts
    )


def record_loss(work: UnitOfWork, job: DraftJob) -> None:
    """Nobody can say how far the worker of this attempt got."""
    work.db.add(
        DraftAttempt(
            org_id=job.org_id,
            draft_id=job.id,
            attempt=job.attempt,
            provider=job.provider,
            outcome=WORKER_LOST,
            started_at=job.started_at or job.queued_at,
            ended_at=work.now,
        )
    )


def cause(work: UnitOfWork, draft_id: UUID) -> str:
    """Which provider failed last and why, in words; empty when it was no provider."""
    query = (
        select(DraftAttempt)
        .where(col(DraftAttempt.draft_id) == draft_id, col(DraftAttempt.outcome).in_(CAUSES))
        .order_by(col(DraftAttempt.id).desc())
    )
    last = work.db.exec(query.limit(1)).first()
    if last is None or last.provider is None:
        return ""
    words = f"{LABELS.get(last.provider, last.provider)} {CAUSES[last.outcome]}."  # type: ignore[index]
    return words[:1].upper() + words[1:]
