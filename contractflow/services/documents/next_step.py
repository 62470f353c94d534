"""What happens next with a document, and who has to do it: one sentence, the first thing on its page."""

from __future__ import annotations

from contractflow.services.documents.subject import DocumentSubject
from contractflow.workflows.document import Approval, Generation, Status

AFTER_SENDING = {
    Status.SIGNED: "Everybody has signed. Waiting for the payments; invoices go out by themselves.",
    Status.PAID: "Signed and paid. Nothing is left to do.",
    Status.DECLINED: "The client declined. Read why, revise the text and send it again, or void it.",
    Status.EXPIRED: "The time to sign has run out. Extend it, or revise the text and send it again.",
    Status.VOIDED: "This document was voided. It stays here for the record.",
}


def sentence(facts: DocumentSubject, signers: list[str], approvers: list[str]) -> str:
    """One plain sentence; names people where they are known."""
    if facts.generation_status is Generation.QUEUED:
        return "The draft is waiting for a writer. It starts by itself."
    if facts.generation_status is Generation.STREAMING:
        return "The draft is being written. Watch, or stop it and keep what is there."
    if facts.status is Status.SIGNED and not facts.invoice_statuses:
        return "Everybody has signed. There is nothing to pay, so nothing is left to do."
    if facts.status in AFTER_SENDING:
        return AFTER_SENDING[facts.status]
    if facts.status is Status.SENT:
        return f"Waiting for {_names(signers)} to sign."
    if facts.status is Status.REVIEW:
        return _in_review(facts, approvers)
    return _in_draft(facts)


def _in_review(facts: DocumentSubject, approvers: list[str]) -> str:
    if facts.is_approved:
        return "Approved. Send it to the client."
    if facts.approval_status is Approval.STALE:
        return "The text changed after the approval. Submit it for review again."
    return f"Waiting for {_names(approvers, 'or')} to approve this version."


def _in_draft(facts: DocumentSubject) -> str:
    if not facts.has_content:
        return "Draft the text with AI, or write the first clause yourself."
    if facts.missing_variables:
        return f"Fill in: {', '.join(facts.missing_variables[:5])}."
    if facts.has_placeholder:
        return "Read the placeholder text, edit or confirm it; then it can go on."
    if facts.approval_status is Approval.CHANGES_REQUESTED:
        return "Changes were requested. Read the comment, edit, and submit again."
    if facts.is_approved:
        return "Approved. Send it to the client."
    return "Submit it for review." if facts.needs_approval else "Check the text, then send it to the client."


def _names(people: list[str], word: str = "and") -> str:
    if not people:
        return "somebody"
    return people[0] if len(people) == 1 else f"{', '.join(people[:-1])} {word} {people[-1]}"
