"""A thread of comments: open, until somebody says that it is settled."""

from enum import StrEnum

from contractflow.permissions import Permission as P
from contractflow.workflows.machine import Move, Workflow


class CommentState(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"


C = CommentState

# fmt: off
COMMENT = Workflow("comment", "comment", "state", "thread", initial=C.OPEN, moves=[
    #    verb         from           to             who may
    Move("resolve",   C.OPEN,        C.RESOLVED,    P.COMMENT_WRITE),
    Move("reopen",    C.RESOLVED,    C.OPEN,        P.COMMENT_WRITE),
])
# fmt: on
