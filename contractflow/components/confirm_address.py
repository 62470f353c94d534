"""What stands above every page until the person has opened the link in the mail."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.notice import notice
from contractflow.state.frame import FrameState


def unconfirmed() -> rx.Component:
    return rx.cond(
        FrameState.awaits_confirmation,
        rx.el.aside(
            notice(
                "warning",
                f"Confirm your address: we sent a link to {FrameState.awaits_confirmation}",
                "Until then you can draft and review, but nothing can be sent to a client.",
                secondary("Send again", "mail", on_click=FrameState.send_confirmation),
            ),
            class_name="cf-banner",
            aria_label="Unconfirmed address",
        ),
    )
