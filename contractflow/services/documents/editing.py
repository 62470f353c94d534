"""Changing a document's words: block by block, each save a new version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from contractflow.content import blocks, nodes, variables
from contractflow.content.blocks import Block
from contractflow.content.lines import one_line
from contractflow.content.plan import PaymentPlan
from contractflow.content.version import LONGEST_TITLE, Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotFound
from contractflow.models import Document, DocumentVersion
from contractflow.money import parse_money
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services.documents.locks import require_open
from contractflow.services.documents.subject import DRAFTING, current_version
from contractflow.services.documents.versions import add_version
from contractflow.services.moving import locked
from contractflow.services.templates.using import check_value
from contractflow.workflows.document import Status

EDITABLE = (Status.DRAFT, Status.REVIEW)


def save_block(work: UnitOfWork, document_id: UUID, block_id: str, md: str, base: str) -> str:
    """Replace one block's text; `base` is the digest of the text the edit started from.

    Returns the new digest. Saving what is already there changes nothing. Raises Stale when somebody else
    changed this block in the meantime, Invalid for text that cannot be printed, IllegalMove once it is sent.
    """
    document, version, content = open_for_editing(work, document_id)
    current = find_block(content, block_id)
    text = blocks.edited(current, md, base)
    if text == current.md:
        return blocks.digest(current)
    require_open(work, version, [block_id])
    changed = replace(content, blocks=blocks.replace(content.blocks, block_id, text))
    _save(work, document, version, changed, touched=[block_id])
    return blocks.digest(find_block(changed, block_id))


def add_block(work: UnitOfWork, document_id: UUID, after: str, md: str) -> str:
    """Put new text behind block `after` (empty: at the top). Returns the id of the (first) new block."""
    document, version, content = open_for_editing(work, document_id)
    added = blocks.split(md, seed=f"{document_id}:{version.number}")
    if not added:
        raise Invalid("Write something first.", "md")
    position = 0 if not after else content.blocks.index(find_block(content, after)) + 1
    changed = (*content.blocks[:position], *added, *content.blocks[position:])
    _save(work, document, version, replace(content, blocks=changed), touched=[b.id for b in added])
    return added[0].id


def remove_block(work: UnitOfWork, document_id: UUID, block_id: str) -> None:
    """Take a block out; doing it twice is the same as once."""
    document, version, content = open_for_editing(work, document_id)
    kept = tuple(block for block in content.blocks if block.id != block_id)
    if len(kept) != len(content.blocks):
        require_open(work, version, [block_id])
        _save(work, document, version, replace(content, blocks=kept))


def fill_in(work: UnitOfWork, document_id: UUID, values: Mapping[str, str]) -> None:
    """Give variables of the text their values; names that are not in the text are ignored, an empty value opens one."""
    document, version, content = open_for_editing(work, document_id)
    names = {name for block in content.blocks for name in variables.find(block.md)}
    lines = {name: " ".join(nodes.visible(value).split()) for name, value in values.items() if name in names}
    typed = {name: check_value(work, document.template_id, name, line) for name, line in lines.items()}
    filled = {name: value for name, value in {**content.variables, **typed}.items() if value}
    if filled != content.variables:
        _save(work, document, version, replace(content, variables=filled))


def rename(work: UnitOfWork, document_id: UUID, title: str) -> None:
    document, version, content = open_for_editing(work, document_id)
    line = one_line(title, "title", "a title", LONGEST_TITLE)
    if line != content.title:
        named = {"document.title": line} if "document.title" in content.variables else {}
        _save(work, document, version, replace(content, title=line, variables={**content.variables, **named}))


def replan(work: UnitOfWork, document_id: UUID, total: str, plan: PaymentPlan) -> None:
    """A new total and payment plan; part of the content, so an approval becomes stale."""
    document, version, content = open_for_editing(work, document_id)
    total_minor = parse_money(total, content.currency, field="total")
    changed = replace(content, total_minor=total_minor, payment_plan=plan)
    if changed != content:
        _save(work, document, version, changed)


def confirm_placeholder(work: UnitOfWork, document_id: UUID) -> None:
    """A person has read the placeholder text and lets it stand: from now on it may be sent."""
    document, version, content = open_for_editing(work, document_id)
    provenance = {block: {**facts, "reviewed": True} for block, facts in version.provenance.items()}
    if provenance != version.provenance:
        add_version(
            work, document, content, source="human", provenance=provenance, note="Placeholder text confirmed"
        )
        work.record("document:confirm_placeholder", "document", document.id, document_id=document.id)


def open_for_editing(work: UnitOfWork, document_id: UUID) -> tuple[Document, DocumentVersion, Content]:
    """The document, locked, with its words as they are now. Raises NotFound, and IllegalMove when they may not change."""
    work.require(P.DOCUMENT_EDIT)
    document = locked(work, Document, document_id, "document")
    if document.status not in EDITABLE:
        raise IllegalMove(
            f"This document is “{document.status}” now, so its text is frozen. Recall it to change it."
        )
    if document.generation_status in DRAFTING:
        raise IllegalMove("The draft is still being written. Wait for it, or stop it, then edit.")
    version = current_version(work, document)
    if version is None:
        raise NotFound("document")
    return document, version, Content.from_text(version.content)


def _save(
    work: UnitOfWork,
    document: Document,
    version: DocumentVersion,
    content: Content,
    touched: Sequence[str] = (),
) -> None:
    provenance = {b.id: version.provenance[b.id] for b in content.blocks if b.id in version.provenance}
    edited = {"reviewed": True, "edited_by": _name(work), "edited_at": work.now.isoformat()}
    for block_id in touched:
        facts = provenance.get(block_id, {})
        provenance[block_id] = facts | edited | ({"lock_edited": True} if facts.get("locked") else {})
    saved = add_version(work, document, content, source="human", provenance=provenance)
    work.record("document:edit", "document", document.id, document_id=document.id, version=saved.number)


def find_block(content: Content, block_id: str) -> Block:
    """Raises NotFound when it is not there (any more)."""
    for block in content.blocks:
        if block.id == block_id:
            return block
    raise NotFound("clause")


def _name(work: UnitOfWork) -> str:
    return work.actor.name if isinstance(work.actor, Member) else ""
