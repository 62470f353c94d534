"""Everything the document's own page shows, in one read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import col, func, select

from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import (
    AppUser,
    Client,
    Document,
    DocumentVersion,
    DraftJob,
    Membership,
    Project,
    Signer,
)
from contractflow.money import format_money
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services import bounces
from contractflow.services.display import When, shown
from contractflow.services.documents import next_step
from contractflow.services.documents.block_rows import BlockRow, VariableRow, block_rows, variable_rows
from contractflow.services.documents.creating import KINDS
from contractflow.services.documents.editing import EDITABLE
from contractflow.services.documents.next_step import Around
from contractflow.services.documents.preflight import Check, checks, unmet
from contractflow.services.documents.review_rows import Review, review
from contractflow.services.documents.subject import GONE, as_sent, current_version, subject
from contractflow.services.documents.verbs import refusals
from contractflow.services.identity import verifying
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus

OVER = (Status.VOIDED, Status.DECLINED)


@dataclass(frozen=True)
class PlanLine:
    label: str
    amount: str
    due: str


@dataclass(frozen=True)
class Place:
    """Where a document belongs, each with its name; what is empty it has not."""

    project_id: str = ""
    project: str = ""
    parent_id: str = ""
    parent: str = ""
    """The signed document that this one, a change order, changes."""


@dataclass(frozen=True)
class SignerRow:
    id: str
    name: str
    email: str
    status: str
    at: When
    returned: str = ""
    """Why mails to the address come back; empty when they arrive."""
    can_send_again: bool = False


@dataclass(frozen=True)
class DocumentPage:
    """`can` says of every verb whether it would succeed now, `why_not` why it would not."""

    id: str = ""
    number: str = ""
    title: str = ""
    kind: str = ""
    client: str = ""
    client_id: str = ""
    place: Place = field(default_factory=Place)
    owner: str = ""
    total: str = ""
    currency: str = ""
    status: str = ""
    approval_status: str = ""
    generation_status: str = ""
    version: str = ""
    version_id: str = ""
    approved_version: str = ""
    next_step: str = ""
    can: dict[str, bool] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)
    has_text: bool = False
    draft_key: str = ""
    is_editable: bool = False
    is_approver: bool = False
    has_placeholder: bool = False
    closed_reason: str = ""
    expires: When = field(default_factory=When)
    checks: list[Check] = field(default_factory=list)
    unmet: str = ""
    """Which of the checks keep it from going out; empty when none does."""
    blocks: list[BlockRow] = field(default_factory=list)
    last_block: str = ""
    variables: list[VariableRow] = field(default_factory=list)
    plan: list[PlanLine] = field(default_factory=list)
    signers: list[SignerRow] = field(default_factory=list)
    review: Review = field(default_factory=Review)


def one(work: UnitOfWork, document_id: UUID) -> DocumentPage:
    """The document as the member who asks may see and change it. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    document = work.db.get(Document, document_id)
    if document is None or document.deleted_at is not None:
        raise NotFound("document")
    version = current_version(work, document)
    facts = subject(work, document)
    reviewed = review(work, document, facts)
    signers = _signers(work, document)
    around = Around(
        owner=_member_name(work, document.owner_id),
        signers=[s.name for s in signers],
        approvers=reviewed.waiting_for,
        step=_step_words(reviewed),
        is_blocked=reviewed.is_blocked,
        can_choose=reviewed.can_ask_another,
        can_override=reviewed.can_override,
        is_asked=reviewed.my_step > 0,
        may_write=work.actor.may(P.DOCUMENT_EDIT),
        may_send=work.actor.may(P.DOCUMENT_SEND, own=facts.is_own(work.actor)),
    )
    client = work.db.get_one(Client, document.client_id).name
    # The two answers that come with a form are only asked for when it is filled in.
    verbs = refusals(work, replace(facts, comment="given", reason="given"))
    asked_first = checks(as_sent(facts), is_confirmed=verifying.is_confirmed(work))
    return DocumentPage(
        id=str(document.id),
        number=document.number,
        title=document.title,
        kind=KINDS[document.kind],
        client=client,
        client_id=str(document.client_id),
        place=_place(work, document),
        owner=around.owner,
        total=format_money(document.total_minor, document.currency),
        currency=document.currency,
        status=document.status,
        approval_status=document.approval_status,
        generation_status=document.generation_status,
        version=str(version.number) if version else "",
        version_id=str(document.current_version_id or ""),
        approved_version=_version_number(work, document.approved_version_id),
        next_step=next_step.sentence(facts, around),
        can={verb: not why for verb, why in verbs.items()},
        why_not={verb: why for verb, why in verbs.items() if why},
        has_text=facts.has_content,
        draft_key=_draft_key(work, document),
        checks=asked_first,
        unmet=unmet(asked_first),
        is_editable=document.status in EDITABLE and not facts.is_drafting and around.may_write,
        is_approver=around.is_asked,
        has_placeholder=facts.has_placeholder,
        closed_reason=document.closed_reason or "",
        expires=shown(work, document.expires_at),
        blocks=block_rows(work, version, facts.content),
        last_block=facts.content.blocks[-1].id if facts.content and facts.content.blocks else "",
        variables=variable_rows(facts.content),
        plan=plan_lines(facts.content),
        signers=signers,
        review=reviewed,
    )


