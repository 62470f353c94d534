"""Before it goes out: what must be true, in words, and what to do about what is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contractflow.services.documents.subject import DocumentSubject
from contractflow.workflows import document as rules

WORDS = (
    (rules.is_written, "There is a text"),
    (rules.is_worded, "Every clause of it is written"),
    (rules.is_at_rest, "No draft is running"),
    (rules.is_filled, "Every variable is filled in"),
    (rules.has_signer, "Somebody can sign"),
    (rules.is_approved, "This exact version is approved, or needs no approval"),
    (rules.is_own_words, "No unread placeholder text"),
)

UNCONFIRMED = (
    "Open the link in the mail we sent you. Nothing there? “Send again” stands at the top of the page, and another"
    " address under Settings › Profile."
)


@dataclass(frozen=True)
class Check:
    words: str
    is_met: bool
    why: str


def checks(facts: DocumentSubject, *, is_confirmed: bool) -> list[Check]:
    """What sending asks of the document and of who sends, one by one; all met means that it goes out."""
    rules = [Check(words, guard.holds(facts), guard.otherwise) for guard, words in WORDS]
    return [*rules, Check("Your address is confirmed", is_confirmed, UNCONFIRMED)]


def unmet(found: Sequence[Check]) -> str:
    """Why it does not go out yet, below the list of what is met and what is not; empty when all is met."""
    count = sum(not one.is_met for one in found)
    if count == 0:
        return ""
    return "One of these is not met yet." if count == 1 else f"{count} of these are not met yet."
