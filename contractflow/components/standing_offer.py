"""The offer of the ownership, for everybody while it stands."""

import reflex as rx

from contractflow.components.buttons import primary, secondary
from contractflow.components.notice import notice
from contractflow.state.members import MembersState

page = MembersState.page


def standing_offer() -> rx.Component:
    """For everybody while it stands; buttons for whoever has to answer, or may take it back."""
    offer = page.offer
    accept = rx.el.span(
        primary("Accept", on_click=MembersState.accept_offer),
        secondary("Decline", on_click=MembersState.decline_offer),
        class_name="cf-line",
    )
    yours = notice(
        "warning",
        rx.el.span(offer.owner, " offers you the ownership of this organisation"),
        rx.el.span("Accept or decline until ", offer.until, ". Nothing changes before you accept."),
        accept,
    )
    withdraw = rx.cond(offer.by_you, secondary("Withdraw", on_click=MembersState.withdraw_offer))
    theirs = notice(
        "info",
        rx.el.span("The ownership is offered to ", offer.heir),
        rx.el.span("They can accept until ", offer.until, "."),
        withdraw,
    )
    return rx.cond(offer.is_open, rx.cond(offer.to_you, yours, theirs))
