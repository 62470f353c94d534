"""How it can end without a signature: declined by the client, or closed by the sender or by time."""

import reflex as rx

from contractflow.components.buttons import danger
from contractflow.components.dialog import buttons, dialog
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, text_area
from contractflow.state.portal import PortalState

page = PortalState.page
errors = PortalState.errors
CHANGING = "You get a new mail when it is ready to be signed."


def decline_dialog() -> rx.Component:
    return dialog(
        None,
        "Decline this document?",
        rx.el.form(
            text_area(
                "Why", "reason", rows=4, error=errors["reason"], placeholder="What would have to change"
            ),
            form_error(errors["form"]),
            buttons(danger("Decline", type="submit")),
            on_submit=PortalState.decline,
            class_name="cf-stack",
            no_validate=True,
        ),
        words="The sender reads your reason and can send you a changed version.",
        is_open=PortalState.is_declining,
        on_open_change=PortalState.show_decline,
    )


def closed() -> rx.Component:
    """Declined, expired, recalled, voided: what it means and whom to ask."""
    declined = _reason("The sender can send a changed version.")
    return rx.match(
        page.status,
        ("declined", empty("circle-x", declined, title="This document was declined")),
        (
            "expired",
            empty("hourglass", "Ask the sender for a new date.", title="The time to sign has run out"),
        ),
        (
            "voided",
            empty("ban", _reason("Nothing is left to do."), title="The sender withdrew this document"),
        ),
        empty("pencil", CHANGING, title="The sender is changing this document"),
    )


def _reason(onward: str) -> rx.Component:
    quoted = rx.cond(page.closed_reason, rx.el.p("“", page.closed_reason, "”", class_name="cf-strong"))
    return rx.el.div(quoted, rx.el.p(onward), class_name="cf-stack cf-stack--tight")
