"""The search over everything that was written: a few of every kind, or one kind by pages."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.empty import empty
from contractflow.components.excerpt import marked
from contractflow.components.fields import select_field
from contractflow.components.icon import link
from contractflow.components.pill import DOCUMENT, pill
from contractflow.components.search import search_field
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import pager, toolbar
from contractflow.services import search
from contractflow.services.search import Group, ResultRow
from contractflow.state.search import ResultsState

KINDS = [(kind, one.words) for kind, one in search.KINDS.items()]
STATES = [
    (key, DOCUMENT[key].word)
    for key in ("draft", "review", "sent", "signed", "paid", "declined", "expired", "voided")
]  # fmt: skip


@member_page("/search", "Search", on_load=ResultsState.load)
def found() -> rx.Component:
    return rx.el.div(
        _toolbar(),
        loaded(ResultsState.is_loaded, _results()),
        class_name="cf-stack",
    )


def _toolbar() -> rx.Component:
    return toolbar(
        search_field("Documents, invoices, clients, projects", ResultsState.text, ResultsState.search),
        select_field(
            "Kind",
            "kind",
            KINDS,
            every="Every kind",
            value=ResultsState.kind,
            on_change=ResultsState.choose_kind,
            is_filter=True,
        ),
        rx.cond(
            ResultsState.kind == "document",
            select_field(
                "Status",
                "status",
                STATES,
                every="Any status",
                value=ResultsState.status,
                on_change=ResultsState.choose_status,
                is_filter=True,
            ),
        ),
    )


def _results() -> rx.Component:
    one_kind = rx.fragment(
        rx.cond(ResultsState.found, rx.el.p(ResultsState.found, " found", class_name="cf-muted cf-small")),
        rx.el.ul(rx.foreach(ResultsState.rows, _row), class_name="cf-results"),
        rx.cond(ResultsState.after, pager("", secondary("Show more", on_click=ResultsState.show_more))),
    )
    every_kind = rx.cond(ResultsState.groups, rx.foreach(ResultsState.groups, _group), _nothing())
    return rx.cond(ResultsState.rows, one_kind, every_kind)


def _group(group: Group) -> rx.Component:
    """A few of one kind, and the way to all of it."""
    every = rx.cond(group.href, link_button("Show all", group.href, look="quiet"))
    return section(group.words, rx.el.ul(rx.foreach(group.rows, _row), class_name="cf-results"), action=every)


def _row(row: ResultRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            link(marked(row.words), href=row.href, class_name="cf-results__name"),
            rx.cond(row.pill, pill(DOCUMENT, row.pill)),
            class_name="cf-results__line",
        ),
        rx.cond(row.note, rx.el.p(row.note, class_name="cf-muted cf-small cf-clip")),
        rx.cond(row.excerpt, rx.el.p(marked(row.excerpt), class_name="cf-results__text")),
        key=row.key,
    )


def _nothing() -> rx.Component:
    every = secondary("Search every kind", on_click=ResultsState.choose_kind(""))
    no_match = empty("search", "Nothing holds all of these words.", rx.cond(ResultsState.kind, every))
    words = "Names, numbers, clients, and every word of your contracts. The beginning of a word is enough."
    return rx.cond(ResultsState.text, no_match, empty("search", words))
