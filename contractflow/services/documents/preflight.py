"""Before it goes out: what must be true, in words, and what to do about what is not."""

from __future__ import annotations

from dataclasses import dataclass

from contractflow.services.documents.subject import DocumentSubject
from contractflow.workflows import document as rules

WORDS = (
    (rules.is_written, "The text is written"),
    (rules.is_at_rest, "No draft is running"),
    (rules.is_filled, "Every variable is filled in"),
    (rules.has_signer, "Somebody can sign"),
    (rules.is_approved, "This exact version is approved, or needs no approval"),
    (rules.is_own_words, "No unread placeholder text"),
)


@dataclass(frozen=True)
class Check:
    words: str
    is_met: bool
    why: str


def checks(facts: DocumentSubject) -> list[Check]:
    """The rules of sending, one by one; all met means that the table lets it go."""
    return [Check(words, guard.holds(facts), guard.otherwise) for guard, words in WORDS]
