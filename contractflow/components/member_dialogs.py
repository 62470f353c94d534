"""What is asked before somebody's place in the organisation changes."""

import reflex as rx

from contractflow.components.buttons import danger, primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.fields import form_error, select_field, text_field
from contractflow.state.members import MembersState

page, chosen, errors = MembersState.page, MembersState.chosen, MembersState.errors
ROLES = "Admins approve, send and manage people. Members write. Viewers read."


def dialogs() -> rx.Component:
    return rx.fragment(_invite(), _role(), _suspend(), _remove(), _leave(), _offer())


def _dialog(name: str, title, *content: rx.Component, words="") -> rx.Component:
    return dialog(
        None,
        title,
        *content,
        words=words,
        is_open=MembersState.dialog == name,
        on_open_change=MembersState.close,
    )


def _form(*fields: rx.Component, press: rx.Component, on_submit) -> rx.Component:
    return rx.el.form(
        *fields,
        form_error(errors["form"]),
        buttons(press),
        on_submit=on_submit,
        class_name="cf-stack",
        no_validate=True,
    )


def _invite() -> rx.Component:
    form = _form(
        text_field("Work email", "email", type="email", error=errors["email"]),
        select_field("Role", "role", page.roles, error=errors["role"], help=ROLES),
        press=primary("Send invitation", "send", type="submit"),
        on_submit=MembersState.invite,
    )
    return _dialog(
        "invite", "Invite member", form, words="They get a mail with a link that works once, for seven days."
    )


def _role() -> rx.Component:
    form = _form(
        select_field("Role", "role", page.roles, value=chosen.role_value, error=errors["role"], help=ROLES),
        press=primary("Change role", type="submit"),
        on_submit=MembersState.change_role,
    )
    return _dialog(
        "role",
        rx.el.span("Change the role of ", chosen.name),
        form,
        words="It holds from their next click on.",
    )


def _suspend() -> rx.Component:
    return _dialog(
        "suspend",
        rx.el.span("Suspend ", chosen.name, "?"),
        buttons(danger("Suspend", on_click=MembersState.suspend)),
        words="They are signed out at once and cannot come back until somebody reinstates them. Their documents stay theirs; "
        "what waits for their approval passes on to an admin.",
    )


def _remove() -> rx.Component:
    form = _with_heir(chosen.documents, "Remove", MembersState.remove)
    return _dialog(
        "remove",
        rx.el.span("Remove ", chosen.name, "?"),
        form,
        words="They are signed out at once. Their comments, approvals and signatures stay in the record; "
        "what waits for their approval passes on to an admin.",
    )


def _leave() -> rx.Component:
    form = _with_heir(page.own_documents, "Leave", MembersState.leave)
    return _dialog(
        "leave",
        "Leave this organisation?",
        form,
        words="You are signed out. To come back you need a new invitation.",
    )


def _with_heir(documents: rx.Var[int], verb: str, on_submit) -> rx.Component:
    """Who owns documents names somebody for them. Two forms, for one without the field would send it as nothing."""
    number = rx.cond(
        documents == 1, "1 document needs a new owner.", f"{documents} documents need a new owner."
    )
    choose = select_field(
        "Hand the documents to",
        "heir",
        MembersState.heirs,
        nothing="Choose a colleague",
        default_value="",
        error=errors["heir"],
    )
    return rx.cond(
        documents > 0,
        _form(
            rx.el.p(number, class_name="cf-muted"),
            choose,
            press=danger(verb, type="submit"),
            on_submit=on_submit,
        ),
        _form(press=danger(verb, type="submit"), on_submit=on_submit),
    )


def _offer() -> rx.Component:
    return _dialog(
        "offer",
        rx.el.span("Offer the ownership to ", chosen.name, "?"),
        buttons(primary("Offer ownership", on_click=MembersState.offer)),
        words="They have seven days to accept. Until then nothing changes and you can withdraw the offer; then you become an admin.",
    )
