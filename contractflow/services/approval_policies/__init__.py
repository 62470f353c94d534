"""Approval policies: who has to approve which documents, in which order."""

from contractflow.services.approval_policies.choosing import Plan, plan_for
from contractflow.services.approval_policies.fields import Facts, Rule
from contractflow.services.approval_policies.reading import (
    PoliciesPage,
    PolicyPage,
    PolicyRow,
    Preview,
    Tried,
    one,
    page,
    preview,
)
from contractflow.services.approval_policies.saving import TypedPolicy, remove, save, shift
from contractflow.services.approval_policies.steps import Step

__all__ = [
    "Facts",
    "Plan",
    "PoliciesPage",
    "PolicyPage",
    "PolicyRow",
    "Preview",
    "Rule",
    "Step",
    "Tried",
    "TypedPolicy",
    "one",
    "page",
    "plan_for",
    "preview",
    "remove",
    "save",
    "shift",
]
