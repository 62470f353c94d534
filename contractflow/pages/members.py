"""Settings › Members: who is in, who is invited."""

import reflex as rx

from contractflow.components.buttons import icon_button, primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, select_field, text_field
from contractflow.components.pill import hued_pill
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import actions_cell, cell, name_cell, table, table_row, time_cell
from contractflow.services.members import INVITABLE, InviteRow, MemberRow
from contractflow.state.members import MembersState

page = MembersState.page


def _invite() -> rx.Component:
    return primary(
        "Invite member",
        "user-plus",
        on_click=MembersState.show_form(True),
        blocked=~page.can_invite,
        why=page.why_not,
    )


@settings_page("/settings/members", "Members", on_load=MembersState.load, action=_invite)
def members() -> rx.Component:
    return loaded(MembersState.is_loaded, rx.fragment(_people(), _invites(), _form()))


def _people() -> rx.Component:
    return section(
        "Members",
        table("Members", ("Name", "Role", ("Email", "wide")), page.members, _person),
        action=rx.el.span(page.seats, class_name="cf-muted"),
    )


def _person(row: MemberRow) -> rx.Component:
    you = rx.cond(row.is_you, rx.el.span(" (you)", class_name="cf-muted"))
    return table_row(
        name_cell(rx.fragment(row.name, you)),
        cell(hued_pill(row.role, "user", "slate")),
        cell(row.email, wide=True),
        key=row.id,
    )


def _invites() -> rx.Component:
    return rx.cond(
        page.invites,
        section(
            "Invited",
            table("Invited", ("Email", "Role", ("Link valid until", "wide"), ""), page.invites, _invited),
        ),
    )


def _invited(row: InviteRow) -> rx.Component:
    withdraw = icon_button("x", "Withdraw the invitation", on_click=MembersState.withdraw(row.id))
    return table_row(
        name_cell(row.email),
        cell(hued_pill(row.role, "mail", "blue")),
        time_cell(row.expires.exact, row.expires.exact),
        actions_cell(withdraw),
        key=row.id,
    )


def _form() -> rx.Component:
    return dialog(
        None,
        "Invite member",
        rx.el.form(
            text_field("Work email", "email", type="email", error=MembersState.errors["email"]),
            select_field(
                "Role",
                "role",
                list(INVITABLE.items()),
                error=MembersState.errors["role"],
                help="Admins approve, send and manage people. Members write. Viewers read.",
            ),
            form_error(MembersState.errors["form"]),
            buttons(primary("Send invitation", "send", type="submit")),
            on_submit=MembersState.invite,
            class_name="cf-stack",
            no_validate=True,
        ),
        words="They get a mail with a link that works once, for seven days.",
        is_open=MembersState.is_inviting,
        on_open_change=MembersState.show_form,
    )
