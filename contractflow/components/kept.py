"""What a native form shows again after it was refused, each field in its place.

The form must not take it as its `key`: what arrives while somebody types would empty what they typed. A field that
nobody touched shows a later first value by itself.
"""

from __future__ import annotations

from typing import Any

from contractflow.state.refused import RefusedState


def kept(route: str) -> tuple[Any, Any]:
    """What was typed and why it was refused, both by field name; "form" is about the whole. Only for the page `route`."""
    return RefusedState.values[route], RefusedState.errors[route]
