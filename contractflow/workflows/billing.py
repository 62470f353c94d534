"""Money's state machines: an invoice to a client, a payment on it, and the agency's own subscription."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import PlatformAdmin, System
from contractflow.workflows.machine import Guard, Move, Workflow


class InvoiceStatus(StrEnum):
    SCHEDULED = "scheduled"
    OPEN = "open"
    PARTIALLY_PAID = "partially_paid"
    PAID = "paid"
    VOID = "void"
    UNCOLLECTIBLE = "uncollectible"


UNPAID = (InvoiceStatus.OPEN, InvoiceStatus.PARTIALLY_PAID)
"""It went out, and something is still to come."""


class PaymentStatus(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REVERSED = "reversed"


class SubscriptionStatus(StrEnum):
    TRIALING = "trialing"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    PAUSED = "paused"
    READ_ONLY = "read_only"
    """The trial or the days of grace are over, and nobody has paid."""
    CANCELED = "canceled"


NEVER_BILLED = Guard(
    lambda plan: not plan.paddle_subscription_id, "Paddle bills this plan, so it has no trial."
)

I, Y, B = InvoiceStatus, PaymentStatus, SubscriptionStatus  # noqa: E741  one letter each keeps the tables readable

# fmt: off
INVOICE = Workflow("invoice", "invoice", "status", "invoice", initial=I.SCHEDULED, moves=[
    #    verb         from                                       to                 who may
    Move("issue",     I.SCHEDULED,                               I.OPEN,            (System,)),
    Move("issue_now", I.SCHEDULED,                               I.OPEN,            P.INVOICE_ISSUE),
    Move("part_pay",  (I.OPEN, I.PAID),                          I.PARTIALLY_PAID,  System),
    Move("pay",       (I.OPEN, I.PARTIALLY_PAID, I.UNCOLLECTIBLE), I.PAID,          System),
    Move("reopen",    (I.PARTIALLY_PAID, I.PAID, I.UNCOLLECTIBLE), I.OPEN,          System),
    Move("void",      (I.SCHEDULED, I.OPEN),                     I.VOID,            P.INVOICE_VOID),
    Move("give_up",   (I.OPEN, I.PARTIALLY_PAID),                I.UNCOLLECTIBLE,   P.INVOICE_VOID),
])

PAYMENT = Workflow("payment", "payment", "status", "payment", initial=Y.PENDING, moves=[
    Move("confirm",   (Y.PENDING, Y.FAILED),                     Y.SUCCEEDED,       System),  # money that comes late is still money
    Move("refuse",    Y.PENDING,                                 Y.FAILED,          System),
    Move("reverse",   Y.SUCCEEDED,                               Y.REVERSED,        System),
])

SUBSCRIPTION = Workflow("subscription", "subscription", "status", "plan", initial=B.TRIALING, moves=[
    # what Paddle says, and what time brings
    Move("activate",  (B.TRIALING, B.PAST_DUE, B.PAUSED, B.READ_ONLY, B.CANCELED), B.ACTIVE, System),
    Move("lapse",     (B.TRIALING, B.ACTIVE, B.PAUSED, B.READ_ONLY, B.CANCELED), B.PAST_DUE, System),
    Move("pause",     (B.TRIALING, B.ACTIVE, B.PAST_DUE, B.READ_ONLY, B.CANCELED), B.PAUSED, System),
    Move("shut",      (B.TRIALING, B.PAST_DUE),                  B.READ_ONLY,       System),
    Move("cancel",    (B.TRIALING, B.ACTIVE, B.PAST_DUE, B.PAUSED, B.READ_ONLY), B.CANCELED, System),
    Move("extend",    B.READ_ONLY,                               B.TRIALING,        PlatformAdmin, (NEVER_BILLED,)),
])
# fmt: on
