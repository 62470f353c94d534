"""What a platform admin is asked before something is done to an organisation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import danger, primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import date_field, form_error, select_field, text_area, text_field
from contractflow.components.icon import Text
from contractflow.services.platform import LimitRow
from contractflow.services.tiers import TIERS
from contractflow.state.platform_organisation import PlatformOrganisationState

errors = PlatformOrganisationState.errors
page = PlatformOrganisationState.page


def suspend() -> rx.Component:
    why = text_area(
        "Reason",
        "reason",
        max_length=500,
        error=errors["reason"],
        help="Its members read it as it stands here.",
    )
    words = (
        "Its members can do nothing until you lift it. Its clients still read, sign and pay what was sent. "
        "The owner gets a mail and sees who did it."
    )
    press = danger("Suspend", type="submit")
    return _asked(
        "suspend", "Suspend this organisation?", words, why, press, PlatformOrganisationState.suspend
    )


def trial() -> rx.Component:
    until = date_field("Trial until", "until", value=page.trial_until, error=errors["until"])
    words = "The trial lasts to the end of this day (UTC)."
    press = primary("Extend trial", type="submit")
    return _asked("trial", "Extend the trial", words, until, press, PlatformOrganisationState.extend_trial)


def tier() -> rx.Component:
    options = [(one.key, one.name) for one in TIERS]
    choice = select_field("Plan", "tier", options, value=page.tier_key, error=errors["tier"])
    words = (
        "Its limits change at once. Nothing is charged and nothing is deleted. "
        "Where Paddle bills, its next message sets the plan again."
    )
    press = primary("Change plan", type="submit")
    return _asked(
        "tier", "Change the plan by hand", words, choice, press, PlatformOrganisationState.change_tier
    )


def limit(row: LimitRow) -> rx.Component:
    field = text_field(
        row.label, "limit", value=row.own, required=False, error=errors[row.key],
        help=f"A number or “unlimited”. Empty for the plan's own: {row.plans}.",
    )  # fmt: skip
    press = primary("Set limit", type="submit")
    return _asked(row.key, "A limit of its own", "", field, press, PlatformOrganisationState.override_limit)


def _asked(
    name: Text, title: str, words: str, field: rx.Component, press: rx.Component, on_submit: Any
) -> rx.Component:
    return dialog(
        None,
        title,
        rx.el.form(
            field,
            form_error(errors["form"]),
            buttons(press),
            on_submit=on_submit,
            class_name="cf-stack",
            no_validate=True,
        ),
        words=words,
        is_open=PlatformOrganisationState.dialog == name,
        on_open_change=PlatformOrganisationState.close_dialog,
    )
