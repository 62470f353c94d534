"""Settings › Roles: the table of permissions, as it holds."""

from typing import Any

import reflex as rx

from contractflow.components.icon import icon
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.services.roles import GrantGroup, GrantRow
from contractflow.state.frame import FrameState
from contractflow.state.roles import RolesState

ROLES = ("viewer", "member", "admin", "owner")
ABOUT = (
    "Each role may do what the roles before it may. “Own” is what belongs to oneself, such as a document one owns. "
    "This is the table that every click is checked against."
)


@settings_page("/settings/roles", "Roles", on_load=RolesState.load)
def roles() -> rx.Component:
    return loaded(
        RolesState.is_loaded,
        rx.el.div(
            rx.el.p(ABOUT, class_name="cf-muted cf-about"),
            rx.foreach(RolesState.groups, _group),
            class_name="cf-stack cf-stack--wide",
        ),
    )


def _group(group: GrantGroup) -> rx.Component:
    heads = [
        rx.el.th(role.capitalize(), scope="col", data_own=FrameState.role == role.capitalize())
        for role in ROLES
    ]
    return rx.el.table(
        rx.el.caption(rx.el.h2(group.title)),
        rx.el.thead(
            rx.el.tr(rx.el.th(rx.el.span("Permission", class_name="cf-hidden"), scope="col"), *heads)
        ),
        rx.el.tbody(rx.foreach(group.rows, _row)),
        class_name="cf-roles",
        key=group.title,
    )


def _row(row: GrantRow) -> rx.Component:
    name = rx.el.th(row.label, rx.cond(row.note, rx.el.small(row.note)), scope="row")
    return rx.el.tr(name, *[_cell(getattr(row, role), role) for role in ROLES], key=row.key)


def _cell(answer: Any, role: str) -> rx.Component:
    """A picture and a word; on a phone with the name of the role before it."""
    return rx.el.td(
        rx.el.span(role.capitalize(), class_name="cf-roles__role", aria_hidden="true"),
        rx.match(
            answer,
            ("yes", rx.el.span(icon("check"), rx.el.span("Yes", class_name="cf-hidden"))),
            ("own", rx.el.span("Own")),
            rx.el.span("–", rx.el.span("No", class_name="cf-hidden"), aria_label="No"),
        ),
        data_answer=answer,
    )
