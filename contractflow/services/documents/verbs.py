"""Which verbs of its page would succeed on a document now, and why the others would not."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import Permission as P
from contractflow.services.documents.editing import EDITABLE
from contractflow.services.documents.subject import DocumentSubject, as_sent
from contractflow.workflows.document import APPROVAL, GENERATION, STATUS, Approval


def refusals(work: UnitOfWork, facts: DocumentSubject) -> dict[str, str]:
    """Every verb of the page and why it would be refused; empty words mean that it would succeed."""
    verbs = {
        move.verb: STATUS.refusal(as_sent(facts), move.verb, work.actor)
        for move in STATUS.moves
        if isinstance(move.who, P)
    }
    verbs["generate"] = GENERATION.refusal(facts, "queue", work.actor)
    if facts.status not in EDITABLE:
        verbs["generate"] = "The text is frozen."
    if facts.approval_status is Approval.STALE or facts.approval_status is Approval.CHANGES_REQUESTED:
        verbs["submit"] = APPROVAL.refusal(facts, "request", work.actor) or verbs["submit"] * (
            facts.status != "review"
        )
    if facts.needs_nothing and not verbs["submit"]:
        verbs["submit"] = "It needs no approval, or nobody else could give it. Send it directly."
    return verbs
