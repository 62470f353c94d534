"""Mails that came back: nothing more goes to such an address until somebody says that it works again.

Nobody waits in vain for a mail that never arrived: the owner of the document hears of it, or the Admins, where no document
is concerned; the address is marked on the member and beside the signer.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select, update

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser, Bounce, Document, Invoice, Membership, Notification, Org, Signer
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.permissions import Role
from contractflow.services import notifications
from contractflow.services.moving import locked
from contractflow.workflows.billing import UNPAID
from contractflow.workflows.signer import SignerStatus

REASON_LIMIT: Final = 300
EVEN_THEN: Final = frozenset({"verify_email", "change_email", "reset_password", "signing_code"})
"""Somebody asks for these at the screen, and waits: by one of them an address can prove that it works again."""
WITHHELD: Final = "Mails to this address came back before, so this one was not sent."
_MAILED = text("SELECT org_id, id FROM gate_mailed(:message_id)")
_KINDS: Final = ("sign_request", "completed", "invoice")
"""What is sent once more when the address of a signer works again; codes and reminders come anew by themselves."""
_MOST: Final = 50


def mailed(work: UnitOfWork, message_id: str) -> tuple[UUID, UUID] | None:
    """Organisation and row of the mail with that Message-ID; asked as a visitor, by who has the vendor's signature."""
    found = work.db.execute(_MAILED, {"message_id": message_id}).one_or_none()
    return (found.org_id, found.id) if found else None


def returned(work: UnitOfWork, notification_id: UUID, reason: str, kind: str = "bounced") -> None:
    """A mail came back for good: mark its address and tell who has to know. Twice is once."""
    work.require(P.MEMBER_INVITE)
    row = work.db.get(Notification, notification_id, with_for_update=True)
    if row is None or row.recipient is None or row.status == "bounced":
        return
    row.status, row.error = "bounced", reason[:500]
    wanted = insert(Bounce).values(
        id=uuid7(),
        org_id=row.org_id,
        created_at=work.now,
        address=row.recipient.lower(),
        kind=kind,
        reason=reason[:REASON_LIMIT],
    )
    made = work.db.execute(wanted.on_conflict_do_nothing().returning(col(Bounce.id))).scalar_one_or_none()
    if made:
        work.record("bounce:mark", "bounce", made, document_id=row.document_id, reason=reason[:REASON_LIMIT])
    _tell(work, row, reason)


def may_go(work: UnitOfWork, notification_id: UUID) -> bool:
    """Whether a mail may be tried: not when its address is marked. Then whoever waits for it hears that it was not sent."""
    work.require(P.MEMBER_INVITE)
    row = work.db.get(Notification, notification_id, with_for_update=True)
    if row is None or row.status != "queued" or row.kind in EVEN_THEN:
        return True
    if not (standing(work, [(row.recipient or "").lower()])):
        return True
    row.status, row.error = "suppressed", WITHHELD
    _tell(work, row, WITHHELD)
    return False


def standing(work: UnitOfWork, addresses: Iterable[str]) -> dict[str, str]:
    """Of these addresses those that are marked, and why."""
    work.require(P.MEMBER_READ)
    query = select(Bounce.address, Bounce.reason).where(
        col(Bounce.address).in_(list(addresses)), col(Bounce.lifted_at).is_(None)
    )
    return dict(work.db.exec(query).all())


def lift_of_member(work: UnitOfWork, membership_id: UUID) -> None:
    """Mails go to that member again; everybody may say so of their own address. Raises NotFound."""
    place = locked(work, Membership, membership_id, "member")
    if place.id != work.member.membership_id:
        work.require(P.MEMBER_INVITE)
    work.require(P.ORG_READ)
    _lift(work, work.db.get_one(AppUser, place.user_id).email)


def lift_of_signer(work: UnitOfWork, signer_id: UUID) -> int:
    """Mails go to that signer again, beginning with what they missed and still need; how many. Raises NotFound."""
    signer = locked(work, Signer, signer_id, "signer")
    document = work.db.get_one(Document, signer.document_id)
    work.require(P.SIGNER_EDIT, own=document.owner_id == work.member.membership_id)
    _lift(work, signer.email, document.id)
    rows = _missed(work, signer)
    for row in rows:
        notifications.send_anew(work, row)
    return len(rows)


def _missed(work: UnitOfWork, signer: Signer) -> list[Notification]:
    """The newest mail about the document, while it is not behind them, and that of each invoice they still owe."""
    query = (
        select(Notification)
        .where(
            col(Notification.document_id) == signer.document_id, col(Notification.recipient) == signer.email
        )
        .where(col(Notification.status).in_(("bounced", "suppressed")), col(Notification.kind).in_(_KINDS))
        .order_by(col(Notification.id).desc())
        .limit(_MOST)
        .with_for_update()
    )
    owed = select(Invoice.id).where(
        col(Invoice.document_id) == signer.document_id, col(Invoice.status).in_(UNPAID)
    )
    needed = {str(one) for one in work.db.exec(owed)} | {"completed"}
    if signer.status is not SignerStatus.SIGNED:
        needed.add("sign_request")
    newest = {row.payload.get("invoice_id", ""): row for row in reversed(list(work.db.exec(query)))}
    return [row for about, row in newest.items() if (about or row.kind) in needed]


def _lift(work: UnitOfWork, address: str, document_id: UUID | None = None) -> None:
    query = update(Bounce).where(col(Bounce.address) == address.lower(), col(Bounce.lifted_at).is_(None))
    for bounce_id in (
        work.db.execute(query.values(lifted_at=work.now).returning(col(Bounce.id))).scalars().all()
    ):
        work.record("bounce:lift", "bounce", bounce_id, document_id=document_id)


def _tell(work: UnitOfWork, row: Notification, reason: str) -> None:
    """Whoever answers for the document, else the Admins; the person whose mail it is would not get this one either."""
    if row.kind in ("mail_returned", "member_mail_returned"):
        return
    is_clients = row.user_id is None and row.document_id is not None
    kind, people = ("mail_returned", _owner(row)) if is_clients else ("member_mail_returned", _admins())
    org = work.db.get_one(Org, row.org_id)
    title = work.db.exec(select(Document.title).where(col(Document.id) == row.document_id)).first() or ""
    for person in work.db.exec(people).all():
        if person.email == row.recipient:
            continue
        notifications.queue(
            work,
            kind,
            recipient=person.email,
            user_id=person.id,
            document_id=row.document_id if is_clients else None,
            dedupe_key=f"{kind}:{row.id}:{person.id}",
            name=person.name,
            org=org.name,
            title=title,
            address=row.recipient or "",
            reason=reason[:REASON_LIMIT],
        )


def _owner(row: Notification) -> Any:
    query = select(AppUser).join(Membership, col(Membership.user_id) == AppUser.id)
    return query.join(Document, col(Document.owner_id) == Membership.id).where(
        col(Document.id) == row.document_id
    )


def _admins() -> Any:
    query = select(AppUser).join(Membership, col(Membership.user_id) == AppUser.id)
    return query.where(
        col(Membership.status) == "active", col(Membership.role).in_((Role.ADMIN, Role.OWNER))
    ).order_by(col(AppUser.id))
