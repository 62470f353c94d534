"""A new document: for a client, of a kind, with a brief and a payment plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import typed_plan, variables
from contractflow.content.kinds import KINDS
from contractflow.content.lines import one_line
from contractflow.content.typed_plan import TypedRow
from contractflow.content.version import LONGEST_TITLE, Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Client, Contact, Document, Org, Signer
from contractflow.money import CURRENCIES, parse_money
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.documents.placing import place
from contractflow.services.documents.versions import add_version
from contractflow.services.moving import locked
from contractflow.services.templates.using import Started, start

TONES = {"plain": "Plain", "formal": "Formal", "friendly": "Friendly"}
LENGTHS = {"standard": "Standard", "short": "Short", "detailed": "Detailed"}
__all__ = ["KINDS", "LENGTHS", "TONES", "Brief", "NewDocument", "create", "one_line"]
TEXT_LIMIT, MUST_HAVES_LIMIT, MUST_HAVE_LIMIT = 8_000, 20, 500


@dataclass(frozen=True)
class Brief:
    """What the AI is told. Free text of the person; data for the prompt, never instruction.

    `variables` is one a line, "Start date = 1 May" or a name alone; they stand in the text as {{start_date}}.
    """

    scope: str
    term: str = ""
    tone: str = "plain"
    must_haves: list[str] = field(default_factory=list)
    jurisdiction: str = ""
    length: str = "standard"
    variables: str = ""


@dataclass(frozen=True)
class NewDocument:
    """The form as it was typed: `client_id` is a UUID or empty, `total` an amount such as "12,000.00".

    `project_id` is a project of that client, or empty; `parent_id` the signed document that this one changes, or empty.
    """

    client_id: str
    kind: str
    title: str
    brief: Brief
    currency: str
    total: str
    plan: Sequence[TypedRow]
    template_id: str = ""
    """What it begins with instead of a blank page; then the kind is the template's, and no scope is needed."""

    values: Mapping[str, str] = field(default_factory=dict)
    """What was typed for the template's variables."""

    project_id: str = ""
    parent_id: str = ""


def create(work: UnitOfWork, new: NewDocument, *, idempotency_key: str) -> UUID:
    """Create the document as a draft with its first version and its signer. Twice with one key: the same document.

    Raises Invalid (with the field's name), NotFound for a client of somebody else, LimitReached.
    """
    work.require(P.DOCUMENT_CREATE)
    org = locked(work, Org, work.member.org_id, "organisation")
    if earlier := _created_before(work, idempotency_key):
        return earlier
    limits.require_room(work, "documents")
    client = locked(work, Client, _client_id(new), "client")
    if client.archived_at is not None:
        raise Invalid("This client is archived. Restore it first.", "client_id")
    contact = _primary_contact(work, client)
    started = _started(work, new, org, client, contact)
    content = _content(new, started)
    document = Document(
        org_id=org.id,
        client_id=client.id,
        **place(work, new.project_id, new.parent_id, client),
        template_id=started.template_id if started else None,
        kind=started.kind if started else new.kind,
        title=content.title,
        number=_next_number(work, org),
        currency=content.currency,
        total_minor=content.total_minor,
        brief={
            **asdict(new.brief),
            "scope": new.brief.scope or (started.scope if started else ""),
            "variables": variables.read(new.brief.variables),
            "key": idempotency_key,
        },
        owner_id=work.member.membership_id,
        created_by=work.member.user_id,
        locale=client.locale,
    )
    work.db.add(document)
    work.db.flush()
    provenance = started.provenance if started else None
    add_version(work, document, content, source="template" if started else "human", provenance=provenance)
    _add_signer(work, document, contact)
    work.record(
        "document:create",
        "document",
        document.id,
        document_id=document.id,
        number=document.number,
        kind=document.kind,
    )
    return document.id


def _started(
    work: UnitOfWork, new: NewDocument, org: Org, client: Client, contact: Contact
) -> Started | None:
    """What the template makes of the values that were typed, and of what we know of both sides."""
    if not new.template_id:
        return None
    try:
        template_id = UUID(new.template_id)
    except ValueError:
        raise Invalid("This template is not in use any more. Choose another one.", "template_id") from None
    known = {
        "agency.name": org.name,
        "client.name": client.legal_name or client.name,
        "client.address": " ".join(client.billing_address.get("lines", "").split()),
        "contact.name": contact.name,
        "document.title": " ".join(new.title.split()),
    }
    return start(work, template_id, new.values, known)


def _content(new: NewDocument, started: Started | None) -> Content:
    title = one_line(new.title, "title", "a title", LONGEST_TITLE)
    if started is None and new.kind not in KINDS:
        raise Invalid("Choose what kind of document it is.", "kind")
    if new.currency not in CURRENCIES:
        raise Invalid("Choose one of the currencies offered.", "currency")
    _check_brief(new.brief, is_scope_asked=started is None)
    total = parse_money(new.total, new.currency, field="total")
    values = {name: value for name, value in variables.read(new.brief.variables).items() if value}
    plan = typed_plan.read(new.plan, new.currency)
    if started is not None:
        return Content(title, started.blocks, {**values, **started.values}, plan, total, new.currency)
    return Content(title, (), values, plan, total, new.currency)


def _client_id(new: NewDocument) -> UUID:
    try:
        return UUID(new.client_id)
    except ValueError:
        raise Invalid("Choose a client, or add one first.", "client_id") from None


def _check_brief(brief: Brief, *, is_scope_asked: bool) -> None:
    if is_scope_asked and not brief.scope.strip():
        raise Invalid("Describe the work in a sentence or two; the draft is written from it.", "scope")
    for name in ("scope", "term", "jurisdiction", "variables"):
        if len(getattr(brief, name)) > TEXT_LIMIT:
            raise Invalid(f"This is too long: at most {TEXT_LIMIT:,} characters.", name)
    if brief.tone not in TONES:
        raise Invalid("Choose one of the tones offered.", "tone")
    if brief.length not in LENGTHS:
        raise Invalid("Choose one of the lengths offered.", "length")
    if len(brief.must_haves) > MUST_HAVES_LIMIT or any(len(m) > MUST_HAVE_LIMIT for m in brief.must_haves):
        raise Invalid(
            f"At most {MUST_HAVES_LIMIT} must-haves of {MUST_HAVE_LIMIT} characters each.", "must_haves"
        )


def _created_before(work: UnitOfWork, key: str) -> UUID | None:
    query = select(Document.id).where(col(Document.brief)["key"].astext == key)
    return work.db.exec(query.limit(1)).first()


def _next_number(work: UnitOfWork, org: Org) -> str:
    org.contract_seq += 1
    return f"CF-{work.now.year}-{org.contract_seq:05d}"


def _primary_contact(work: UnitOfWork, client: Client) -> Contact:
    query = (
        select(Contact)
        .where(
            col(Contact.client_id) == client.id,
            col(Contact.can_sign),
            col(Contact.anonymised_at).is_(None),
        )
        .order_by(col(Contact.is_primary).desc(), col(Contact.id))
    )
    contact = work.db.exec(query.limit(1)).first()
    if contact is None:
        raise Invalid("This client has no contact who can sign. Add one first.", "client_id")
    return contact


def _add_signer(work: UnitOfWork, document: Document, contact: Contact) -> None:
    work.db.add(
        Signer(
            org_id=document.org_id,
            document_id=document.id,
            contact_id=contact.id,
            role="signer",
            name=contact.name,
            email=contact.email,
            locale=contact.locale,
            timezone=contact.timezone,
        )
    )
