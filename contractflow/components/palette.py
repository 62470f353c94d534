"""The search over everything: its button in the sidebar, and ⌘K."""

from __future__ import annotations

import reflex as rx

from contractflow.components.overlays import DIALOG
from contractflow.services.search import Hit
from contractflow.state.search import SearchState


class Palette(rx.Component):
    library = rx.asset("palette.jsx", shared=True).importable_path
    lib_dependencies: list[str] = [DIALOG]
    tag = "Palette"
    hits: rx.Var[list[Hit]]
    answered: rx.Var[str]
    label: rx.Var[str]
    shortcut: rx.Var[str]
    on_find: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def palette() -> rx.Component:
    return Palette.create(
        hits=SearchState.hits,
        answered=SearchState.answered,
        label="Search",
        shortcut="⌘K",
        on_find=SearchState.find,
    )
