"""The steps of a policy: one after the other; in each, any, all or some of the named people and roles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from contractflow.content.lines import one_line
from contractflow.errors import Invalid
from contractflow.permissions import GRANTS, Role
from contractflow.permissions import Permission as P

MOST_STEPS, MOST_PEOPLE, NAME_LIMIT = 10, 50, 80
MODES = {"any": "Any one of them", "all": "All of them", "some": "At least so many of them"}
ROLES = {
    role.value_text: f"Every {role.label.lower()}" if role is not Role.OWNER else "The owner"
    for role in sorted(Role, key=lambda role: -role.value)
    if role.value >= GRANTS[P.DOCUMENT_APPROVE].least.value
}


@dataclass(frozen=True)
class Step:
    """`people` are ids of memberships, `roles` stored roles; `count` belongs to the mode "some"."""

    name: str
    mode: str = "any"
    count: int = 1
    people: tuple[str, ...] = field(default_factory=tuple)
    roles: tuple[str, ...] = field(default_factory=tuple)

    def required(self, there: int) -> int:
        """How many have to approve, of `there` people who can; never none."""
        if self.mode == "some":
            return self.count
        return max(1, there) if self.mode == "all" else 1

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "mode": self.mode,
            "count": self.count,
            "people": list(self.people),
            "roles": list(self.roles),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Step:
        return cls(
            str(stored["name"]),
            str(stored["mode"]),
            int(stored["count"]),
            tuple(map(str, stored["people"])),
            tuple(map(str, stored["roles"])),
        )


OWNER_AND_ADMINS = Step("Approval", roles=("owner", "admin"))
"""What is asked where no policy says otherwise."""


@dataclass(frozen=True)
class Count:
    """Where an open step stands: how many have approved, how many can still answer, how many are needed."""

    approved: int
    waiting: int
    required: int

    @property
    def is_met(self) -> bool:
        return self.approved >= self.required

    @property
    def is_blocked(self) -> bool:
        """Even if everybody who is asked approved, it would not be enough."""
        return self.approved + self.waiting < self.required

    @property
    def missing(self) -> int:
        """How many more have to be asked before it can be met."""
        return max(0, self.required - self.approved - self.waiting)


def words(step: Step, names: Mapping[str, str]) -> str:
    """ "Any admin or Mia Member". `names` are those of the memberships; who is gone has none."""
    whom = [_role_words(role, step.mode) for role in step.roles if role in ROLES]
    whom += [names.get(person, "somebody who is gone") for person in step.people]
    joined = " or " if step.mode == "any" else " and "
    listed = whom[0] if len(whom) == 1 else f"{', '.join(whom[:-1])}{joined}{whom[-1]}"
    if step.mode == "some" and (len(whom) > 1 or set(step.roles) - {"owner"}):
        return f"At least {step.count} of {listed}"
    return listed[:1].upper() + listed[1:]


def _role_words(role: str, mode: str) -> str:
    """There is one owner; of the others any one, every one, or some of all of them."""
    if role == "owner":
        return "the owner"
    return {"any": f"any {role}", "all": f"every {role}", "some": f"the {role}s"}[mode]


def check(typed: Sequence[Step], known: Mapping[str, str]) -> list[Step]:
    """What somebody typed, as it is stored; `known` are the memberships that can be named. Raises Invalid by "steps.<n>"."""
    if len(typed) > MOST_STEPS:
        raise Invalid(f"At most {MOST_STEPS} steps.", "steps")
    return [_checked(step, f"steps.{n}", known) for n, step in enumerate(typed)]


def _checked(step: Step, place: str, known: Mapping[str, str]) -> Step:
    name = one_line(step.name, place, "a name for the step", NAME_LIMIT)
    people = tuple(dict.fromkeys(str(UUID(one)) for one in step.people if one in known))
    roles = tuple(role for role in ROLES if role in step.roles)
    if step.mode not in MODES:
        raise Invalid("Choose whether any, all or some of them have to approve.", place)
    if not people and not roles:
        raise Invalid("Choose at least one person or role who approves.", place)
    if len(people) > MOST_PEOPLE:
        raise Invalid(f"Name at most {MOST_PEOPLE} people; choose a role for more.", place)
    if step.mode == "some" and not 1 <= step.count <= MOST_PEOPLE:
        raise Invalid(f"Say how many have to approve, from 1 to {MOST_PEOPLE}.", place)
    if step.mode == "some" and not roles and step.count > len(people):
        raise Invalid(f"{step.count} have to approve, but only {len(people)} are named.", place)
    return Step(name, step.mode, step.count if step.mode == "some" else 1, people, roles)
