"""Where the links mailed to clients lead, and for how long: asked again for every event of an open portal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models.signer import Signer as SignerRow
from contractflow.permissions import Signer, Visitor
from contractflow.security.links import token_hash
from contractflow.workflows.signer import SignerStatus


class LinkKind(StrEnum):
    SIGNING = "signing"
    INVOICE = "invoice"


_LOOK_UP = {
    LinkKind.SIGNING: text(
        "SELECT org_id, document_id, signer_id AS leads_to FROM gate_signing_link(:hashed)"
    ),
    LinkKind.INVOICE: text(
        "SELECT org_id, document_id, invoice_id AS leads_to FROM gate_invoice_link(:hashed)"
    ),
}


@dataclass(frozen=True)
class Target:
    """`leads_to` is the signer or the invoice."""

    org_id: UUID
    document_id: UUID
    leads_to: UUID


@dataclass(frozen=True)
class PortalLink:
    """A link somebody opened, and as whom they act: an invoice's link acts as the document's first signer."""

    kind: LinkKind
    hashed: bytes
    target: Target
    signer_id: UUID
    name: str

    def signer(self, visitor: Visitor) -> Signer:
        return Signer(
            self.target.org_id, self.target.document_id, self.signer_id, self.name, visitor.ip, visitor.user_agent
        )  # fmt: skip

    @property
    def facts(self) -> dict[str, str]:
        """What a portal session remembers of it."""
        return {
            "kind": self.kind,
            "link": self.hashed.hex(),
            "org": str(self.target.org_id),
            "document": str(self.target.document_id),
            "leads_to": str(self.target.leads_to),
            "signer": str(self.signer_id),
            "name": self.name,
        }

    @classmethod
    def from_facts(cls, facts: Mapping[str, str]) -> PortalLink:
        target = Target(UUID(facts["org"]), UUID(facts["document"]), UUID(facts["leads_to"]))
        return cls(
            LinkKind(facts["kind"]),
            bytes.fromhex(facts["link"]),
            target,
            UUID(facts["signer"]),
            facts["name"],
        )


def look_up(work: UnitOfWork, kind: LinkKind, hashed: bytes) -> Target | None:
    """Where a link leads now; None when it never led anywhere or was taken back. For visitors."""
    row = work.db.execute(_LOOK_UP[kind], {"hashed": hashed}).one_or_none()
    return Target(row.org_id, row.document_id, row.leads_to) if row else None


def opened(work: UnitOfWork, kind: LinkKind, token: str, target: Target) -> PortalLink:
    """The link with the person it belongs to. The actor is the target's organisation. Raises NotFound."""
    people = select(SignerRow).where(SignerRow.document_id == target.document_id)
    if kind is LinkKind.SIGNING:
        people = people.where(SignerRow.id == target.leads_to)
    else:
        people = people.where(col(SignerRow.contact_id).is_not(None), col(SignerRow.role) == "signer")
        people = people.where(col(SignerRow.status).not_in([SignerStatus.REMOVED, SignerStatus.DELEGATED]))
    person = work.db.exec(people.order_by(col(SignerRow.ordinal), col(SignerRow.id)).limit(1)).one_or_none()
    if person is None:
        raise NotFound("link")
    return PortalLink(kind, token_hash(token), target, person.id, person.name)
