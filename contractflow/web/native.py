"""A form that the browser itself posts.

Reflex's own form always prevents the browser's submission, even with an action and a method, and a socket
cannot set a cookie: whatever signs somebody in or out is a native form to an HTTP route.
"""

from __future__ import annotations

from typing import Any

import reflex as rx
from reflex_components_core.el.elements.base import BaseHTML  # type: ignore[import-untyped]


class PostForm(BaseHTML):  # type: ignore[misc]  # Reflex's types are skipped by mypy
    """<form method="post" action=…>; name its fields with `name=`, they arrive at the route in `contractflow.api`."""

    tag = "form"
    action: rx.Var[str]
    method: rx.Var[str]
    auto_complete: rx.Var[str]
    enc_type: rx.Var[str]


def post_form(*children: rx.Component, action: str | rx.Var[str], **props: Any) -> rx.Component:
    """A native form that posts its named fields to `action`."""
    return PostForm.create(*children, action=action, method="post", **props)
