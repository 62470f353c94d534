"""A document's three lives: where it stands, whether it is approved, whether AI is writing it.

The guards read facts that the subject must offer: `has_content`, `unwritten`, `has_signer`, `has_reason`, `has_comment`,
`is_drafting`, `missing_variables`, `is_approved`, `needs_approval`, `has_placeholder`, `is_signed_by_all`,
`has_signature`, `is_fully_paid` (at least one invoice, and every one paid or void).
"""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import PlatformAdmin, Signer, System
from contractflow.workflows.machine import Guard, Move, Workflow


class Status(StrEnum):
    DRAFT = "draft"
    REVIEW = "review"
    SENT = "sent"
    SIGNED = "signed"
    PAID = "paid"
    DECLINED = "declined"
    EXPIRED = "expired"
    VOIDED = "voided"


class Approval(StrEnum):
    NONE = "none"
    PENDING = "pending"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    STALE = "stale"


class Generation(StrEnum):
    IDLE = "idle"
    QUEUED = "queued"
    STREAMING = "streaming"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


is_written = Guard(lambda d: d.has_content, "Write or draft the document first.")
is_worded = Guard(lambda d: not d.unwritten, "A clause says only what it began with. Write it, or remove it.")
is_at_rest = Guard(lambda d: not d.is_drafting, "Wait until the draft is finished, or stop it.")
is_filled = Guard(lambda d: not d.missing_variables, "Fill in the open variables first.")
has_signer = Guard(lambda d: d.has_signer, "Add a signer first.")
has_comment = Guard(lambda d: d.has_comment, "Say what should change.")
has_reason = Guard(lambda d: d.has_reason, "Give a reason; the other side reads it.")
is_approved = Guard(
    lambda d: d.is_approved or (not d.needs_approval and d.approval_status is Approval.NONE),
    "This exact version is not approved yet.",
)
is_own_words = Guard(
    lambda d: not d.has_placeholder, "Check the placeholder text first: edit it, or confirm that it stays."
)
is_signed_by_all = Guard(lambda d: d.is_signed_by_all, "Not everybody has signed yet.")
is_unsigned = Guard(
    lambda d: not d.has_signature, "Somebody has signed already. Void and replace it instead."
)
is_fully_paid = Guard(lambda d: d.is_fully_paid, "There are unpaid invoices.")

A, G, S = Approval, Generation, Status
READY_TO_SUBMIT = (is_written, is_worded, is_at_rest, is_filled, is_own_words, has_signer)
READY_TO_SEND = (*READY_TO_SUBMIT, is_approved)
OPEN = (S.DRAFT, S.REVIEW, S.SENT, S.DECLINED, S.EXPIRED)

# fmt: off
STATUS = Workflow("document", "document", "status", "document", initial=S.DRAFT, moves=[
    #    verb           from                      to           who may               only if
    Move("submit",      S.DRAFT,                  S.REVIEW,    P.DOCUMENT_SUBMIT,    READY_TO_SUBMIT),
    Move("return",      S.REVIEW,                 S.DRAFT,     P.DOCUMENT_APPROVE,   (has_comment,)),
    Move("withdraw",    S.REVIEW,                 S.DRAFT,     P.DOCUMENT_SUBMIT),
    Move("send",        (S.REVIEW, S.DRAFT),      S.SENT,      P.DOCUMENT_SEND,      READY_TO_SEND),
    Move("sign",        S.SENT,                   S.SIGNED,    (Signer, System),     (is_signed_by_all,)),
    Move("pay",         S.SIGNED,                 S.PAID,      System,               (is_fully_paid,)),
    Move("unpay",       S.PAID,                   S.SIGNED,    System),
    Move("decline",     S.SENT,                   S.DECLINED,  Signer,               (has_reason,)),
    Move("expire",      S.SENT,                   S.EXPIRED,   System),
    Move("extend",      S.EXPIRED,                S.SENT,      P.DOCUMENT_EXTEND),
    Move("recall",      S.SENT,                   S.DRAFT,     P.DOCUMENT_RECALL,    (is_unsigned,)),
    Move("revise",      (S.DECLINED, S.EXPIRED),  S.DRAFT,     P.DOCUMENT_RECALL),
    Move("void",        OPEN,                     S.VOIDED,    P.DOCUMENT_VOID,      (has_reason,)),
])

APPROVAL = Workflow("approval", "document", "approval_status", "approval", initial=A.NONE, moves=[
    Move("request",     (A.NONE, A.STALE, A.CHANGES_REQUESTED), A.PENDING,           P.DOCUMENT_SUBMIT, READY_TO_SUBMIT),
    Move("approve",     A.PENDING,                              A.APPROVED,          P.DOCUMENT_APPROVE),
    Move("override_approval", A.PENDING,                        A.APPROVED,          P.DOCUMENT_OVERRIDE_APPROVAL, (has_reason,)),
    Move("object",      A.PENDING,                              A.CHANGES_REQUESTED, P.DOCUMENT_APPROVE, (has_comment,)),
    Move("outdate",     (A.PENDING, A.APPROVED),                A.STALE,             (System,)),
    Move("clear",       (A.PENDING, A.STALE, A.CHANGES_REQUESTED), A.NONE,           P.DOCUMENT_SUBMIT),
])

GENERATION = Workflow("generation", "document", "generation_status", "draft", initial=G.IDLE, moves=[
    Move("queue",       (G.IDLE, G.READY, G.FAILED, G.CANCELLED), G.QUEUED,    P.DOCUMENT_GENERATE),
    Move("revive",      G.FAILED,                                 G.QUEUED,    PlatformAdmin),
    Move("start",       G.QUEUED,                                 G.STREAMING, System),
    Move("requeue",     G.STREAMING,                              G.QUEUED,    System),
    Move("finish",      G.STREAMING,                              G.READY,     System),
    Move("fail",        (G.QUEUED, G.STREAMING),                  G.FAILED,    System),
    Move("cancel",      (G.QUEUED, G.STREAMING),                  G.CANCELLED, P.DOCUMENT_GENERATE),
])
# fmt: on
