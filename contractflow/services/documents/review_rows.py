"""The review as the document's page shows it: its steps, who decided, who is waited for since when, and what can be done."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import Approval as ApprovalRow
from contractflow.models import AppUser, Document, Membership
from contractflow.permissions import Member, why_not
from contractflow.permissions import Permission as P
from contractflow.services.approval_policies import steps as step_words
from contractflow.services.approval_policies.choosing import plan_for
from contractflow.services.approval_policies.people import names_of
from contractflow.services.approval_policies.steps import Step
from contractflow.services.display import shown
from contractflow.services.documents import approvers
from contractflow.services.documents.rounds import OpenStep, open_step_of
from contractflow.services.documents.subject import DocumentSubject, current_version
from contractflow.workflows.document import Approval, Status


@dataclass(frozen=True)
class Choice:
    """One line of a select."""

    value: str
    label: str


@dataclass(frozen=True)
class ApproverRow:
    """One request; `since` says when it was made or answered, `instead` whose it was before."""

    id: str
    name: str
    decision: str
    comment: str
    since: str
    tip: str
    instead: str
    can_pass_on: bool
    is_mine: bool


@dataclass(frozen=True)
class StepRow:
    """`state`: "met", "open", "blocked", "ended" or "later"; `words` what it asks for, or still waits for."""

    number: str
    name: str
    state: str
    words: str
    is_several: bool = False
    """More than one person is asked, or has answered."""
    people: list[ApproverRow] = field(default_factory=list)


@dataclass(frozen=True)
class Review:
    """`my_step` is the one that asks who looks, 0 for nobody; `plan` says what a submission would ask for now."""

    steps: list[StepRow] = field(default_factory=list)
    has_steps: bool = False
    is_several: bool = False
    policy: str = ""
    why: str = ""
    plan: str = ""
    overridden: str = ""
    waiting_for: str = ""
    is_blocked: bool = False
    my_step: int = 0
    can_remind: bool = False
    can_ask_another: bool = False
    can_override: bool = False
    candidates: list[Choice] = field(default_factory=list)


def review(work: UnitOfWork, document: Document, facts: DocumentSubject) -> Review:
    """The latest round; before the first one, what would be asked."""
    work.require(P.DOCUMENT_READ)
    if not document.approval_round:
        return Review(plan=_plan(work, document, facts))
    stands = open_step_of(work, document)
    is_pending = document.approval_status is Approval.PENDING
    names = names_of(work) if is_pending else {}
    may_choose = not why_not(work.actor, P.APPROVAL_REASSIGN) and not _is_author(work, document)
    people = _people(work, document, is_pending, may_choose)
    mine = [row for rows in people.values() for row in rows if row.is_mine and row.decision == "pending"]
    is_blocked = is_pending and stands.count.is_blocked
    waits_for_others = is_pending and stands.count.waiting > len(mine)
    round_ = stands.round
    return Review(
        steps=[_step(document, stands, names, n, people.get(n, [])) for n in range(1, len(stands.steps) + 1)],
        has_steps=bool(people) or is_pending,
        is_several=len(stands.steps) > 1,
        policy=round_.policy_name if round_ and round_.policy_id else "",
        why=round_.why if round_ and round_.policy_id else "",
        plan="" if is_pending or facts.is_approved else _plan(work, document, facts),
        overridden=_overridden(round_.override_reason) if round_ and round_.overridden_at else "",
        waiting_for=_waiting_for(stands, people.get(stands.number, [])) if is_pending else "",
        is_blocked=is_blocked,
        my_step=stands.number if mine and is_pending else 0,
        can_remind=waits_for_others
        and not why_not(work.actor, P.DOCUMENT_REMIND, own=facts.is_own(work.actor)),
        can_ask_another=is_blocked and may_choose,
        can_override=is_pending and not why_not(work.actor, P.DOCUMENT_OVERRIDE_APPROVAL),
        candidates=_candidates(work, document, stands) if is_pending else [],
    )


def _plan(work: UnitOfWork, document: Document, facts: DocumentSubject) -> str:
    """Who would be asked now, in a sentence; empty where nothing is submitted any more."""
    if document.status not in (Status.DRAFT, Status.REVIEW) or not facts.needs_approval:
        return ""
    plan = plan_for(work, document, current_version(work, document))
    if plan.policy_id is None:
        return ""
    names = names_of(work)
    said = "; then ".join(_lower(step_words.words(step, names)) for step in plan.steps)
    return f"“{plan.name}” asks {said}."


def _lower(words: str) -> str:
    head = words.split(" ", 1)[0]
    return words[:1].lower() + words[1:] if head in ("Any", "All", "At", "The") else words


def _overridden(reason: str | None) -> str:
    return f"The owner overrode the approval: {reason}"


def _is_author(work: UnitOfWork, document: Document) -> bool:
    return isinstance(work.actor, Member) and document.created_by == work.actor.user_id


def _people(
    work: UnitOfWork, document: Document, is_pending: bool, may_choose: bool
) -> dict[int, list[ApproverRow]]:
    """Whom the round asked, by step; who was passed over is left out, but not who it was passed on from."""
    query = (
        select(ApprovalRow, AppUser.name)
        .join(Membership, col(Membership.id) == ApprovalRow.approver_id)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(ApprovalRow.document_id) == document.id, col(ApprovalRow.round) == document.approval_round)
        .order_by(col(ApprovalRow.step), col(AppUser.name), col(ApprovalRow.id))
        .limit(500)
    )
    found = list(work.db.exec(query))
    named = {row.approver_id: name for row, name in found}
    people: dict[int, list[ApproverRow]] = {}
    for row, name in found:
        if row.decision == "skipped":
            continue
        is_mine = isinstance(work.actor, Member) and row.approver_id == work.actor.membership_id
        is_waiting = is_pending and row.decision == "pending"
        at = shown(work, row.decided_at or row.created_at)
        people.setdefault(row.step, []).append(
            ApproverRow(
                str(row.id),
                name,
                row.decision,
                row.comment or "",
                f"asked {at.ago}" if row.decision == "pending" else at.ago,
                at.tip,
                f"instead of {named[row.delegated_from]}" if row.delegated_from in named else "",
                is_waiting and (is_mine or may_choose),
                is_mine,
            )
        )
    return people


def _step(
    document: Document, stands: OpenStep, names: dict[str, str], number: int, people: list[ApproverRow]
) -> StepRow:
    step = stands.steps[number - 1]
    state = _state(document, stands, number)
    words = _words(stands, step, names, state, people)
    return StepRow(str(number), step.name, state, words, len(people) > 1, people)


def _state(document: Document, stands: OpenStep, number: int) -> str:
    if number > stands.number:
        return "later"
    if number < stands.number or stands.count.is_met:
        return "met"
    if document.approval_status is not Approval.PENDING:
        return "ended"
    return "blocked" if stands.count.is_blocked else "open"


def _words(stands: OpenStep, step: Step, names: dict[str, str], state: str, people: list[ApproverRow]) -> str:
    match state:
        case "met":
            return "Approved"
        case "later":
            return f"Then: {_lower(step_words.words(step, names))}" if names else "Not asked"
        case "ended":
            return "Not decided"
        case "blocked":
            missing = stands.count.missing
            who = "one more person has" if missing == 1 else f"{missing} more people have"
            return f"Blocked: {who} to approve than can still be asked."
    count = stands.count
    if count.required == 1:
        return "One approval is enough" if len(people) > 1 else "Waiting"
    return f"{count.approved} of {count.required} approvals"


def _waiting_for(stands: OpenStep, people: list[ApproverRow]) -> str:
    """ "Adam or Olivia", "Adam and Olivia", "2 of Adam, Mia and Olivia"."""
    waiting = [row.name for row in people if row.decision == "pending"]
    left = stands.count.required - stands.count.approved
    if not waiting:
        return "somebody"
    if len(waiting) == 1:
        return waiting[0]
    if left == 1 or left >= len(waiting):
        return f"{', '.join(waiting[:-1])} {'or' if left == 1 else 'and'} {waiting[-1]}"
    return f"{left} of {', '.join(waiting[:-1])} and {waiting[-1]}"


def _candidates(work: UnitOfWork, document: Document, stands: OpenStep) -> list[Choice]:
    return [
        Choice(str(place.id), f"{person.name} ({place.role.label})")
        for place, person in approvers.possible(work, document)
        if place.id not in stands.asked
    ]