def _place(work: UnitOfWork, document: Document) -> Place:
    project = work.db.get(Project, document.project_id) if document.project_id else None
    parent = work.db.get(Document, document.parent_id) if document.parent_id else None
    return Place(
        str(project.id) if project else "",
        project.name if project else "",
        str(parent.id) if parent else "",
        parent.title if parent else "",
    )


def _step_words(reviewed: Review) -> str:
    """Which of several steps is open: "Step 1 of 2, Finance: "; empty for a single one."""
    open_now = next((step for step in reviewed.steps if step.state in ("open", "blocked")), None)
    if open_now is None or len(reviewed.steps) < 2:
        return ""
    return f"Step {open_now.number} of {len(reviewed.steps)}, {open_now.name}: "


def plan_lines(content: Content | None) -> list[PlanLine]:
    if content is None:
        return []
    return [
        PlanLine(row.label, format_money(row.amount_minor, content.currency), f"{row.when}, {row.terms}")
        for row in content.payment_plan.rows
    ]


def _draft_key(work: UnitOfWork, document: Document) -> str:
    """The same for every click on what this page shows, so that a double click orders one draft."""
    drafts = work.db.exec(select(func.count()).where(col(DraftJob.document_id) == document.id)).one()
    return f"{document.current_version_id}:{drafts}"


def _signers(work: UnitOfWork, document: Document) -> list[SignerRow]:
    query = (
        select(Signer)
        .where(col(Signer.document_id) == document.id, col(Signer.status).not_in(GONE))
        .order_by(col(Signer.ordinal), col(Signer.id))
        .limit(50)
    )
    found = list(work.db.exec(query))
    returned = bounces.standing(work, [s.email for s in found]) if found else {}
    is_own = isinstance(work.actor, Member) and document.owner_id == work.actor.membership_id
    may = bool(returned) and work.actor.may(P.SIGNER_EDIT, own=is_own)
    return [
        SignerRow(
            str(s.id),
            s.name,
            s.email,
            _standing(document, s),
            shown(work, s.completed_at or s.first_viewed_at or s.invited_at),
            returned.get(s.email, ""),
            may and s.email in returned,
        )
        for s in found
    ]


def _standing(document: Document, signer: Signer) -> str:
    """Their state; "over" where the document came to an end before they signed."""
    is_asked = signer.status in (SignerStatus.WAITING, SignerStatus.INVITED, SignerStatus.VIEWED)
    return "over" if is_asked and document.status in OVER else signer.status


def _member_name(work: UnitOfWork, membership_id: UUID) -> str:
    member = work.db.get_one(Membership, membership_id)
    return work.db.get_one(AppUser, member.user_id).name


def _version_number(work: UnitOfWork, version_id: UUID | None) -> str:
    version = work.db.get(DocumentVersion, version_id) if version_id else None
    return str(version.number) if version else ""
