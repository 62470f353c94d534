"""Putting a version to use, putting it away, and beginning the next one."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.content import blocks
from contractflow.content.unwritten import unwritten
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Template
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked, move
from contractflow.services.templates.rows import blocks_of, facts_of, family, record
from contractflow.workflows.template import TEMPLATE, TemplateStatus


def publish(work: UnitOfWork, template_id: UUID) -> None:
    """From now on documents begin with this version; the one before is put away. Twice is the same as once.

    Raises Invalid while a clause says only what it began with.
    """
    work.require(P.TEMPLATE_PUBLISH)
    template = locked(work, Template, template_id, "template")
    if template.status is TemplateStatus.PUBLISHED:
        return
    blocks.check(blocks_of(template))
    if to_do := unwritten(blocks_of(template)):
        raise Invalid(to_do)
    query = select(Template).where(
        col(Template.family_id) == template.family_id, col(Template.status) == TemplateStatus.PUBLISHED
    )
    for before in work.db.exec(query.with_for_update()):
        move(work, before, TEMPLATE, "replace", by=work.system("publishing"), **facts_of(before))
        work.db.flush()  # one is published at a time, for the database as well
    move(work, template, TEMPLATE, "publish", **facts_of(template))


def archive(work: UnitOfWork, template_id: UUID) -> None:
    """No document begins with it any more; those that did stay as they are. Twice is the same as once."""
    work.require(P.TEMPLATE_PUBLISH)
    _away(work, template_id, "archive")


def discard(work: UnitOfWork, template_id: UUID) -> None:
    """Away with a version that was never put to use; twice is the same as once."""
    work.require(P.TEMPLATE_EDIT)
    _away(work, template_id, "discard")


def revise(work: UnitOfWork, template_id: UUID) -> UUID:
    """Begin the next version with the words of this one, also of one that was put away. Returns it, or the one begun already."""
    work.require(P.TEMPLATE_EDIT)
    template = locked(work, Template, template_id, "template")
    versions = family(work, template)
    for begun in versions:
        if begun.status is TemplateStatus.DRAFT:
            return begun.id
    following = Template(
        id=uuid7(),
        org_id=template.org_id,
        family_id=template.family_id,
        kind=template.kind,
        name=template.name,
        category=template.category,
        about=template.about,
        body=list(template.body),
        variables=list(template.variables),
        is_locked=template.is_locked,
        version=versions[0].version + 1,
        origin=template.origin,
        created_by=work.member.user_id,
    )
    work.db.add(following)
    record(work, following, "revise")
    return following.id


def _away(work: UnitOfWork, template_id: UUID, verb: str) -> None:
    template = locked(work, Template, template_id, "template")
    if template.status is not TemplateStatus.ARCHIVED:
        move(work, template, TEMPLATE, verb, **facts_of(template))
