"""One clause written anew on somebody's wish: a proposal beside the text, which a person accepts or discards.

The order is a draft job like any other (row, lease, stream, failover, retry, the month's quota), but its result
changes nothing by itself.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

from redis.exceptions import RedisError
from sqlmodel import col, select

from contractflow.broker.connections import request_redis
from contractflow.broker.draft_stream import ask_to_stop
from contractflow.content import blocks, nodes
from contractflow.content.blocks import Block, heading
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound, Stale
from contractflow.models import Document, DraftJob
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.documents.editing import find_block, open_for_editing
from contractflow.services.documents.locks import is_locked, require_open
from contractflow.services.documents.versions import add_version
from contractflow.services.drafts import fairness, rows
from contractflow.services.drafts.saving import origin_of, proposal
from contractflow.services.moving import locked, move, touched
from contractflow.workflows.draft_job import ACTIVE, REWRITE, Decision, DraftStatus

log = logging.getLogger(__name__)

LONGEST_WISH = 500
CHANGED = "This clause was changed since its rewrite was asked for. The rewritten text is still here: copy what you need."


def rewrite(work: UnitOfWork, document_id: UUID, block_id: str, wish: str, idempotency_key: str) -> UUID:
    """Order one clause anew: `wish` is "stricter", "shorter", "plainer", or a person's own words. Returns the order's id.

    A finished proposal nobody decided on makes room for the new one. Twice with one key is the same as once. Raises
    IllegalMove while the clause is being rewritten or the text may not change, Invalid (field "wish"), LimitReached.
    """
    work.require(P.DOCUMENT_GENERATE)
    document, _, content = open_for_editing(work, document_id)
    if earlier := rows.ordered_before(work, document, idempotency_key):
        return earlier.id
    asked, block = _asked(wish), find_block(content, block_id)
    title, body = parts(block.md)
    if not body:
        raise Invalid("There is nothing below the heading yet. Write a line, then have it rewritten.", "wish")
    _make_room(work, document, block_id)
    limits.require_room(work, "drafts")
    others = [heading(other) for other in content.blocks if other.id != block_id and heading(other)]
    told = {"wish": asked, "md": block.md, "heading": title, "others": others}
    job = DraftJob(
        org_id=document.org_id,
        document_id=document.id,
        kind=rows.CLAUSE,
        block_id=block_id,
        brief={**document.brief, "rewrite": told},
        idempotency_key=idempotency_key,
        requested_by=work.member.user_id,
        queued_at=work.now,
    )
    work.db.add(job)
    work.record("document:rewrite", "document", document.id, document_id=document.id, clause=heading(block))
    work.db.flush()
    work.after_commit(lambda: rows.wake_worker(job))
    touched(work, document)
    return job.id


def accept(work: UnitOfWork, document_id: UUID, draft_id: UUID) -> None:
    """Put the rewritten clause in the place of the old one: a new version, so that an approval becomes stale.

    Accepting twice is the same as once. Raises Stale when the clause was changed meanwhile, IllegalMove when it is
    not written yet, was discarded, or the text may not change any more.
    """
    document, version, content = open_for_editing(work, document_id)
    job = _rewrite_of(work, document, draft_id)
    if job.decision is Decision.ACCEPTED:
        return
    _decide(work, job, "accept")
    block = next((block for block in content.blocks if block.id == job.block_id), None)
    if block is None or not is_current(job, block):
        raise Stale(CHANGED)
    require_open(work, version, [block.id])
    changed = blocks.replace(content.blocks, block.id, proposed(job, block))
    facts = {**origin_of(work, job, job.model), "accepted_by": work.member.name}
    if is_locked(version, block.id):
        facts |= {"locked": True, "lock_edited": True}
    saved = add_version(
        work,
        document,
        replace(content, blocks=changed),
        source="ai",
        provenance={**version.provenance, block.id: facts},
        note=f"Rewrite of “{heading(block)}” accepted",
    )
    job.result_version_id = saved.id


def discard(work: UnitOfWork, document_id: UUID, draft_id: UUID) -> None:
    """Away with the proposal, also while it is being written; anybody who may draft can. Twice is the same as once."""
    work.require(P.DOCUMENT_GENERATE)
    document = locked(work, Document, document_id, "document")
    job = _rewrite_of(work, document, draft_id)
    if job.decision is Decision.DISCARDED:
        return
    _put_away(work, job)
    touched(work, document)


def parts(md: str) -> tuple[str, str]:
    """The heading line of a clause ("" for none) and what stands below it."""
    first, _, rest = md.partition("\n")
    return (first, rest.strip()) if first.startswith("#") else ("", md.strip())


def is_current(job: DraftJob, block: Block) -> bool:
    """Whether `block` still says what was to be rewritten; another number in its heading does not matter."""
    return parts(block.md)[1] == parts(job.brief["rewrite"]["md"])[1]


def proposed(job: DraftJob, block: Block) -> str:
    """The rewritten clause under the heading that `block` has now."""
    return proposal(job, parts(block.md)[0])


def _asked(wish: str) -> str:
    words = " ".join(nodes.visible(wish).split())
    if not words:
        raise Invalid("Say how the clause should change.", "wish")
    if len(words) > LONGEST_WISH:
        raise Invalid(f"This is too long: at most {LONGEST_WISH} characters.", "wish")
    return words


def _make_room(work: UnitOfWork, document: Document, block_id: str) -> None:
    query = select(DraftJob).where(
        col(DraftJob.document_id) == document.id,
        col(DraftJob.kind) == rows.CLAUSE,
        col(DraftJob.block_id) == block_id,
        col(DraftJob.decision) == Decision.OPEN,
    )
    job = work.db.exec(query.with_for_update().execution_options(populate_existing=True)).first()
    if job is None:
        return
    if job.status in ACTIVE:
        raise IllegalMove("This clause is being rewritten already. Wait for it, or stop it.")
    _put_away(work, job)
    work.db.flush()


def _rewrite_of(work: UnitOfWork, document: Document, draft_id: UUID) -> DraftJob:
    job = locked(work, DraftJob, draft_id, "rewrite")
    if job.kind != rows.CLAUSE or job.document_id != document.id:
        raise NotFound("rewrite")
    return job


def _put_away(work: UnitOfWork, job: DraftJob) -> None:
    if job.status in ACTIVE:
        _stop(work, job)
    _decide(work, job, "discard")


def _stop(work: UnitOfWork, job: DraftJob) -> None:
    """The row says so at once; its writer hears it at its next word, or at its next heartbeat."""
    if job.status is DraftStatus.RUNNING:
        with suppress(RedisError, OSError):
            ask_to_stop(request_redis(), job.id, job.epoch)
    rows.cancel(work, job)
    fairness.pass_on(work)


def _decide(work: UnitOfWork, job: DraftJob, verb: str) -> None:
    job.decided_by, job.decided_at = work.member.user_id, work.now
    move(work, job, REWRITE, verb, clause=heading(Block("", job.brief["rewrite"]["md"])))
