"""The entries of the audit log by day: who did what, to which document, what it was and is, from where."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.icon import link
from contractflow.components.timeline import mark
from contractflow.services.audit.reading import Day, Entry

LOG = "/settings/audit"


def audit_entries(days: Any) -> rx.Component:
    """`days` is a var of rows of services.audit."""
    return rx.el.div(rx.foreach(days, _day), class_name="cf-timeline cf-audit")


def _day(day: Day) -> rx.Component:
    return rx.el.section(
        rx.el.h3(day.label, class_name="cf-timeline__day"),
        rx.el.ol(rx.foreach(day.events, _entry)),
        key=day.label,
    )


def _entry(entry: Entry) -> rx.Component:
    return rx.el.li(
        mark(entry.kind),
        rx.el.div(_sentence(entry), _facts(entry), _origin(entry), class_name="cf-event__words"),
        rx.el.time(entry.clock, title=entry.exact),
        class_name="cf-event",
        key=entry.number,
    )


def _sentence(entry: Entry) -> rx.Component:
    """The name and the document narrow the log to themselves."""
    narrow = {"person": f"{LOG}?person={entry.person}", "document": f"{LOG}?document={entry.document_key}"}
    who = link(entry.who, href=narrow["person"], title="Only this person", class_name="cf-audit__who")
    document = link(entry.document, href=narrow["document"], title="Only this document")
    return rx.fragment(
        rx.el.p(who, " ", entry.what),
        rx.cond(entry.document, rx.el.p(document, class_name="cf-audit__document")),
    )


def _facts(entry: Entry) -> rx.Component:
    return rx.fragment(
        rx.cond(entry.note, rx.el.p(entry.note, class_name="cf-event__note")),
        rx.foreach(
            entry.changes, lambda change: rx.el.p(change, class_name="cf-event__note cf-audit__change")
        ),
    )


def _origin(entry: Entry) -> rx.Component:
    return rx.el.p(
        rx.cond(entry.place, rx.fragment(entry.place, " · ")),
        "Entry ",
        entry.number,
        class_name="cf-audit__origin",
    )
