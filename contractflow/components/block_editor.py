"""A block of a contract that is edited where it stands, and saves itself."""

from __future__ import annotations

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors


class BlockEditor(rx.Component):
    """Give it the row of a block: `block_id`, `md`, `html` (from contractflow.content), `base`, `error`.

    `on_save(block_id, md, base)` comes after a pause, on leaving and on ⌘Enter; one save at a time. The answer
    is the state: `stored` is "base:md" of the save that was taken, together with the new `md` and `base`; an `error` (of
    this block) says why not, and what was typed stays. `base` is the digest the text was typed over: another one there
    now is the service's Stale.
    """

    library = rx.asset("block_editor.jsx", shared=True).importable_path
    tag = "BlockEditor"
    block_id: rx.Var[str]
    md: rx.Var[str]
    html: rx.Var[str]
    base: rx.Var[str]
    stored: rx.Var[str]
    editable: rx.Var[bool]
    online: rx.Var[bool]
    error: rx.Var[str]
    label: rx.Var[str]
    on_save: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]

    @classmethod
    def create(cls, **props: object) -> rx.Component:
        return super().create(**{"online": ~has_connection_errors, **props})


block_editor = BlockEditor.create
