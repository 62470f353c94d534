"""The starter library: put on an organisation's shelf once, from then on its own."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import col, select, update

from contractflow.content.blocks import split
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed
from contractflow.integrations.ai import shelf
from contractflow.models import Template
from contractflow.models.columns import uuid7
from contractflow.permissions import Member, System
from contractflow.permissions import Permission as P
from contractflow.services.templates.rows import CLAUSE, DOCUMENT, FALLBACK, PREFERRED
from contractflow.workflows.template import TemplateStatus


def stock(work: UnitOfWork) -> int:
    """Put what is missing of our starters into use; what an organisation has already, also put away, stays as it is.

    Returns how many were added.
    """
    work.require(P.TEMPLATE_PUBLISH)
    return _put(work, work.member.org_id, work.member)


def stock_new(work: UnitOfWork, founder: Member) -> None:
    """The same for the organisation that is just being made, in the name of who makes it."""
    if not isinstance(work.actor, System) or founder.org_id != work.actor.org_id:
        raise NotAllowed("That is not yours to do.")
    _put(work, founder.org_id, founder)


def _put(work: UnitOfWork, org_id: UUID, by: Member) -> int:
    there = set(work.db.exec(select(Template.kind, Template.origin).where(col(Template.origin).is_not(None))))
    names = set(work.db.exec(select(Template.kind, Template.name)))
    new = [
        one for one in _starters(org_id)
        if (one.kind, one.origin) not in there and (one.kind, one.name) not in names
    ]  # fmt: skip
    if not new:
        return 0
    work.db.add_all(new)
    work.db.flush()
    ids = [one.id for one in new]
    published = update(Template).where(col(Template.id).in_(ids)).values(status=TemplateStatus.PUBLISHED)
    work.db.execute(published, execution_options={"synchronize_session": False})
    work.record("template:stock", "org", org_id, by=by, count=len(new))
    return len(new)


def _starters(org_id: UUID) -> Iterator[Template]:
    """As drafts: that is how every row begins."""
    for one in shelf.clauses():
        body = [{"id": PREFERRED, "md": one.preferred}]
        body += [{"id": FALLBACK, "md": one.fallback}] if one.fallback else []
        texts = (one.preferred, one.fallback)
        yield _row(org_id, CLAUSE, one.key, one.title, one.category, body, *texts)
    for key, starter in shelf.STARTERS.items():
        text = "\n\n".join(md for _, md in shelf.paragraphs(key))
        body = [{"id": block.id, "md": block.md} for block in split(text, seed=key)]
        yield _row(org_id, DOCUMENT, key, starter.name, starter.kind, body, text, about=starter.about)


def _row(
    org_id: UUID,
    kind: str,
    key: str,
    name: str,
    category: str,
    body: list[dict[str, str]],
    *texts: str,
    about: str = "",
) -> Template:
    new_id = uuid7()
    return Template(
        id=new_id,
        org_id=org_id,
        family_id=new_id,
        kind=kind,
        name=name,
        category=category,
        about=about,
        body=body,
        variables=[one.to_json() for one in shelf.variables_in(*texts)],
        origin=key,
    )
