"""What a role may not do is said where it would be done: the button stays, blocked, beside its reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button, primary
from contractflow.components.icon import Text
from contractflow.permissions import Permission
from contractflow.state.frame import FrameState


def new_document(href: Text = "/documents/new", look: str = "primary") -> rx.Component:
    """The way to a new document."""
    go = link_button("New document", href, "plus", look=look)
    stay = primary("New document", "plus", **blocked_without(Permission.DOCUMENT_CREATE))
    return rx.cond(FrameState.refusals[Permission.DOCUMENT_CREATE], stay, go)


def or_why(why: rx.Var[str], make: Callable[..., rx.Component], *label: Any, **props: Any) -> rx.Component:
    """A button of the kind `make` in a line; `why` stands beside it and blocks it, empty it does neither."""
    return rx.el.div(
        make(*label, blocked=why != "", why=why, **props),
        rx.cond(why, rx.el.span(why, class_name="cf-muted")),
        class_name="cf-line cf-line--wrap",
    )


def save_or_why(why: rx.Var[str]) -> rx.Component:
    """The last line of a form of the settings."""
    return or_why(why, primary, "Save", type="submit")


def blocked_without(permission: Permission) -> dict[str, Any]:
    """Props of a button that only a member with `permission` can press."""
    words = FrameState.refusals[permission]
    return {"blocked": rx.cond(words, True, False), "why": words}
