"""Where members of a suspended organisation land, whatever they try: why, what goes on, and whom to ask."""

from __future__ import annotations

import reflex as rx

from contractflow.components.brand import wordmark
from contractflow.components.buttons import secondary
from contractflow.components.empty import empty
from contractflow.state.suspended import OtherPlace, SuspendedState
from contractflow.web.native import post_form

KEPT = "Nothing was deleted. Your clients can still read, sign and pay what you have sent them."
ASK = "Answer the mail that we sent to the owner of your organisation, and we will look at it together."


@rx.page(route="/suspended", title="Suspended · ContractFlow", on_load=SuspendedState.look)
def suspended() -> rx.Component:
    leave = post_form(secondary("Sign out", "log-out", type="submit"), action="/auth/logout")
    return rx.el.div(
        rx.el.header(wordmark(), class_name="cf-public__head"),
        rx.el.main(
            rx.cond(SuspendedState.reason, empty("ban", _words(), leave, title=_title()), rx.fragment())
        ),
        class_name="cf-public",
    )


def _title() -> rx.Component:
    return rx.fragment(SuspendedState.org_name, " is suspended")


def _words() -> rx.Component:
    sentences = [rx.el.p(SuspendedState.reason, class_name="cf-strong"), rx.el.p(KEPT), rx.el.p(ASK)]
    others = rx.foreach(SuspendedState.others, _other)
    return rx.el.div(*sentences, others, class_name="cf-stack cf-stack--tight")


def _other(place: OtherPlace) -> rx.Component:
    """The way to another organisation of the same person."""
    where = rx.el.input(type="hidden", name="org", value=place.id, read_only=True)
    go = secondary(f"Go to {place.name}", "arrow-right", type="submit")
    return post_form(where, go, action="/auth/switch", key=place.id)
