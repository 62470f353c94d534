"""One word, one icon and one hue per state, the same on every screen: the tables, and the pill that reads them."""

from __future__ import annotations

from typing import NamedTuple

import reflex as rx

from contractflow.components.icon import classes, icon


class Look(NamedTuple):
    """`hue` names a row of the [data-hue] table in contractflow.css."""

    word: str
    icon: str
    hue: str


# fmt: off
DOCUMENT = {
    "draft":             Look("Draft",             "pencil",         "slate"),
    "review":            Look("In review",         "message-square", "violet"),
    "sent":              Look("Sent",              "send",           "blue"),
    "signed":            Look("Signed",            "signature",      "grass"),
    "paid":              Look("Paid",              "circle-check",   "jade"),
    "declined":          Look("Declined",          "circle-x",       "red"),
    "expired":           Look("Expired",           "hourglass",      "amber"),
    "voided":            Look("Voided",            "ban",            "slate"),
    # Derived on the row, never stored:
    "viewed":            Look("Viewed",            "eye",            "cyan"),
    "partly_signed":     Look("Partly signed",     "signature",      "cyan"),
    "expiring":          Look("Expiring",          "hourglass",      "amber"),
    "overdue":           Look("Overdue",           "clock",          "red"),
}
APPROVAL = {
    "none":              Look("Not submitted",     "circle-dashed",  "slate"),
    "pending":           Look("Waiting",           "clock",          "violet"),
    "approved":          Look("Approved",          "check",          "grass"),
    "changes_requested": Look("Changes requested", "undo-2",         "amber"),
    "stale":             Look("Out of date",       "history",        "amber"),
}
DRAFT = {
    "idle":              Look("Not started",       "circle-dashed",  "slate"),
    "queued":            Look("Queued",            "clock",          "indigo"),
    "streaming":         Look("Writing",           "loader-circle",  "indigo"),
    "running":           Look("Writing",           "loader-circle",  "indigo"),
    "retry_wait":        Look("Trying again",      "rotate-ccw",     "amber"),
    "silent":            Look("Worker silent",     "circle-alert",   "red"),
    "ready":             Look("Ready",             "check",          "grass"),
    "succeeded":         Look("Ready",             "check",          "grass"),
    "failed":            Look("Failed",            "circle-alert",   "red"),
    "cancelled":         Look("Stopped",           "ban",            "slate"),
}
SIGNER = {
    "waiting":           Look("Waiting",           "circle-dashed",  "slate"),
    "invited":           Look("Invited",           "mail",           "blue"),
    "viewed":            Look("Viewed",            "eye",            "cyan"),
    "signed":            Look("Signed",            "signature",      "grass"),
    "declined":          Look("Declined",          "circle-x",       "red"),
    "delegated":         Look("Delegated",         "forward",        "violet"),
    "expired":           Look("Expired",           "hourglass",      "amber"),
    "removed":           Look("Removed",           "user-x",         "slate"),
    "over":              Look("No longer asked",   "ban",            "slate"),
}
INVOICE = {
    "scheduled":         Look("Scheduled",         "calendar-clock", "slate"),
    "open":              Look("Open",              "receipt",        "blue"),
    "partially_paid":    Look("Partly paid",       "circle-dot",     "cyan"),
    "paid":              Look("Paid",              "circle-check",   "jade"),
    "void":              Look("Void",              "ban",            "slate"),
    "uncollectible":     Look("Uncollectible",     "circle-slash",   "red"),
    "overdue":           Look("Overdue",           "clock",          "red"),  # derived
}
PAYMENT = {
    "pending":           Look("On its way",        "clock",          "blue"),
    "succeeded":         Look("Received",          "circle-check",   "jade"),
    "failed":            Look("Failed",            "circle-x",       "red"),
    "reversed":          Look("Refunded",          "undo-2",         "amber"),
}
SUBSCRIPTION = {
    "trialing":          Look("Trial",             "sparkles",       "indigo"),
    "active":            Look("Active",            "circle-check",   "grass"),
    "past_due":          Look("Past due",          "circle-alert",   "red"),
    "paused":            Look("Paused",            "circle-dashed",  "amber"),
    "read_only":         Look("Read only",         "lock",           "red"),
    "canceled":          Look("Cancelled",         "ban",            "slate"),
}
ORGANISATION = {
    **SUBSCRIPTION,
    "suspended":         Look("Suspended",         "ban",            "red"),
    "leaving":           Look("Being deleted",     "hourglass",      "amber"),
}
LANE = {
    "ok":                Look("Working",           "circle-check",   "grass"),
    "alive":             Look("Alive",             "circle-check",   "grass"),
    "silent":            Look("Silent",            "circle-alert",   "red"),
    "missing":           Look("Nobody there",      "circle-alert",   "red"),
    "unknown":           Look("Unknown",           "circle-dashed",  "slate"),
}
BREAKER = {
    "closed":            Look("Asked",             "circle-check",   "grass"),
    "open":              Look("Passed over",       "circle-slash",   "red"),
    "off":               Look("Off",               "circle-dashed",  "slate"),
    "unknown":           Look("Unknown",           "circle-dashed",  "slate"),
}
LEAD = {
    "new":               Look("New",               "sparkles",       "indigo"),
    "contacted":         Look("Contacted",         "mail",           "blue"),
    "qualified":         Look("Qualified",         "check",          "grass"),
    "converted":         Look("Converted",         "circle-check",   "jade"),
    "disqualified":      Look("Disqualified",      "ban",            "slate"),
}
TEMPLATE = {
    "draft":             Look("Draft",             "pencil",         "slate"),
    "published":         Look("In use",            "circle-check",   "grass"),
    "archived":          Look("Archived",          "archive",        "amber"),
}
PROJECT = {
    "planned":           Look("Planned",           "circle-dashed",  "slate"),
    "active":            Look("Active",            "circle-dot",     "blue"),
    "on_hold":           Look("On hold",           "hourglass",      "amber"),
    "completed":         Look("Completed",         "circle-check",   "jade"),
    "canceled":          Look("Cancelled",         "ban",            "slate"),
}
# fmt: on


def pill(looks: dict[str, Look], state: str | rx.Var[str]) -> rx.Component:
    """The pill of `state` in one of the tables above; a state of the page is matched in the browser."""
    if isinstance(state, str):
        return _pill(looks[state])
    return rx.match(
        state, *((name, _pill(look)) for name, look in looks.items()), _pill(Look("…", "circle", "slate"))
    )


def hued_pill(word: str | rx.Var[str], name: str, hue: str) -> rx.Component:
    """For the rare word that is no state: a role, a plan, “Placeholder text”."""
    return rx.el.span(icon(name, 14), word, class_name="cf-pill", data_hue=hue)


def _pill(look: Look) -> rx.Component:
    turning = "cf-pill--turning" if look.icon == "loader-circle" else ""
    return rx.el.span(
        icon(look.icon, 14), look.word, class_name=classes("cf-pill", turning), data_hue=look.hue
    )
