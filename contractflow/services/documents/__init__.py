"""What can be done with documents. Every function is one thing somebody does."""

from contractflow.services.documents.approving import approve, request_changes, submit, withdraw
from contractflow.services.documents.counting import counts
from contractflow.services.documents.creating import KINDS, LENGTHS, TONES, Brief, NewDocument, create
from contractflow.services.documents.editing import (
    add_block,
    confirm_placeholder,
    fill_in,
    remove_block,
    rename,
    replan,
    save_block,
)
from contractflow.services.documents.expiring import expire, extend
from contractflow.services.documents.history import ChangeRow, Comparison, VersionRow, compare, restore
from contractflow.services.documents.inserting import insert_clause
from contractflow.services.documents.overriding import override_approval
from contractflow.services.documents.page import DocumentPage, one
from contractflow.services.documents.passing import ask_another, reassign
from contractflow.services.documents.reading import DocumentList, DocumentRow, follow, list_page
from contractflow.services.documents.reminding import remind
from contractflow.services.documents.reminding_approvers import attend, remind_approvers
from contractflow.services.documents.sending import recall, revise, send, void
from contractflow.services.documents.subject import DocumentSubject, subject
from contractflow.services.documents.versions import add_version

__all__ = [
    "KINDS",
    "LENGTHS",
    "TONES",
    "Brief",
    "ChangeRow",
    "Comparison",
    "DocumentList",
    "DocumentPage",
    "DocumentRow",
    "DocumentSubject",
    "NewDocument",
    "VersionRow",
    "add_block",
    "add_version",
    "approve",
    "ask_another",
    "attend",
    "compare",
    "confirm_placeholder",
    "counts",
    "create",
    "expire",
    "extend",
    "fill_in",
    "follow",
    "insert_clause",
    "list_page",
    "one",
    "override_approval",
    "reassign",
    "recall",
    "remind",
    "remind_approvers",
    "remove_block",
    "rename",
    "replan",
    "request_changes",
    "restore",
    "revise",
    "save_block",
    "send",
    "subject",
    "submit",
    "void",
    "withdraw",
]
