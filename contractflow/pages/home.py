"""Home: what waits on you and is done from here, what waits on the client; a checklist while the agency is new."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.checklist import checklist, step
from contractflow.components.document_table import document_table
from contractflow.components.empty import empty
from contractflow.components.live_text import follow_org
from contractflow.components.queue_table import queue_table
from contractflow.components.refused import new_document
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import pager
from contractflow.services.home import Chore
from contractflow.state.home import HomeState

page = HomeState.page


def _new() -> rx.Component:
    """While the agency is new, the next step of the checklist is the strong button."""
    return rx.cond(page.is_new, new_document(look="secondary"), new_document())


@member_page("/home", "Home", on_load=HomeState.load, action=_new)
def home() -> rx.Component:
    shown = rx.el.div(_start(), _waiting(), class_name="cf-stack cf-stack--wide")
    return rx.fragment(follow_org(on_change=HomeState.load), loaded(HomeState.is_loaded, shown))


def _start() -> rx.Component:
    return rx.cond(
        page.is_new,
        section("Your first contract", checklist(rx.foreach(page.chores, _chore))),
    )


def _chore(chore: Chore) -> rx.Component:
    return step(chore.words, chore.help, chore.is_done, _start_button(chore))


def _start_button(chore: Chore) -> rx.Component:
    name = f"Start: {chore.words}"
    quiet = link_button("Start", chore.href, look="quiet", aria_label=name)
    return rx.cond(chore.is_next, link_button("Start", chore.href, aria_label=name), quiet)


def _waiting() -> rx.Component:
    nothing = empty("circle-check", "Nothing waits on you.")
    return rx.fragment(
        section("Waiting on you", rx.cond(HomeState.rows, _queue(), nothing)),
        _group("Waiting on the client", page.on_client, "Nothing is out with a client."),
        rx.cond(page.recent, _group("Recent", page.recent, "")),
    )


def _queue() -> rx.Component:
    more = pager("", secondary("Show more", on_click=HomeState.more))
    return rx.fragment(
        queue_table("Waiting on you", HomeState.rows),
        rx.cond(HomeState.has_more, more),
    )


def _group(title: str, rows: rx.Var, nothing: str) -> rx.Component:
    return section(title, rx.cond(rows, document_table(title, rows), empty("circle-check", nothing)))
