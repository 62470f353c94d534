"""A document as it is printed: its rows gathered, its facts in words for the paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.integrations.signing import strokes
from contractflow.integrations.signing.printed import (
    Certificate,
    PrintedContract,
    PrintedParty,
    PrintedPayment,
    PrintedSignature,
)
from contractflow.models import (
    AppUser,
    Client,
    Contact,
    Document,
    DocumentVersion,
    Org,
    Signature,
    Signer,
)
from contractflow.money import format_money
from contractflow.services.documents.people import owner_of
from contractflow.services.orgs.branding import logo_content
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus

GONE = (SignerStatus.REMOVED, SignerStatus.DELEGATED)
_ACCENT = "#3e63dd"
_ADDRESS_LINES = 6
# fmt: off
_MARKS = {
    Status.DRAFT:  "DRAFT",
    Status.REVIEW: "DRAFT",
    Status.SENT:   "COPY",
    Status.SIGNED: "COPY",
    Status.PAID:   "COPY",
}
# fmt: on


@dataclass(frozen=True)
class Paper:
    """Every row a printed document speaks of; `titles` are the contacts' ("CMO"), by signer."""

    document: Document
    version: DocumentVersion
    org: Org
    client: Client
    owner: AppUser
    signers: tuple[Signer, ...]
    titles: Mapping[UUID, str]
    signatures: Mapping[UUID, Signature]
    logo: bytes = b""

    def party_of(self, signer: Signer) -> str:
        """For whom somebody signs."""
        if signer.member_id is not None:
            return self.org.legal_name or self.org.name
        return self.client.legal_name or self.client.name


def gather(work: UnitOfWork, document: Document, version: DocumentVersion) -> Paper:
    query = select(Org, Client).join(Client, col(Client.org_id) == Org.id)
    found = work.db.exec(query.where(col(Client.id) == document.client_id)).first()
    if found is None:
        raise NotFound("document")
    people = (
        select(Signer, Contact.title)
        .outerjoin(Contact, col(Contact.id) == Signer.contact_id)
        .where(col(Signer.document_id) == document.id, col(Signer.role) == "signer")
        .where(col(Signer.status).not_in(GONE))
        .order_by(col(Signer.ordinal), col(Signer.id))
    )
    signers = work.db.exec(people).all()
    signatures = work.db.exec(select(Signature).where(col(Signature.document_id) == document.id)).all()
    return Paper(
        document=document,
        version=version,
        org=found[0],
        client=found[1],
        owner=owner_of(work, document),
        signers=tuple(signer for signer, _ in signers),
        titles={signer.id: title or "" for signer, title in signers},
        signatures={signature.signer_id: signature for signature in signatures},
        logo=logo_content(work, found[0]),
    )


def printed(paper: Paper, certificate: Certificate | None = None) -> PrintedContract:
    """Without a certificate it is no original, and marked so on every page."""
    document, version, content = paper.document, paper.version, Content.from_text(paper.version.content)
    return PrintedContract(
        title=content.title,
        number=document.number,
        version=version.number,
        dated=day(document.sent_at or version.created_at),
        agency=paper.org.name,
        parties=_parties(paper),
        blocks=content.read_blocks,
        payments=tuple(
            PrintedPayment(row.label, row.when, row.terms, format_money(row.amount_minor, content.currency))
            for row in content.payment_plan.rows
        ),
        total=format_money(content.total_minor, content.currency),
        content_sha256=version.content_sha256.hex(),
        printed_at=document.signed_at or version.created_at,
        signatures=tuple(_signature(paper, signer) for signer in paper.signers),
        certificate=certificate,
        logo=paper.logo,
        accent=paper.org.brand.get("accent") or _ACCENT,
        mark="" if certificate else _MARKS.get(document.status, document.status.upper()),
        lang=document.locale.partition("-")[0] or "en",
    )


def day(at: datetime) -> str:
    there = at.astimezone(UTC)
    return f"{there.day} {there:%B %Y}"


def moment(at: datetime) -> str:
    """To the second and in UTC: evidence is read in every time zone."""
    return f"{at.astimezone(UTC):%d %b %Y, %H:%M:%S} UTC"


def _parties(paper: Paper) -> tuple[PrintedParty, ...]:
    org, client = paper.org, paper.client
    signing = [signer for signer in paper.signers if signer.contact_id is not None]
    represented = [line for signer in signing for line in (f"Represented by {signer.name}", signer.email)]
    return (
        PrintedParty(
            "Agency", org.legal_name or org.name,
            (*_address(org), f"Represented by {paper.owner.name}", paper.owner.email),
        ),
        PrintedParty("Client", client.legal_name or client.name, (*_address(client), *represented)),
    )  # fmt: skip


def _address(of: Org | Client) -> tuple[str, ...]:
    lines = [line.strip() for line in str(of.billing_address.get("lines", "")).splitlines()]
    tax = [f"Tax id {of.tax_id}"] if of.tax_id else []
    return (*[line for line in lines if line][:_ADDRESS_LINES], *tax)


def _signature(paper: Paper, signer: Signer) -> PrintedSignature:
    signature = paper.signatures.get(signer.id)
    party, title = paper.party_of(signer), paper.titles[signer.id]
    role = "For the agency" if signer.member_id else "For the client"
    detail = f"{title}, {party}" if title else party
    if signature is None:
        return PrintedSignature(role, signer.name, detail)
    drawn = strokes.to_svg(strokes.parse(list(signature.strokes))) if signature.strokes else ""
    return PrintedSignature(
        role=role,
        name=signature.typed_name,
        detail=detail,
        kind=signature.kind,
        signed_at=moment(signature.signed_at),
        reference=signature.id.hex[-12:],
        strokes_svg=drawn,
    )
