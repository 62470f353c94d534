"""How it can end without a signature: declined by the client, or closed by the sender or by time."""

import reflex as rx

from contractflow.components.buttons import danger
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, text_area
from contractflow.components.notice import notice
from contractflow.state.portal import PortalState

page = PortalState.page
errors = PortalState.errors


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
    return rx.match(
        page.status,
        ("declined", notice("info", "This document was declined", page.closed_reason)),
        ("expired", notice("info", "The time to sign has run out", "Ask the sender for a new date.")),
        ("voided", notice("info", "This document was withdrawn by the sender", page.closed_reason)),
        notice(
            "info",
            "This document is being changed by the sender",
            "You get a new mail when it is ready to be signed.",
        ),
    )
