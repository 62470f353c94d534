"""The kinds of action that the audit log can be narrowed to, by the noun an action begins with."""

from __future__ import annotations

from typing import NamedTuple

from contractflow.services.timeline import WORDS


class Area(NamedTuple):
    key: str
    label: str
    nouns: tuple[str, ...]


# fmt: off
AREAS = (
    #    key         what the filter says        actions that begin with
    Area("documents", "Documents",                ("document", "artifact", "approval", "comment", "template", "clause")),
    Area("ai",        "AI drafts",                ("draft_job",)),
    Area("signing",   "Signing",                  ("signer",)),
    Area("money",     "Invoices and payments",    ("invoice", "payment")),
    Area("clients",   "Clients",                  ("client", "contact", "project", "lead", "lead_form")),
    Area("members",   "Members and roles",        ("member", "membership", "ownership_offer", "platform")),
    Area("access",    "Sign-in and sessions",     ("account", "session", "factor", "user", "password", "passkey")),
    Area("org",       "Organisation and settings", ("org", "approval_policy", "subscription", "integration", "endpoint", "bounce")),
    Area("audit",     "Audit log",                ("audit",)),
)
# fmt: on


KINDS = [(area.key, area.label) for area in AREAS]
"""For a select."""


def actions_of(key: str) -> list[str]:
    """The actions of an area, by its key; empty for an area that does not exist."""
    nouns = next((area.nouns for area in AREAS if area.key == key), ())
    return sorted(action for action in WORDS if action.partition(":")[0] in nouns)


def area_of(action: str) -> str:
    noun = action.partition(":")[0]
    return next((area.key for area in AREAS if noun in area.nouns), "")
