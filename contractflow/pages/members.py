"""Settings › Members: who is in, who is invited."""

import reflex as rx

from contractflow.components.buttons import icon_button, primary, secondary
from contractflow.components.dialog import menu, menu_item
from contractflow.components.member_dialogs import dialogs
from contractflow.components.pill import hued_pill
from contractflow.components.refused import or_why
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.components.standing_offer import standing_offer
from contractflow.components.table import actions_cell, cell, name_cell, table, table_row, time_cell
from contractflow.services.members import InviteRow, MemberRow
from contractflow.state.members import MembersState

page = MembersState.page


def _invite() -> rx.Component:
    return primary(
        "Invite member",
        "user-plus",
        on_click=MembersState.ask("invite", ""),
        blocked=~page.can_invite,
        why=page.why_not,
    )


@settings_page("/settings/members", "Members", on_load=MembersState.load, action=_invite)
def members() -> rx.Component:
    return loaded(
        MembersState.is_loaded,
        rx.fragment(standing_offer(), _people(), _invites(), _leave(), dialogs()),
    )


def _people() -> rx.Component:
    headings = ("Name", "Role", ("Email", "wide"), ("Documents", "wide"), "")
    return section(
        "Members",
        table("Members", headings, page.members, _person),
        action=rx.el.span(page.seats, class_name="cf-muted"),
    )


def _person(row: MemberRow) -> rx.Component:
    you = rx.cond(row.is_you, rx.el.span(" (you)", class_name="cf-muted"))
    suspended = rx.cond(row.status == "suspended", hued_pill("Suspended", "user-x", "amber"))
    returned = rx.cond(
        row.returned, rx.el.span(hued_pill("Mail comes back", "mail-x", "red"), title=row.returned)
    )
    return table_row(
        name_cell(rx.fragment(row.name, you)),
        cell(
            rx.el.span(
                hued_pill(row.role, "user", "slate"), suspended, returned, class_name="cf-line cf-line--wrap"
            )
        ),
        cell(row.email, wide=True),
        cell(row.documents, wide=True),
        actions_cell(rx.cond(row.has_actions, _actions(row))),
        key=row.id,
    )


def _actions(row: MemberRow) -> rx.Component:
    def ask(words: str, dialog: str, allowed: rx.Var[bool], destroys: bool = False) -> rx.Component:
        return rx.cond(allowed, menu_item(words, MembersState.ask(dialog, row.id), destroys=destroys))

    return menu(
        icon_button("ellipsis", f"Actions for {row.name}"),
        ask("Change role", "role", row.can_change_role),
        ask("Offer ownership", "offer", row.can_be_offered),
        ask("Suspend", "suspend", row.can_suspend),
        rx.cond(row.can_reinstate, menu_item("Reinstate", MembersState.reinstate(row.id))),
        rx.cond(row.can_end_sessions, menu_item("End sessions", MembersState.end_sessions(row.id))),
        rx.cond(row.can_lift, menu_item("Mail arrives again", MembersState.lift(row.id))),
        ask("Remove", "remove", row.can_remove, destroys=True),
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
    again = icon_button("send", f"Send again to {row.email}", on_click=MembersState.invite_again(row.id))
    withdraw = icon_button(
        "x", f"Withdraw the invitation of {row.email}", on_click=MembersState.withdraw(row.id)
    )
    valid = rx.cond(row.is_expired, "Expired", row.expires.exact)
    return table_row(
        name_cell(row.email),
        cell(hued_pill(row.role, "mail", "blue")),
        time_cell(valid, row.expires.tip),
        actions_cell(again, withdraw),
        key=row.id,
    )


def _leave() -> rx.Component:
    ask = MembersState.ask("leave", page.own_id)
    return section(
        "Leave",
        rx.el.p("You lose access at once; your documents go to a colleague.", class_name="cf-muted"),
        or_why(page.why_not_leave, secondary, "Leave this organisation", "log-out", on_click=ask),
    )
