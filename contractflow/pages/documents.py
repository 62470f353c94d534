"""All documents, with a search and a filter that live in the address."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.document_table import document_table
from contractflow.components.empty import empty
from contractflow.components.pill import DOCUMENT
from contractflow.components.refused import new_document
from contractflow.components.search import search_field
from contractflow.components.sections import tabs
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import pager, toolbar
from contractflow.state.documents import DocumentsState

STORED = ("draft", "review", "sent", "signed", "paid", "declined", "expired", "voided")


def _filter(key: str, words: str) -> rx.Component:
    """The word, and beside it how many there are."""
    count = rx.el.span(DocumentsState.counts.get(key, ""), class_name="cf-tabs__count", aria_hidden="true")
    return rx.fragment(words, count)


FILTERS = [
    ("", _filter("", "All"), "/documents"),
    *((key, _filter(key, DOCUMENT[key].word), f"/documents?status={key}") for key in STORED),
]


@member_page("/documents", "Documents", on_load=DocumentsState.load, action=new_document)
def documents() -> rx.Component:
    return rx.el.div(
        tabs("Status", DocumentsState.status, FILTERS),
        toolbar(search_field("Search documents", DocumentsState.text, DocumentsState.search)),
        loaded(DocumentsState.is_loaded, _list()),
        class_name="cf-stack",
    )


def _list() -> rx.Component:
    return rx.cond(
        DocumentsState.rows,
        rx.fragment(document_table("Documents", DocumentsState.rows), _more()),
        rx.cond(
            DocumentsState.text | DocumentsState.status,
            empty("search", "No document matches.", link_button("Show all", "/documents", look="secondary")),
            empty("file-text", "Contracts you write, send and get signed appear here.", new_document()),
        ),
    )


def _more() -> rx.Component:
    return rx.cond(DocumentsState.after, pager("", secondary("Show more", on_click=DocumentsState.more)))
