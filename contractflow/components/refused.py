"""What a role may not do is said where it would be done: the button stays, blocked, beside its reason."""

from __future__ import annotations

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


def blocked_without(permission: Permission) -> dict[str, Any]:
    """Props of a button that only a member with `permission` can press."""
    words = FrameState.refusals[permission]
    return {"blocked": rx.cond(words, True, False), "why": words}
