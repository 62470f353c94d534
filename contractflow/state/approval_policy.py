"""One approval policy while it is being written: its rules and its steps, until they are saved together."""

from dataclasses import replace

import reflex as rx

from contractflow.permissions import Permission as P
from contractflow.services import approval_policies
from contractflow.services.approval_policies import PolicyPage, Rule, Step, TypedPolicy
from contractflow.services.approval_policies.fields import FIELDS, MOST_RULES
from contractflow.services.approval_policies.steps import ROLES
from contractflow.state.base import ActingState, as_id
from contractflow.web import commands as ui
from contractflow.web.policy import policy

DAYS = ("remind_first", "remind_again", "escalate_after")


class ApprovalPolicyState(ActingState, rx.State):
    page: PolicyPage = PolicyPage()
    rules: list[Rule] = []
    steps: list[Step] = []
    is_loaded: bool = False
    is_missing: bool = False

    @rx.event
    @policy(P.ORG_READ)
    async def load(self):
        self.reset()
        wanted = self._address("policy_id")
        known = None if wanted == "new" else as_id(wanted, "policy")
        found = await self._look_up(approval_policies.one, known)
        self.page, self.is_loaded, self.is_missing = found or PolicyPage(), True, found is None
        self.rules, self.steps = list(self.page.rules), list(self.page.steps)
        if known is None:
            self.steps = [Step("Approval", roles=("owner", "admin"))]

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def add_rule(self):
        if len(self.rules) < MOST_RULES:
            self.rules = [*self.rules, Rule("value", "at_least", "", self.page.currency)]

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def change_rule(self, at: int, name: str, value: str):
        """Another field begins with its own first operator, and without a value."""
        if not _within(at, self.rules) or name not in ("field", "operator", "value", "currency"):
            return
        rule = replace(self.rules[at], **{name: str(value)[:200]})
        if name == "field" and value in FIELDS:
            rule = Rule(value, FIELDS[value].operators[0], "", self.page.currency)
        self.rules = [*self.rules[:at], rule, *self.rules[at + 1 :]]

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def remove_rule(self, at: int):
        if _within(at, self.rules):
            self.rules, self.errors = [*self.rules[:at], *self.rules[at + 1 :]], {}

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def add_step(self):
        if len(self.steps) < self.page.most_steps:
            self.steps = [*self.steps, Step(f"Step {len(self.steps) + 1}")]

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def change_step(self, at: int, name: str, value: str):
        if not _within(at, self.steps) or name not in ("name", "mode", "count"):
            return
        made = {name: _number(value) if name == "count" else str(value)[:200]}
        self.steps = [*self.steps[:at], replace(self.steps[at], **made), *self.steps[at + 1 :]]

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def toggle(self, at: int, who: str):
        """Name a person or a role in a step, or leave them out again."""
        if not _within(at, self.steps):
            return
        kind = "roles" if who in ROLES else "people"
        named = getattr(self.steps[at], kind)
        changed = tuple(one for one in named if one != who) if who in named else (*named, str(who)[:40])[:60]
        self.steps = [*self.steps[:at], replace(self.steps[at], **{kind: changed}), *self.steps[at + 1 :]]

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def move_step(self, at: int, is_up: bool):
        to = at - 1 if is_up else at + 1
        if _within(at, self.steps) and _within(to, self.steps):
            steps = list(self.steps)
            steps[at], steps[to] = steps[to], steps[at]
            self.steps, self.errors = steps, {}

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def remove_step(self, at: int):
        if _within(at, self.steps):
            self.steps, self.errors = [*self.steps[:at], *self.steps[at + 1 :]], {}

    @rx.event
    @policy(P.APPROVAL_POLICY_MANAGE)
    async def save(self, form: dict[str, str]):
        days = {name: str(form.get(name, "")) for name in DAYS}
        typed = TypedPolicy(str(form.get("name", "")), self.rules, self.steps, **days)
        known = as_id(self.page.id, "policy") if self.page.id else None
        await self._submit(approval_policies.save, known, typed, self.page.version)
        done = ui.toast("Saved. It holds from the next submission on.", "success")
        return None if self.errors else [done, rx.redirect("/settings/approvals")]


def _within(at: int, rows: list) -> bool:
    return isinstance(at, int) and 0 <= at < len(rows)


def _number(typed: str) -> int:
    """0 for what is none; saving says so."""
    return int(typed) if str(typed).isdecimal() and len(str(typed)) < 4 else 0
