"""What people say about a document: threads on it or on one of its blocks, among members or shared with the client."""

from contractflow.services.comments.mentions import Part, PersonRow, people
from contractflow.services.comments.reading import of_document
from contractflow.services.comments.rows import CommentRow, ThreadRow, Threads
from contractflow.services.comments.settling import reopen, resolve, see
from contractflow.services.comments.writing import delete, edit, reply, start

__all__ = [
    "CommentRow",
    "Part",
    "PersonRow",
    "ThreadRow",
    "Threads",
    "delete",
    "edit",
    "of_document",
    "people",
    "reopen",
    "reply",
    "resolve",
    "see",
    "start",
]
