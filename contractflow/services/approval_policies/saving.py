"""Changing the policies: each change counts from the next submission on; what is under review keeps what it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, LimitReached, NotFound, Stale
from contractflow.models import ApprovalPolicy, Org
from contractflow.permissions import Permission as P
from contractflow.services import limits
from contractflow.services.approval_policies import fields, steps
from contractflow.services.approval_policies.choosing import MOST, in_order
from contractflow.services.approval_policies.fields import MOST_RULES, Rule
from contractflow.services.approval_policies.people import names_of
from contractflow.services.approval_policies.steps import Step
from contractflow.services.moving import locked

NAME_LIMIT, LONGEST_WAIT = 120, 90


@dataclass(frozen=True)
class TypedPolicy:
    """The form as it was typed. Days are texts; the two reminders may be empty."""

    name: str
    rules: Sequence[Rule] = field(default_factory=tuple)
    steps: Sequence[Step] = field(default_factory=tuple)
    remind_first: str = "2"
    remind_again: str = "5"
    escalate_after: str = "7"


def save(work: UnitOfWork, policy_id: UUID | None, wished: TypedPolicy, seen: int = 0) -> UUID:
    """Add a policy at the end (None), or change one; `seen` is the version the form was filled from.

    The same twice is once. Raises Invalid by field ("name", "rules.<n>", "steps.<n>", …), LimitReached for more steps than
    the plan has, Stale when somebody else changed it meanwhile, NotFound.
    """
    work.require(P.APPROVAL_POLICY_MANAGE)
    org = locked(work, Org, work.member.org_id, "organisation")
    wanted = _checked(work, wished)
    others = in_order(work)
    policy = next((one for one in others if one.id == policy_id), None)
    if policy_id is not None and policy is None:
        raise NotFound("policy")
    namesake = next((one for one in others if one.name.casefold() == str(wanted["name"]).casefold()), None)
    if namesake is not None and namesake.id != policy_id:
        if policy is None and _same(namesake, wanted):
            return namesake.id
        raise Invalid("There is a policy of this name already.", "name")
    if policy is None:
        return _add(work, org, wanted, others)
    if _same(policy, wanted):
        return policy.id
    if seen and seen != policy.version:
        raise Stale("Somebody changed this policy in the meantime. Reload to see it; nothing was saved.")
    before = {key: getattr(policy, key) for key in wanted}
    for key, value in wanted.items():
        setattr(policy, key, value)
    policy.version += 1
    changes = {key: (str(before[key]), str(value)) for key, value in wanted.items()}
    work.record(
        "approval_policy:change", "approval_policy", policy.id, person=policy.name,
        policy_version=policy.version, changes=changes,
    )  # fmt: skip
    return policy.id


def shift(work: UnitOfWork, policy_id: UUID, up: bool) -> None:
    """Move a policy one place up or down; at the end of the list nothing changes. Raises NotFound."""
    work.require(P.APPROVAL_POLICY_MANAGE)
    locked(work, Org, work.member.org_id, "organisation")
    ordered = in_order(work)
    at = _index(ordered, policy_id)
    to = at - 1 if up else at + 1
    if not 0 <= to < len(ordered):
        return
    ordered[at], ordered[to] = ordered[to], ordered[at]
    for position, policy in enumerate(ordered, 1):
        policy.position = position
    work.record(
        "approval_policy:reorder", "approval_policy", policy_id, person=ordered[to].name,
        changes={"position": (at + 1, to + 1)},
    )  # fmt: skip


def remove(work: UnitOfWork, policy_id: UUID) -> None:
    """Ask by it no longer; rounds that were opened by it stay as they are. Twice is the same as once. Raises NotFound."""
    work.require(P.APPROVAL_POLICY_MANAGE)
    locked(work, Org, work.member.org_id, "organisation")
    policy = locked(work, ApprovalPolicy, policy_id, "policy")
    if policy.removed_at is None:
        policy.removed_at = work.now
        work.record("approval_policy:remove", "approval_policy", policy.id, person=policy.name)


def _add(work: UnitOfWork, org: Org, wanted: dict[str, Any], others: Sequence[ApprovalPolicy]) -> UUID:
    if len(others) >= MOST:
        raise LimitReached(f"{MOST} policies are the most. Remove one that you no longer need.")
    policy = ApprovalPolicy(org_id=org.id, position=len(others) + 1, **wanted)
    for position, other in enumerate(others, 1):
        other.position = position
    work.db.add(policy)
    work.db.flush()
    work.record("approval_policy:add", "approval_policy", policy.id, person=policy.name)
    return policy.id


def _checked(work: UnitOfWork, typed: TypedPolicy) -> dict[str, Any]:
    """The columns as they are to be."""
    name = one_line(typed.name, "name", "a name for the policy", NAME_LIMIT)
    if len(typed.rules) > MOST_RULES:
        raise Invalid(f"At most {MOST_RULES} rules.", "rules")
    rules = [fields.check(rule, f"rules.{n}") for n, rule in enumerate(typed.rules)]
    asked = steps.check(typed.steps, names_of(work))
    limits.require_steps(work, len(asked))
    days = [_days(typed.remind_first, "remind_first"), _days(typed.remind_again, "remind_again")]
    reminders = [day for day in days if day is not None]
    last = _days(typed.escalate_after, "escalate_after")
    if last is None:
        raise Invalid(
            "Say after how many days the owner and the admins read that it waits.", "escalate_after"
        )
    if reminders != sorted(set(reminders)) or any(day >= last for day in reminders):
        raise Invalid("Each reminder comes later than the one before, and the owner and the admins are told last.", "escalate_after")  # fmt: skip
    return {
        "name": name,
        "rules": [rule.to_json() for rule in rules],
        "steps": [step.to_json() for step in asked],
        "remind_after": reminders,
        "escalate_after": last,
    }


def _days(typed: str, place: str) -> int | None:
    said = typed.strip()
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:4]) <= LONGEST_WAIT):
        raise Invalid(f"Days are a number from 1 to {LONGEST_WAIT}.", place)
    return int(said)


def _same(policy: ApprovalPolicy, wanted: dict[str, Any]) -> bool:
    return all(getattr(policy, key) == value for key, value in wanted.items())


def _index(ordered: Sequence[ApprovalPolicy], policy_id: UUID) -> int:
    for at, policy in enumerate(ordered):
        if policy.id == policy_id:
            return at
    raise NotFound("policy")
