"""A round of review: its steps are opened one after the other, each when the one before is met."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove
from contractflow.models import Approval as ApprovalRow
from contractflow.models import ApprovalRound, Document
from contractflow.services import notifications
from contractflow.services.approval_policies.choosing import EVERYTHING_ELSE, Plan
from contractflow.services.approval_policies.steps import OWNER_AND_ADMINS, Count, Step
from contractflow.services.documents import approvers
from contractflow.services.documents.asking import ask
from contractflow.services.documents.people import owner_of


@dataclass(frozen=True)
class OpenStep:
    """The step that is asked now; `round` is None for what was submitted before there were policies."""

    round: ApprovalRound | None
    steps: tuple[Step, ...]
    number: int
    requests: list[ApprovalRow]

    @property
    def step(self) -> Step:
        return self.steps[self.number - 1]

    @property
    def is_last(self) -> bool:
        return self.number >= len(self.steps)

    @property
    def count(self) -> Count:
        decided = [request.decision for request in self.requests]
        required = max((r.required for r in self.requests), default=self.step.required(0))
        return Count(decided.count("approved"), decided.count("pending"), required)

    @property
    def asked(self) -> set[object]:
        """The memberships that have answered in this step, or can."""
        return {r.approver_id for r in self.requests if r.decision in ("pending", "approved")}


def open_round(work: UnitOfWork, document: Document, plan: Plan, author: str) -> None:
    """Freeze `plan` for the current version of the locked `document`, and ask the people of its first step."""
    if document.current_version_id is None:
        raise IllegalMove("Write or draft the document first.")
    document.approval_round += 1
    round_ = ApprovalRound(
        org_id=document.org_id,
        document_id=document.id,
        version_id=document.current_version_id,
        round=document.approval_round,
        policy_id=plan.policy_id,
        policy_name=plan.name,
        policy_version=plan.version,
        why=plan.why,
        steps=[step.to_json() for step in plan.steps],
        remind_after=list(plan.remind_after),
        escalate_after=plan.escalate_after,
    )
    work.db.add(round_)
    work.db.flush()
    _open(work, document, round_, 1, author)


def open_next(work: UnitOfWork, document: Document, met: OpenStep) -> None:
    """Ask the people of the step after the one that was `met`."""
    assert met.round is not None  # noqa: S101  what has no round has one step
    met.round.step = met.number + 1
    work.db.flush()
    work.record(
        "approval:open_step", "approval_round", met.round.id, document_id=document.id,
        by=work.system("approvals"), step=met.steps[met.number].name,
    )  # fmt: skip
    _open(work, document, met.round, met.number + 1, owner_of(work, document).name)


def open_step_of(work: UnitOfWork, document: Document, *, lock: bool = False) -> OpenStep:
    """Where the round of `document` stands; `lock` holds its requests until the commit."""
    round_ = current_round(work, document)
    query = (
        select(ApprovalRow)
        .where(col(ApprovalRow.document_id) == document.id, col(ApprovalRow.round) == document.approval_round)
        .order_by(col(ApprovalRow.id))
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    requests = list(work.db.exec(query))
    if round_ is None:
        last = max((r.step for r in requests), default=1)
        return OpenStep(None, (OWNER_AND_ADMINS,) * last, last, [r for r in requests if r.step == last])
    steps = tuple(Step.from_json(stored) for stored in round_.steps)
    return OpenStep(round_, steps, round_.step, [r for r in requests if r.step == round_.step])


def current_round(work: UnitOfWork, document: Document) -> ApprovalRound | None:
    query = select(ApprovalRound).where(
        col(ApprovalRound.document_id) == document.id, col(ApprovalRound.round) == document.approval_round
    )
    return work.db.exec(query).first()


def tell_blocked(work: UnitOfWork, document: Document, stands: OpenStep) -> None:
    """The owner and the admins read that a step cannot be met any more, and what they can do. Once for a step."""
    work.record(
        "approval:block", "document", document.id, document_id=document.id,
        by=work.system("approvals"), step=stands.step.name,
    )  # fmt: skip
    for place, person in approvers.leaders(work, document):
        notifications.queue(
            work,
            "approval_blocked",
            recipient=person.email,
            user_id=person.id,
            document_id=document.id,
            dedupe_key=f"approval_blocked:{document.id}:{document.approval_round}:{stands.number}:{place.id}",
            title=document.title,
            name=person.name,
            step=stands.step.name,
            missing=stands.count.missing,
        )


def _open(work: UnitOfWork, document: Document, round_: ApprovalRound, number: int, author: str) -> None:
    """Where too few of those named are there, the admins and the owner are asked as well."""
    step = Step.from_json(round_.steps[number - 1])
    people = approvers.named(work, document, step)
    needed = step.required(len(people))
    if len(people) < needed:
        there = {place.id for place, _ in people}
        people += [one for one in approvers.eligible(work, document) if one[0].id not in there]
    for place, person in people:
        request = ApprovalRow(
            org_id=document.org_id,
            document_id=document.id,
            version_id=round_.version_id,
            round=round_.round,
            step=number,
            step_name=step.name,
            required=needed,
            approver_id=place.id,
            rule="owner and admins" if round_.policy_name == EVERYTHING_ELSE else round_.policy_name,
        )
        ask(work, document, request, person, author, round_)
    work.db.flush()
    stands = open_step_of(work, document)
    if stands.count.is_blocked:
        tell_blocked(work, document, stands)
