"""Notifications: what happened that concerns one, newest first, each a link to where it happened."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.empty import empty
from contractflow.components.pill import hued_pill
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import cell, name_cell, pager, table, table_row, time_cell
from contractflow.services.feed import FeedRow
from contractflow.state.frame import FrameState
from contractflow.state.notifications import NotificationsState

HEADINGS = ("What happened", ("State", "wide"), ("When", "wide"))


def _mark_all() -> rx.Component:
    return rx.cond(
        FrameState.news,
        secondary("Mark all as read", "check", on_click=NotificationsState.mark_all_read),
    )


@member_page(
    "/notifications",
    "Notifications",
    on_load=NotificationsState.load,
    action=_mark_all,
    on_news=[NotificationsState.load],
)
def notifications() -> rx.Component:
    return loaded(NotificationsState.is_loaded, rx.cond(NotificationsState.rows, _list(), _nothing()))


def _list() -> rx.Component:
    more = pager("", secondary("Show more", on_click=NotificationsState.more))
    return rx.el.div(
        table("Notifications", HEADINGS, NotificationsState.rows, _row),
        rx.cond(NotificationsState.after, more),
        class_name="cf-news",
    )


def _row(row: FeedRow) -> rx.Component:
    """New ones are strong and carry a dot, with a word for who cannot see it."""
    new = rx.el.span(rx.el.span("New: ", class_name="cf-hidden"), class_name="cf-news-dot")
    words = rx.fragment(rx.cond(row.is_unread, new), rx.el.span(row.words, data_new=row.is_unread))
    return table_row(
        name_cell(words, row.href, on_click=NotificationsState.mark_read(row.id)),
        cell(rx.cond(row.word, hued_pill(row.word, "bell", row.hue)), wide=True),
        time_cell(row.at.ago, row.at.exact),
        key=row.id,
    )


def _nothing() -> rx.Component:
    return empty(
        "bell",
        "Nothing yet. Approvals, signatures and payments that concern you appear here by themselves.",
        link_button("Choose what also comes by mail", "/settings/notifications", look="secondary"),
    )
