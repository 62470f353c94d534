"""What the settings show: the policies in order, one of them for its form, and which of them a document would get."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import Document, DocumentVersion, Org
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services import limits
from contractflow.services.approval_policies import choosing, fields, steps
from contractflow.services.approval_policies.choosing import ESCALATE_AFTER, EVERYTHING_ELSE, REMIND_AFTER
from contractflow.services.approval_policies.fields import Rule
from contractflow.services.approval_policies.people import names_of
from contractflow.services.approval_policies.steps import MOST_STEPS, Step
from contractflow.workflows.document import Status

OFFERED = 50
NO_STEPS = "It goes out without an approval."


@dataclass(frozen=True)
class Choice:
    """One line of a select."""

    value: str
    label: str


@dataclass(frozen=True)
class PolicyRow:
    """One policy in words."""

    id: str
    name: str
    rules: str
    steps: list[str]
    reminders: str
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class PoliciesPage:
    """`documents` can be tried; `why_not` is empty for who may change the policies."""

    rows: list[PolicyRow] = field(default_factory=list)
    approval_required: bool = True
    documents: list[Choice] = field(default_factory=list)
    why_not: str = ""


@dataclass(frozen=True)
class PolicyPage:
    """One policy as its form starts; `version` 0 is a new one. `room` says how many steps the plan has, if fewer than others."""

    id: str = ""
    name: str = ""
    version: int = 0
    rules: list[Rule] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    remind_first: str = str(REMIND_AFTER[0])
    remind_again: str = str(REMIND_AFTER[1])
    escalate_after: str = str(ESCALATE_AFTER)
    people: list[Choice] = field(default_factory=list)
    most_steps: int = MOST_STEPS
    room: str = ""
    currency: str = "EUR"
    why_not: str = ""


@dataclass(frozen=True)
class Tried:
    """One policy held against a document: every rule with what the document says."""

    name: str
    is_chosen: bool
    holds: bool
    rules: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    document: str = ""
    chosen: str = ""
    why: str = ""
    steps: list[str] = field(default_factory=list)
    tried: list[Tried] = field(default_factory=list)


def page(work: UnitOfWork) -> PoliciesPage:
    work.require(P.ORG_READ)
    org = work.db.get_one(Org, work.member.org_id)
    policies, names = choosing.in_order(work), names_of(work)
    rows = [
        PolicyRow(
            str(policy.id),
            policy.name,
            " · ".join(fields.words(rule) for rule in choosing.rules_of(policy)),
            _steps(choosing.steps_of(policy), names),
            _reminders([int(day) for day in policy.remind_after], policy.escalate_after),
            at == 0,
            at == len(policies) - 1,
        )
        for at, policy in enumerate(policies)
    ]
    return PoliciesPage(
        rows,
        bool(org.settings.get("approval_required", True)),
        _documents(work),
        why_not(work.actor, P.APPROVAL_POLICY_MANAGE),
    )


def one(work: UnitOfWork, policy_id: UUID | None) -> PolicyPage:
    """The form of a policy; None is a new one. Raises NotFound."""
    work.require(P.ORG_READ)
    org = work.db.get_one(Org, work.member.org_id)
    most, room = limits.room_for_steps(work)
    around = {
        "people": [Choice(member_id, name) for member_id, name in names_of(work).items()],
        "most_steps": MOST_STEPS if most is None else min(most, MOST_STEPS),
        "room": room,
        "currency": org.default_currency,
        "why_not": why_not(work.actor, P.APPROVAL_POLICY_MANAGE),
    }
    if policy_id is None:
        return PolicyPage(**around)  # type: ignore[arg-type]
    policy = next((one for one in choosing.in_order(work) if one.id == policy_id), None)
    if policy is None:
        raise NotFound("policy")
    days = [*map(str, policy.remind_after), "", ""]
    return PolicyPage(
        id=str(policy.id),
        name=policy.name,
        version=policy.version,
        rules=[fields.typed(rule) for rule in choosing.rules_of(policy)],
        steps=list(choosing.steps_of(policy)),
        remind_first=days[0],
        remind_again=days[1],
        escalate_after=str(policy.escalate_after),
        **around,  # type: ignore[arg-type]
    )


def preview(work: UnitOfWork, document_id: UUID) -> Preview:
    """Which policy `document_id` would get if it were submitted now, and why not the others. Raises NotFound."""
    work.require(P.DOCUMENT_READ)
    document = work.db.get(Document, document_id)
    if document is None or document.deleted_at is not None or document.current_version_id is None:
        raise NotFound("document")
    version = work.db.get_one(DocumentVersion, document.current_version_id)
    facts, names = choosing.facts_of(work, document, version), names_of(work)
    plan = choosing.plan_for(work, document, version)
    tried = []
    for policy in choosing.in_order(work):
        rules = choosing.rules_of(policy)
        said = [
            f"{'✓' if fields.holds(rule, facts) else '✗'} {fields.words(rule)} (here: {fields.shown(rule, facts)})"
            for rule in rules
        ]
        holds = all(fields.holds(rule, facts) for rule in rules)
        tried.append(Tried(policy.name, policy.id == plan.policy_id, holds, said or ["✓ Every document"]))
    tried.append(Tried(EVERYTHING_ELSE, plan.policy_id is None, True))
    return Preview(
        f"{document.number} {document.title}", plan.name, plan.why, _steps(plan.steps, names), tried
    )


def _steps(asked: tuple[Step, ...], names: dict[str, str]) -> list[str]:
    return [f"{step.name}: {steps.words(step, names)}" for step in asked] or [NO_STEPS]


def _reminders(days: list[int], last: int) -> str:
    reminded = f"Reminds after {' and '.join(map(str, days))} days" if days else "Reminds nobody"
    return f"{reminded}; the owner and the admins are told after {last} {'day' if last == 1 else 'days'}."


def _documents(work: UnitOfWork) -> list[Choice]:
    """What can be tried: the newest that are not out yet."""
    query = (
        select(Document.id, Document.number, Document.title)
        .where(
            col(Document.deleted_at).is_(None),
            col(Document.status).in_([Status.DRAFT, Status.REVIEW]),
            col(Document.current_version_id).is_not(None),
        )
        .order_by(col(Document.updated_at).desc(), col(Document.id).desc())
        .limit(OFFERED)
    )
    return [Choice(str(key), f"{number} {title}") for key, number, title in work.db.exec(query)]
