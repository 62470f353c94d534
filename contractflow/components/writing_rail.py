"""Beside the text, for whoever writes it: the variables to fill in."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.fields import form_error, text_field
from contractflow.components.sections import section
from contractflow.services.documents.block_rows import VariableRow
from contractflow.state.document import DocumentState
from contractflow.state.writing import WritingState

page = DocumentState.page


def variables() -> rx.Component:
    """A field for each fact of the text; who may not edit reads them."""
    form = rx.el.form(
        rx.foreach(page.variables, _field),
        form_error(WritingState.errors["form"]),
        secondary("Fill in", "check", type="submit"),
        on_submit=WritingState.fill_in,
        class_name="cf-stack cf-stack--tight",
        no_validate=True,
    )
    read = rx.el.dl(rx.foreach(page.variables, _fact), class_name="cf-facts")
    return rx.cond(page.variables, section("Variables", rx.cond(page.is_editable, form, read)))


def _field(row: VariableRow) -> rx.Component:
    error = WritingState.errors[f"variables.{row.name}"]
    return rx.fragment(
        text_field(row.label, row.name, value=row.value, id=f"variable-{row.name}", error=error),
        key=f"{row.name}={row.value}",  # a field takes its value only when it is made
    )


def _fact(row: VariableRow) -> rx.Component:
    return rx.fragment(rx.el.dt(row.label), rx.el.dd(rx.cond(row.value, row.value, "—")), key=row.name)
