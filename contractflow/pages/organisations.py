"""One's organisations: going to another one, and founding one; and the address in mails about one of them."""

import reflex as rx

from contractflow.components.buttons import primary, secondary
from contractflow.components.fields import form_error, text_field
from contractflow.components.kept import kept
from contractflow.components.missing import missing, switch_form
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.components.shell import member_page
from contractflow.components.table import cell, name_cell, table, table_row
from contractflow.services.orgs import Own
from contractflow.state.elsewhere import ElsewhereState
from contractflow.state.frame import FrameState
from contractflow.state.refused import RefusedState
from contractflow.web.native import post_form


@member_page("/organisations", "Organisations", on_load=RefusedState.load)
def organisations() -> rx.Component:
    return rx.el.div(
        section(
            "Yours",
            table("Organisations", ("Name", "Your role", ""), FrameState.organisations, _row),
        ),
        section("New organisation", _form()),
        class_name="cf-stack cf-stack--wide",
    )


@member_page("/organisations/[org_id]", "Organisation", on_load=ElsewhereState.open)
def organisation() -> rx.Component:
    return missing("organisation", "/organisations")


def _row(row: Own) -> rx.Component:
    here = hued_pill("You are here", "check", "grass")
    there = switch_form(row.id, "/home", secondary(f"Switch to {row.name}", type="submit"))
    return table_row(
        name_cell(row.name),
        cell(hued_pill(row.role, "user", "slate")),
        cell(rx.cond(row.is_current, here, there)),
        key=row.id,
    )


def _form() -> rx.Component:
    values, errors = kept("/organisations")
    return rx.fragment(
        rx.el.p(
            "For another agency or brand, with members, clients and a trial of its own. You become its owner.",
            class_name="cf-muted",
        ),
        post_form(
            text_field(
                "Agency name",
                "agency",
                value=values["agency"],
                error=errors["agency"],
                max_length=120,
            ),
            form_error(errors["form"]),
            rx.el.div(primary("Create organisation", "plus", type="submit")),
            action="/auth/organisations",
            class_name="cf-form cf-form--narrow",
        ),
    )
