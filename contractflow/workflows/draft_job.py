"""A draft job: one order to the AI, from the click to the finished text; and what becomes of a rewritten clause."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.permissions import PlatformAdmin, System
from contractflow.workflows.machine import Guard, Move, Workflow


class DraftStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    RETRY_WAIT = "retry_wait"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """On the rewrite of a clause. A draft of the whole document is its version, and stays open here."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


D = DraftStatus
ACTIVE = (D.QUEUED, D.RUNNING, D.RETRY_WAIT)

is_finished = Guard(lambda job: job.status is D.SUCCEEDED, "Wait until the clause is written.")

# fmt: off
DRAFT_JOB = Workflow("draft_job", "draft_job", "status", "draft", initial=D.QUEUED, moves=[
    #    verb         from                       to             who may
    Move("claim",     (D.QUEUED, D.RETRY_WAIT),  D.RUNNING,     System),
    Move("succeed",   D.RUNNING,                 D.SUCCEEDED,   System),
    Move("wait",      D.RUNNING,                 D.RETRY_WAIT,  System),
    Move("requeue",   D.RUNNING,                 D.QUEUED,      System),
    Move("fail",      ACTIVE,                    D.FAILED,      System),
    Move("cancel",    ACTIVE,                    D.CANCELLED,   P.DOCUMENT_GENERATE),
    Move("retry",     D.FAILED,                  D.QUEUED,      P.DOCUMENT_GENERATE),
    Move("revive",    D.FAILED,                  D.QUEUED,      PlatformAdmin),
])

REWRITE = Workflow("rewrite", "draft_job", "decision", "rewrite", initial=Decision.OPEN, moves=[
    #    verb         from            to                   who may              only if
    Move("accept",    Decision.OPEN,  Decision.ACCEPTED,   P.DOCUMENT_EDIT,     (is_finished,)),
    Move("discard",   Decision.OPEN,  Decision.DISCARDED,  P.DOCUMENT_GENERATE),
])
# fmt: on
