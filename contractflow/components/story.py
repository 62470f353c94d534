"""One document's story, as a still: the contract, and everything that happened to it."""

from __future__ import annotations

from typing import NamedTuple

import reflex as rx

from contractflow.components.icon import icon
from contractflow.components.pill import DOCUMENT, pill
from contractflow.components.timeline import timeline


class Happened(NamedTuple):
    kind: str
    words: str
    time: str
    note: str = ""
    exact: str = ""


class Day(NamedTuple):
    label: str
    events: list[Happened]


STORY = [
    Day(
        "Today",
        [
            Happened("paid", "Deposit received, €4,800.00", "15:40"),
            Happened("sealed", "Sealed PDF sent to everybody", "11:07"),
            Happened("signed", "Anna Berg signed", "11:06"),
            Happened("viewed", "Anna Berg opened the document", "10:58"),
        ],
    ),
    Day(
        "Yesterday",
        [
            Happened("sent", "Maya Chen sent it to the client", "17:20"),
            Happened("approved", "Jonas Weber approved version 3", "17:12"),
            Happened("drafted", "The first draft was ready", "16:31"),
        ],
    ),
]


def window() -> rx.Component:
    """The document page, smaller: the paper and its rail."""
    return rx.el.div(
        rx.el.div(
            rx.el.span("Statement of work, spring campaign", class_name="cf-still__title cf-clip"),
            pill(DOCUMENT, "signed"),
            class_name="cf-still__bar",
        ),
        rx.el.div(
            rx.el.div(_contract(), class_name="cf-still__sheet"),
            rx.el.div(timeline(STORY), class_name="cf-still__rail"),
            class_name="cf-still__desk",
        ),
        class_name="cf-still cf-still--window",
    )


def sealed() -> rx.Component:
    """What stands beside the forms: the end of the story."""
    seal = rx.el.div(
        icon("shield-check", 18),
        rx.el.span("Sealed. Every step above is part of the record."),
        class_name="cf-still__seal",
    )
    return rx.el.div(timeline(STORY), seal, class_name="cf-still cf-still--story")


def _contract() -> rx.Component:
    return rx.el.div(
        rx.el.h3("Statement of work"),
        rx.el.p("between Northlight Studio and Fernhill Outdoor GmbH"),
        rx.el.h4("1. What we do"),
        rx.el.p(
            "The Agency plans, produces and runs the spring campaign for the Client's trail range: one film of sixty "
            "seconds, four cut-downs, and a landing page in three languages."
        ),
        rx.el.h4("2. What we need from you"),
        rx.el.p(
            "The Client names one person who decides, and answers within three working days. Later answers move every "
            "date that depends on them by the same number of days."
        ),
        rx.el.h4("3. Changes"),
        rx.el.p("Two rounds of changes are part of the fee. More are offered in writing before they begin."),
        class_name="cf-text cf-still__text",
    )
