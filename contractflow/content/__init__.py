"""The contract's own format: blocks of Markdown, variables, a payment plan, and the one hash over all of it."""

from contractflow.content.blocks import Block
from contractflow.content.plan import Kind, On, PaymentPlan, PlanRow
from contractflow.content.version import Content, check

__all__ = ["Block", "Content", "Kind", "On", "PaymentPlan", "PlanRow", "check"]
