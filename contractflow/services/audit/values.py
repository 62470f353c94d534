"""What changed, in the words the pages have for it: the trail itself keeps what is stored."""

from __future__ import annotations

from typing import Any

from contractflow.models import AuditEvent
from contractflow.permissions import Role
from contractflow.services import tiers

# fmt: off
STATES: dict[tuple[str, str], str] = {
    # table, state                       what its pill says, where that is not the state with a capital
    ("subscription", "trialing"):        "Trial",
    ("subscription", "canceled"):        "Cancelled",
    ("project",      "canceled"):        "Cancelled",
    ("invoice",      "partially_paid"):  "Partly paid",
    ("payment",      "pending"):         "On its way",
    ("payment",      "succeeded"):       "Received",
    ("payment",      "reversed"):        "Refunded",
    ("document",     "review"):          "In review",
    ("document",     "none"):            "Not submitted",
    ("document",     "pending"):         "Waiting",
    ("document",     "stale"):           "Out of date",
    ("document",     "idle"):            "Not started",
    ("document",     "streaming"):       "Writing",
    ("document",     "cancelled"):       "Stopped",
    ("draft_job",    "running"):         "Writing",
    ("draft_job",    "retry_wait"):      "Trying again",
    ("draft_job",    "succeeded"):       "Ready",
    ("draft_job",    "cancelled"):       "Stopped",
    ("template",     "published"):       "In use",
}
# fmt: on
NAMES = {
    "tier": {tier.key: tier.name for tier in (*tiers.TIERS, tiers.UNLIMITED)},
    "role": {role.value_text: role.label for role in Role},
}
"""Settings of few values, each with its name."""

CALLED = {"iban": "IBAN", "bic": "BIC", "is_consumer": "Private person"}
"""What the pages call a setting that is stored under another name."""


def changes_of(event: AuditEvent) -> list[str]:
    """What it was and is now: “Role: Member → Admin”."""
    data: dict[str, Any] = event.data
    changed = data.get("changes")
    lines = [
        f"{_called(name)}: {_shown(name, old)} → {_shown(name, new)}"
        for name, (old, new) in (changed if isinstance(changed, dict) else {}).items()
    ]
    if "from" in data and "to" in data and data["from"] != data["to"]:
        before, after = (state_words(event.entity, str(data[side])) for side in ("from", "to"))
        lines.insert(0, f"State: {before} → {after}")
    return lines


def state_words(table: str, state: str) -> str:
    """A state as its pill says it."""
    return STATES.get((table, state)) or state.replace("_", " ").capitalize()


def _called(name: str) -> str:
    words = name.replace("_", " ")
    return CALLED.get(name) or words[:1].upper() + words[1:]


def _shown(name: str, value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return NAMES.get(name, {}).get(str(value), str(value))
