"""What other programs are told: one row per word of the audit trail that is news outside.

Nothing else sends an event: whatever writes such a line into the trail is told to every endpoint that chose it, in the
same transaction. docs/webhooks.md is made from this table.
"""

from __future__ import annotations

from typing import Final, NamedTuple

TEST: Final = "endpoint.test"
"""Goes to the one endpoint it is about, whatever that chose."""


class Event(NamedTuple):
    """`word` is what an endpoint chooses and a message carries as its type; `says` is Slack's line, over `title` (of the
    document), `number` and `amount`. Several words of the trail may be one event."""

    word: str
    group: str
    words: str
    says: str


# fmt: off
EVENTS: Final[dict[str, Event]] = {
    # word of the trail          event                              group         in the settings and the docs            in Slack
    "document:create":     Event("document.created",           "Documents",  "A document is created",                 "“{title}” was created"),
    "document:submit":     Event("document.submitted",         "Documents",  "A document goes into review: approval is requested", "“{title}” is in review"),
    "document:approve":    Event("document.approved",          "Documents",  "A document is approved",                "“{title}” is approved"),
    "document:object":     Event("document.changes_requested", "Documents",  "Changes to a document are asked for",   "Changes are asked for in “{title}”"),
    "document:override_approval": Event("document.approval_overridden", "Documents", "The owner overrides the approval of a document", "The approval of “{title}” was overridden"),
    "document:send":       Event("document.sent",              "Documents",  "A document is sent to the client",      "“{title}” was sent to the client"),
    "document:recall":     Event("document.recalled",          "Documents",  "A sent document is recalled",           "“{title}” was recalled"),
    "document:expire":     Event("document.expired",           "Documents",  "A sent document expires",               "“{title}” has expired"),
    "document:extend":     Event("document.extended",          "Documents",  "An expired document is extended",       "“{title}” can be signed again"),
    "document:void":       Event("document.voided",            "Documents",  "A document is voided",                  "“{title}” was voided"),
    "signer:view":         Event("signer.viewed",              "Signatures", "A signer opens the document",           "A signer opened “{title}”"),
    "signer:sign":         Event("signer.signed",              "Signatures", "A signer signs",                        "A signer signed “{title}”"),
    "document:decline":    Event("document.declined",          "Signatures", "A signer declines",                     "“{title}” was declined"),
    "document:sign":       Event("document.signed",            "Signatures", "Everybody has signed",                  "“{title}” is signed by everybody"),
    "artifact:seal":       Event("document.sealed",            "Signatures", "The sealed PDF is ready",               "The sealed PDF of “{title}” is ready"),
    "comment:start":       Event("comment.added",              "Comments",   "Somebody comments",                     "Somebody commented on “{title}”"),
    "comment:reply":       Event("comment.added",              "Comments",   "Somebody comments",                     "Somebody commented on “{title}”"),
    "comment:resolve":     Event("comment.resolved",           "Comments",   "A thread of comments is resolved",      "A thread on “{title}” is resolved"),
    "invoice:issue":       Event("invoice.issued",             "Money",      "An invoice goes out",                   "Invoice {number} over {amount} went out"),
    "invoice:issue_now":   Event("invoice.issued",             "Money",      "An invoice goes out",                   "Invoice {number} over {amount} went out"),
    "invoice:pay":         Event("invoice.paid",               "Money",      "An invoice is paid in full",            "Invoice {number} over {amount} is paid"),
    "invoice:fall_overdue": Event("invoice.overdue",           "Money",      "An invoice is overdue",                 "Invoice {number} over {amount} is overdue"),
    "invoice:void":        Event("invoice.voided",             "Money",      "An invoice is voided",                  "Invoice {number} over {amount} is void"),
    "payment:report":      Event("payment.reported",           "Money",      "A client says that a transfer is sent", "A transfer of {amount} is on its way"),
    "payment:confirm":     Event("payment.received",           "Money",      "A payment arrives",                     "A payment of {amount} arrived"),
    "payment:reverse":     Event("payment.reversed",           "Money",      "A payment goes back",                   "A payment of {amount} went back"),
    "document:pay":        Event("document.paid",              "Money",      "Everything a document asks for is paid", "“{title}” is paid in full"),
    "lead:arrive":         Event("lead.received",              "Leads",      "A lead arrives",                        "A new lead arrived"),
    "lead:convert":        Event("lead.converted",             "Leads",      "A lead becomes a client",               "A lead became a client"),
    "client:add":          Event("client.added",               "Clients and projects", "A client is added",           "A client was added"),
    "project:add":         Event("project.opened",             "Clients and projects", "A project is opened",         "The project “{name}” was opened"),
    "project:complete":    Event("project.completed",          "Clients and projects", "A project is completed",      "The project “{name}” is completed"),
    "endpoint:test":       Event(TEST,                         "",           "Somebody pressed *Send a test event*",  "This is a test from ContractFlow"),
}
# fmt: on

CHOSEN: Final[dict[str, Event]] = {event.word: event for event in EVENTS.values() if event.word != TEST}
"""What can be chosen, each once."""


def news(action: str) -> str:
    """The event that a line of the trail is; empty when it is none."""
    event = EVENTS.get(action)
    return event.word if event else ""


def named(word: str) -> Event:
    """Raises LookupError for what is no event: a bug."""
    return next(event for event in EVENTS.values() if event.word == word)
