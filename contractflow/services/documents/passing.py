"""An approval changes hands: passed on by who was asked, given to somebody else by an admin, or left behind by who is gone."""

from __future__ import annotations

from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import Approval as ApprovalRow
from contractflow.models import AppUser, Document, Membership
from contractflow.permissions import Permission as P
from contractflow.services.documents import approvers
from contractflow.services.documents.asking import ask
from contractflow.services.documents.people import owner_of
from contractflow.services.documents.rounds import OpenStep, open_step_of, tell_blocked
from contractflow.services.moving import locked, touched
from contractflow.workflows.document import Approval

ANSWERED = "This request is answered already, or somebody else is asked by now."
OWN_DOCUMENT = "You wrote this document, so somebody else decides who approves it."


def reassign(work: UnitOfWork, document_id: UUID, approval_id: UUID, to_id: UUID | None) -> None:
    """Let the member `to_id` answer instead: one's own request, or as an admin anybody's. Twice is the same as once.

    Raises Invalid (field "to"), IllegalMove for what is answered, NotAllowed, NotFound.
    """
    document = locked(work, Document, document_id, "document")
    stands = open_step_of(work, document, lock=True)
    request = _of_document(work, document, approval_id)
    is_own = request.approver_id == work.member.membership_id
    work.require(P.APPROVAL_REASSIGN, own=is_own)
    if not is_own:
        _refuse_author(work, document)
    if any(r.approver_id == to_id and r.delegated_from == request.approver_id for r in stands.requests):
        return
    if document.approval_status is not Approval.PENDING or request not in stands.requests:
        raise IllegalMove(ANSWERED)
    if request.decision != "pending":
        raise IllegalMove(ANSWERED)
    whom = _askable(work, document, stands, to_id)
    _close(work, request)
    _ask_instead(work, document, stands, request, whom)


def ask_another(work: UnitOfWork, document_id: UUID, to_id: UUID | None) -> None:
    """Ask one more in a step that nobody can meet any more; for admins and the owner. Twice is the same as once.

    Raises IllegalMove while the step can be met, Invalid (field "to"), NotAllowed, NotFound.
    """
    document = locked(work, Document, document_id, "document")
    work.require(P.APPROVAL_REASSIGN)
    _refuse_author(work, document)
    stands = open_step_of(work, document, lock=True)
    if to_id in stands.asked and document.approval_status is Approval.PENDING:
        return
    if document.approval_status is not Approval.PENDING or not stands.count.is_blocked:
        raise IllegalMove("Enough people are asked. Pass one of their requests on instead.")
    place, person = _askable(work, document, stands, to_id)
    request = _request(document, stands, place, rule="asked by an admin")
    ask(work, document, request, person, owner_of(work, document).name, stands.round)
    work.record(
        "approval:ask", "approval", request.id, document_id=document.id, person=person.name,
        step=stands.step.name,
    )  # fmt: skip
    touched(work, document)


def replace_gone(
    work: UnitOfWork, document: Document, request: ApprovalRow, prefer: UUID | None = None
) -> bool:
    """Who was asked can no longer answer: ask an admin or the owner, where the others are too few; `prefer` first.

    The document is locked. False when nobody is left who could be asked; the step is blocked then.
    """
    _close(work, request)
    touched(work, document)
    stands = open_step_of(work, document, lock=True)
    if document.approval_status is not Approval.PENDING or request.step != stands.number:
        return True
    if not stands.count.is_blocked:
        return True
    free = [
        one
        for one in approvers.eligible(work, document)
        if one[0].id not in stands.asked and one[0].id != request.approver_id
    ]
    if not free:
        return False
    _ask_instead(work, document, stands, request, next((one for one in free if one[0].id == prefer), free[0]))
    return True


def attend_gone(work: UnitOfWork, document: Document, request: ApprovalRow) -> None:
    """What the scheduler found: a request of somebody who is gone. Where nobody can be asked, the leaders are told."""
    if not replace_gone(work, document, request):
        tell_blocked(work, document, open_step_of(work, document))


def _of_document(work: UnitOfWork, document: Document, approval_id: UUID) -> ApprovalRow:
    query = select(ApprovalRow).where(
        col(ApprovalRow.id) == approval_id,
        col(ApprovalRow.document_id) == document.id,
    )
    request = work.db.exec(query).first()
    if request is None:
        raise NotFound("request")
    return request


def _refuse_author(work: UnitOfWork, document: Document) -> None:
    if document.created_by == work.member.user_id:
        raise NotAllowed(OWN_DOCUMENT)


def _askable(
    work: UnitOfWork, document: Document, stands: OpenStep, to_id: UUID | None
) -> tuple[Membership, AppUser]:
    if to_id is None:
        raise Invalid("Choose who approves.", "to")
    if to_id in stands.asked:
        raise Invalid("They are asked already. Choose somebody else.", "to")
    for place, person in approvers.possible(work, document):
        if place.id == to_id:
            return place, person
    raise Invalid("Choose an active member who may approve, and who did not write the document.", "to")


def _close(work: UnitOfWork, request: ApprovalRow) -> None:
    request.decision, request.decided_at = "skipped", work.now
    work.db.flush()


def _ask_instead(
    work: UnitOfWork,
    document: Document,
    stands: OpenStep,
    request: ApprovalRow,
    whom: tuple[Membership, AppUser],
) -> None:
    place, person = whom
    again = _request(document, stands, place, rule="passed on", delegated_from=request.approver_id)
    ask(work, document, again, person, owner_of(work, document).name, stands.round)
    work.record(
        "document:pass_on", "document", document.id, document_id=document.id, person=person.name,
        delegated_from=request.approver_id,
    )  # fmt: skip
    touched(work, document)


def _request(
    document: Document,
    stands: OpenStep,
    place: Membership,
    *,
    rule: str,
    delegated_from: UUID | None = None,
) -> ApprovalRow:
    version_id = document.current_version_id
    assert version_id is not None  # noqa: S101  what is under review has a text
    return ApprovalRow(
        org_id=document.org_id,
        document_id=document.id,
        version_id=version_id,
        round=document.approval_round,
        step=stands.number,
        step_name=stands.step.name,
        required=stands.count.required,
        approver_id=place.id,
        delegated_from=delegated_from,
        rule=rule,
    )
