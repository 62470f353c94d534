"""Settings › Security: whether everybody in the organisation needs a second factor. The owner decides."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.dialog import confirm
from contractflow.components.fields import form_error
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.state.security_policy import SecurityPolicyState

page = SecurityPolicyState.page


def policy_section() -> rx.Component:
    return section(
        "Everybody in the organisation",
        rx.cond(page.is_required, _required(), _open()),
        form_error(SecurityPolicyState.errors["form"]),
        rx.el.div(
            rx.cond(page.is_required, _waive(), _require()),
            rx.cond(page.why_not, rx.el.span(page.why_not, class_name="cf-muted")),
            class_name="cf-line cf-line--wrap",
        ),
    )


def _required() -> rx.Component:
    return rx.el.p(
        hued_pill("Required", "shield-check", "grass"),
        "Nobody reaches anything here without a second factor. ",
        page.words,
        class_name="cf-sum__words",
    )


def _open() -> rx.Component:
    return rx.el.p("A second factor is everybody's own choice. ", page.words, class_name="cf-muted")


def _require() -> rx.Component:
    return confirm(
        secondary("Require a second factor", blocked=page.why_not != "", why=page.why_not),
        "Require a second factor of everybody?",
        "Members without one set it up with their next page, and reach nothing else until they have.",
        "Require it",
        SecurityPolicyState.require(True),
    )


def _waive() -> rx.Component:
    return confirm(
        secondary("Require it no longer", blocked=page.why_not != "", why=page.why_not),
        "Require a second factor no longer?",
        "Members keep the ones they have, and may remove them.",
        "Require it no longer",
        SecurityPolicyState.require(False),
    )
