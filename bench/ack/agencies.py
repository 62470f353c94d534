"""People to measure with: members of new organisations, with documents to draft, made by the product's own verbs."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import select

from contractflow.content.typed_plan import TypedRow
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import Membership
from contractflow.models.columns import uuid7
from contractflow.permissions import Member, Role, System
from contractflow.services import accounts, clients, documents, invitations, members
from contractflow.services.clients import NewClient
from contractflow.services.documents import Brief, NewDocument

MEMBERS_EACH = 5
"""The trial's tier has ten seats and two hundred drafts a month."""


@dataclass(frozen=True)
class Worker:
    """One member and the documents they will order drafts of."""

    member: Member
    documents: list[UUID]


def found(people: int, documents_each: int, members_each: int = MEMBERS_EACH) -> list[Worker]:
    """`people` members with `documents_each` documents each, `members_each` to an organisation."""
    workers: list[Worker] = []
    while len(workers) < people:
        team = _organisation(min(members_each, people - len(workers)))
        client = _as(
            team[0], clients.add, NewClient("Helios Coffee", "EUR", "Clara Voss", "clara@helios.test")
        )
        workers += [Worker(one, [_document(one, client) for _ in range(documents_each)]) for one in team]
    return workers


def _organisation(size: int) -> list[Member]:
    org_id, mark = uuid7(), secrets.token_hex(4)
    _as(System(org_id, "bench"), accounts.sign_up, "Ona Bench", f"ona.{mark}@bench.test", "nobody", "Bench")
    team = [_member(org_id, Role.OWNER)]
    for number in range(1, size):
        invitation = _as(team[0], members.invite, f"mia{number}.{mark}@bench.test", "member")
        user_id = _as(System(org_id, "bench"), invitations.join, invitation, None, f"Mia {number}", "nobody")
        team.append(_member(org_id, Role.MEMBER, user_id))
    return team


def _member(org_id: UUID, role: Role, user_id: UUID | None = None) -> Member:
    with unit_of_work(System(org_id, "bench")) as work:
        places = work.db.exec(select(Membership)).all()
        place = next(one for one in places if user_id in (None, one.user_id))
        return Member(place.user_id, org_id, place.id, role, "Bench")


def _document(owner: Member, client: UUID) -> UUID:
    brief = Brief(
        "A new website and a six-week launch campaign.", "three months", must_haves=["A report every Friday"]
    )
    plan = [
        TypedRow("deposit", "Deposit", "9,600.00"),
        TypedRow("final", "Final payment", "14,400.00", "manual"),
    ]
    new = NewDocument(str(client), "sow", "Website relaunch", brief, "EUR", "24,000.00", plan)
    return UUID(str(_as(owner, documents.create, new, idempotency_key=secrets.token_hex(8))))


def _as(actor: Any, verb: Any, *args: Any, **kwargs: Any) -> Any:
    with unit_of_work(actor) as work:
        return verb(work, *args, **kwargs)
