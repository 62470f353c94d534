"""A new document: client → kind → brief → price and payment plan, on one page, top to bottom."""

from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button, primary
from contractflow.components.empty import empty
from contractflow.components.fields import form_error, select_field, text_area, text_field
from contractflow.components.notice import notice
from contractflow.components.plan_editor import plan_editor
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import loaded, skeleton_text
from contractflow.components.template_answers import answers
from contractflow.permissions import Permission as P
from contractflow.services.documents import KINDS, LENGTHS, TONES
from contractflow.state.new_document import NewDocumentState as State

CHANGES = "It becomes a child of the signed document, and its value adds to the project once it is signed."


@member_page("/documents/new", "New document", on_load=State.load, needs=P.DOCUMENT_CREATE)
def new_document() -> rx.Component:
    return loaded(State.is_loaded, rx.cond(State.clients, _form(), _no_client()), skeleton_text())


def _no_client() -> rx.Component:
    return empty(
        "briefcase",
        "A document is for a client. Add the first one.",
        link_button("Add client", "/clients", "plus"),
    )


def _form() -> rx.Component:
    return rx.el.form(
        _for_whom(),
        rx.cond(State.start.id, answers(), _brief()),
        section("Price and payment plan", plan_editor()),
        form_error(State.errors["form"]),
        rx.el.div(
            primary("Create document", "file-plus", type="submit", large=True),
            rx.el.span(
                rx.cond(
                    State.start.id,
                    "Next: read it, change what you like, and send it to review.",
                    "Next: draft it with AI, or write it yourself.",
                ),
                class_name="cf-muted",
            ),
            class_name="cf-line cf-line--wrap",
        ),
        on_submit=State.create,
        class_name="cf-stack cf-stack--wide cf-form",
        no_validate=True,
    )


def _for_whom() -> rx.Component:
    return section(
        "Document",
        rx.cond(State.is_change, notice("info", "This is a change order", CHANGES)),
        select_field(
            "Client",
            "client_id",
            State.clients,
            nothing="Choose a client",
            error=State.errors["client_id"],
            value=State.client_id,
            on_change=State.choose_client,
        ),
        _begin_with(),
        rx.cond(~State.start.id, _kind()),
        text_field(
            "Title", "title", error=State.errors["title"], placeholder="Website relaunch and launch campaign"
        ),
    )


def _kind() -> rx.Component:
    first = rx.cond(State.is_change, "change_order", next(iter(KINDS)))
    return select_field("Kind", "kind", list(KINDS.items()), error=State.errors["kind"], value=first)


def _begin_with() -> rx.Component:
    return select_field(
        "Begin with",
        "template_id",
        State.templates,
        every="A blank page, drafted from a brief",
        value=State.start.id,
        on_change=State.begin_with,
        error=State.errors["template_id"],
        is_filter=True,
        help=State.start.about,
    )


def _brief() -> rx.Component:
    return section(
        "Brief",
        text_area(
            "Scope",
            "scope",
            rows=5,
            error=State.errors["scope"],
            help="What you will do, in your own words. The draft is written from it.",
            placeholder="Strategy, design and build of the new website; a launch campaign on paid social for six weeks …",
        ),
        *_wishes(),
        select_field("Tone", "tone", list(TONES.items()), error=State.errors["tone"]),
        select_field("Length", "length", list(LENGTHS.items()), error=State.errors["length"]),
    )


def _wishes() -> list[rx.Component]:
    example = "Two rounds of revisions\nWork starts after the deposit is paid"
    one_each = "One per line. Each one ends up in the text."
    return [
        text_area(
            "Must-haves", "must_haves", rows=3, placeholder=example, help=one_each, **_may("must_haves")
        ),
        text_field("Term", "term", placeholder="1 December 2026 to 30 April 2027", **_may("term")),
        text_field("Governing law", "jurisdiction", placeholder="Germany", **_may("jurisdiction")),
        text_area(
            "Variables",
            "variables",
            rows=3,
            placeholder="Start date = 1 December 2026\nContact person",
            help="Facts that stand in the text once and can be filled in later. One per line, with or without a value.",
            **_may("variables"),
        ),
    ]


def _may(name: str) -> dict[str, Any]:
    """A field that may stay empty."""
    return {"required": False, "error": State.errors[name]}
