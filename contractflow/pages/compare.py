"""Two versions of a document, word by word."""

import reflex as rx

from contractflow.components.buttons import link_button, secondary
from contractflow.components.dialog import confirm
from contractflow.components.fields import select_field
from contractflow.components.missing import loaded_or_missing
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.skeleton import skeleton_text
from contractflow.content.redline import RedlineRow
from contractflow.permissions import Permission as P
from contractflow.services.documents import ChangeRow
from contractflow.state.compare import CompareState as State

page = State.page
KINDS = {
    "changed": ("Changed", "pencil", "blue"),
    "added": ("Added", "plus", "grass"),
    "removed": ("Removed", "trash-2", "red"),
    "moved": ("Moved", "arrow-up-down", "violet"),
}


def _back() -> rx.Component:
    back = link_button("Back", f"/documents/{page.document_id}", "arrow-left", look="secondary")
    return rx.cond(page.document_id, back)


@member_page(
    "/documents/[document_id]/compare",
    "Compare versions",
    on_load=State.load,
    needs=P.DOCUMENT_READ,
    action=_back,
    desk=True,
)
def compare() -> rx.Component:
    there = rx.el.div(_choice(), _paper(), class_name="cf-compare cf-stack")
    return loaded_or_missing(State, "version", "/documents", there, skeleton_text(6))


def _choice() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _select("From", "old", page.old.value, State.choose_old),
            _select("To", "new", page.new.value, State.choose_new),
            class_name="cf-columns cf-columns--even",
        ),
        rx.el.div(
            rx.el.p(page.summary, role="status", class_name="cf-strong"),
            rx.cond(page.can_restore, _restore()),
            class_name="cf-line cf-line--apart cf-line--wrap",
        ),
        class_name="cf-stack cf-stack--tight",
    )


def _select(label: str, name: str, value: rx.Var[str] | str, on_change: rx.EventHandler) -> rx.Component:
    return select_field(label, name, page.versions, value=value, on_change=on_change, is_filter=True)


def _restore() -> rx.Component:
    number = page.old.value
    return confirm(
        secondary(f"Restore version {number}", "history"),
        "Restore this version?",
        "Its text becomes the newest version. The others stay, and an approval has to be given again.",
        "Restore",
        State.restore,
    )


def _paper() -> rx.Component:
    return rx.el.article(
        rx.el.h2(page.title, class_name="cf-paper__title"),
        rx.cond(page.changes, section("Beside the text", rx.foreach(page.changes, _change))),
        rx.foreach(page.rows, _clause),
        class_name="cf-paper",
        aria_label="Differences",
    )


def _change(row: ChangeRow) -> rx.Component:
    return rx.el.p(
        rx.el.strong(row.label),
        " ",
        rx.cond(row.before, rx.el.del_(row.before)),
        " ",
        rx.cond(row.after, rx.el.ins(row.after)),
        class_name="cf-text cf-redline",
        key=row.label + row.before + row.after,
    )


def _clause(row: RedlineRow) -> rx.Component:
    pills = rx.match(row.kind, *((kind, hued_pill(*look)) for kind, look in KINDS.items()), rx.fragment())
    text = rx.html(row.html, class_name="cf-text cf-redline")
    whole = rx.match(row.kind, ("added", rx.el.ins(text)), ("removed", rx.el.del_(text)), text)
    return rx.el.section(
        pills, whole, key=row.id, class_name="cf-compare__clause", custom_attrs={"data-kind": row.kind}
    )
