"""The demo agency Northlight: made with the product's own verbs, by the people who would do them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import typed_plan
from contractflow.content.typed_plan import TypedRow
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.integrations.ai.brief import Brief as Order
from contractflow.integrations.ai.library import compose
from contractflow.models import Document, Invoice, Membership, OneTimeToken, Signer
from contractflow.models.columns import uuid7
from contractflow.money import format_money
from contractflow.ops import admins, demo_codes, demo_leads, demo_settings
from contractflow.permissions import Member, Role, System, Visitor
from contractflow.permissions import Signer as SignerActor
from contractflow.security import passwords
from contractflow.security.links import one_time_code
from contractflow.services import (
    accounts,
    clients,
    documents,
    invitations,
    members,
    payments,
    portal,
)
from contractflow.services.clients import NewClient
from contractflow.services.documents import Brief, NewDocument
from contractflow.services.drafts.briefing import plan_item
from contractflow.services.identity import signing_in

PASSWORD = "northlight-demo"  # noqa: S105  printed on purpose: a demo on this machine only
OWNER = ("Olivia Hart", "olivia@northlight.test")
TEAM = (
    ("Adam Brandt", "adam@northlight.test", Role.ADMIN),
    ("Mia Sato", "mia@northlight.test", Role.MEMBER),
    ("Victor Nilsson", "victor@northlight.test", Role.VIEWER),
)
PLATFORM = ("Petra Lind", "petra@contractflow.test")
"""Sees to the platform, and is nobody at the demo agency."""
CLIENTS = (
    NewClient("Helios Coffee Roasters", "EUR", "Clara Voss", "clara@helios.test", "Head of marketing"),
    NewClient("Fernhill Hotels", "GBP", "Callum Reid", "callum@fernhill.test", "Managing director"),
    NewClient("Voltway Energy", "USD", "Carmen Ortiz", "carmen@voltway.test", "Brand lead"),
)


@dataclass(frozen=True)
class Example:
    """One document and how far it has come."""

    client: int
    kind: str
    title: str
    scope: str
    total: str
    rows: tuple[TypedRow, ...]
    until: str


EXAMPLES = (
    Example(
        0,
        "sow",
        "Website relaunch and launch campaign",
        "Strategy, design and build of the new website, and a six-week launch campaign on paid social.",
        "24,000.00",
        (
            TypedRow("deposit", "Deposit", "9,600.00"),
            TypedRow("final", "Final payment", "14,400.00", "manual"),
        ),
        "sent",
    ),
    Example(
        1,
        "retainer",
        "Social media retainer, spring season",
        "Planning, production and community management for Instagram and TikTok, twelve posts a month.",
        "9,000.00",
        (
            TypedRow("first", "First month", "3,000.00"),
            TypedRow("second", "Second month", "3,000.00", "manual"),
            TypedRow("third", "Third month", "3,000.00", "manual"),
        ),
        "review",
    ),
    Example(
        2,
        "proposal",
        "Brand refresh 2027",
        "A sharper logo, a type and colour system, and templates for decks, mail and social.",
        "18,500.00",
        (
            TypedRow("deposit", "Deposit", "5,500.00"),
            TypedRow("final", "Final payment", "13,000.00", "manual"),
        ),
        "draft",
    ),
    Example(
        0,
        "sow",
        "Harvest campaign photography",
        "Two days of location photography, forty retouched pictures, usage rights for two years.",
        "7,200.00",
        (TypedRow("full", "Full amount", "7,200.00"),),
        "paid",
    ),
    Example(
        1,
        "sow",
        "Booking page conversion study",
        "Analytics review, eight user interviews, and a tested prototype of the booking page.",
        "11,400.00",
        (
            TypedRow("deposit", "Deposit", "3,800.00"),
            TypedRow("final", "Final payment", "7,600.00", "manual"),
        ),
        "signed",
    ),
)


def load() -> list[str]:
    """Make the agency unless it is there. Returns one line per person: who signs in with what."""
    if _as(Visitor(), signing_in.credentials, OWNER[1]):
        return _sign_ins()
    hashes = asyncio.run(_hashes(2 + len(TEAM)))
    org_id = uuid7()
    for agency, person, hashed in ((org_id, OWNER, hashes[0]), (uuid7(), PLATFORM, hashes[1])):
        name = "Northlight" if agency == org_id else "ContractFlow"
        user_id = _as(System(agency, "demo"), accounts.sign_up, *person, hashed, name)
        _as(System(agency, "demo"), signing_in.proved, user_id)
        if agency != org_id:
            demo_codes.enrol(replace(_member(agency, Role.OWNER, PLATFORM[0]), is_confirmed=True))
    admins.change(PLATFORM[1], is_to_be=True)
    people = {"owner": _member(org_id, Role.OWNER, OWNER[0])}
    for (name, email, role), hashed in zip(TEAM, hashes[2:], strict=True):
        invitation = _as(people["owner"], members.invite, email, role.value_text)
        _as(System(org_id, "demo"), invitations.join, invitation, None, name, hashed)
        people[role.value_text] = _member(org_id, role, name)
    for set_up in demo_settings.OWNERS:
        _as(people["owner"], set_up)
    client_ids = [_as(people["member"], clients.add, client) for client in CLIENTS]
    for number, example in enumerate(EXAMPLES):
        _play(people, client_ids[example.client], example, f"demo-{number}")
    demo_leads.load(people["member"])
    _as(people["admin"], demo_settings.slack)
    return _sign_ins()


async def _hashes(count: int) -> list[str]:
    return list(await asyncio.gather(*[passwords.hash_password(PASSWORD) for _ in range(count)]))


def _play(people: dict[str, Member], client_id: UUID, example: Example, key: str) -> None:
    """Take one document as far as its example says, step by step."""
    author, approver = people["member"], people["admin"]
    brief = Brief(
        scope=example.scope, term="December 2026 to April 2027", must_haves=["Two rounds of revisions"]
    )
    currency = CLIENTS[example.client].currency
    new = NewDocument(
        str(client_id), example.kind, example.title, brief, currency, example.total, example.rows
    )
    document_id: UUID = _as(author, documents.create, new, idempotency_key=key)
    _as(author, documents.add_block, document_id, "", _text(example))
    if example.until == "draft":
        return
    _as(author, documents.submit, document_id)
    if example.until == "review":
        return
    version_id = _as(approver, _version, document_id)
    _as(approver, documents.approve, document_id, version_id)
    _as(author, documents.send, document_id)
    if example.until == "sent":
        return
    _sign(people["owner"], document_id)
    if example.until == "paid":
        _as(people["owner"], _pay_all, document_id)


def _sign(owner: Member, document_id: UUID) -> None:
    signer = _as(owner, _signer, document_id)
    actor = SignerActor(owner.org_id, document_id, signer.id, signer.name, "127.0.0.1", "Demo")
    _as(actor, portal.one)
    _as(actor, portal.consent)
    _as(actor, portal.request_code)
    _as(actor, portal.verify_code, one_time_code(_as(owner, _code, signer.id)))
    _as(actor, portal.sign, kind="typed", typed_name=signer.name, agreed_intent=True)


def _text(example: Example) -> str:
    client, currency = CLIENTS[example.client].name, CLIENTS[example.client].currency
    plan = typed_plan.read(example.rows, currency)
    return compose(
        Order(
            kind=example.kind,
            title=example.title,
            agency="Northlight",
            client=client,
            scope=example.scope,
            term="December 2026 to April 2027",
            must_haves=("Two rounds of revisions",),
            total=format_money(plan.sum_minor, currency),
            plan=tuple(plan_item(row, currency) for row in plan.rows),
        )
    )


def _as(actor: Any, verb: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with unit_of_work(actor) as work:
        return verb(work, *args, **kwargs)


def _member(org_id: UUID, role: Role, name: str) -> Member:
    with unit_of_work(System(org_id, "demo")) as work:
        row = work.db.exec(select(Membership).where(col(Membership.role) == role)).one()
        return Member(row.user_id, org_id, row.id, role, name, "127.0.0.1", "Demo")


def _version(work: UnitOfWork, document_id: UUID) -> UUID:
    version_id = work.db.get_one(Document, document_id).current_version_id
    assert version_id is not None  # noqa: S101  it was written a moment ago
    return version_id


def _signer(work: UnitOfWork, document_id: UUID) -> Signer:
    return work.db.exec(select(Signer).where(col(Signer.document_id) == document_id)).one()


def _code(work: UnitOfWork, signer_id: UUID) -> UUID:
    query = select(OneTimeToken.id).where(col(OneTimeToken.subject_id) == signer_id)
    return work.db.exec(query.order_by(col(OneTimeToken.id).desc()).limit(1)).one()


def _pay_all(work: UnitOfWork, document_id: UUID) -> None:
    for invoice in work.db.exec(select(Invoice).where(col(Invoice.document_id) == document_id)).all():
        payments.record(
            work,
            invoice.id,
            amount_minor=invoice.total_minor,
            received_on=work.now.date(),
            reference="Demo transfer",
            idempotency_key=f"demo:{invoice.id}",
        )


def _sign_ins() -> list[str]:
    people = [
        *((role.label, email) for _, email, role in ((*OWNER, Role.OWNER), *TEAM)),
        ("Platform", PLATFORM[1]),
    ]
    second = {PLATFORM[1]: "   then a code from ./cf demo-code"}
    return [f"{role:<8} {email:<26} {PASSWORD}{second.get(email, '')}" for role, email in people]
