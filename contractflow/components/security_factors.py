"""Settings › Security: the authenticator app, recovery codes, passkeys, and browsers that are remembered."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import icon_button, primary, quiet, secondary
from contractflow.components.dialog import buttons, confirm, dialog
from contractflow.components.fields import form_error, text_field
from contractflow.components.pill import hued_pill
from contractflow.components.second_factor import add_passkey, enrol_app, renew_codes
from contractflow.components.sections import section
from contractflow.components.table import actions_cell, cell, name_cell, table, table_row, time_cell
from contractflow.services.factors import DeviceRow, PasskeyRow
from contractflow.state.security_settings import SecurityState

page = SecurityState.page
errors = SecurityState.errors


def factors_sections() -> rx.Component:
    return rx.fragment(_app(), _passkeys(), rx.cond(page.has_factor, _recovery()), _devices(), _naming())


def _muted(*words: rx.Var[str] | str) -> rx.Component:
    return rx.el.p(*words, class_name="cf-muted")


def _app() -> rx.Component:
    return section(
        "Authenticator app",
        rx.cond(
            page.has_app,
            rx.el.p(
                hued_pill("On", "shield-check", "grass"), "since ", page.app_since, class_name="cf-sum__words"
            ),
            _muted(
                "Six digits from an app on your phone, after the password. Somebody who knows only that gets no further."
            ),
        ),
        form_error(errors["form"]),
        rx.el.div(rx.cond(page.has_app, _remove_app(), enrol_app(SecurityState.load, "Set up an app"))),
    )


def _remove_app() -> rx.Component:
    return confirm(
        secondary("Remove"),
        "Remove the authenticator app?",
        "Its codes stop working. Without any second factor your password alone signs you in.",
        "Remove",
        SecurityState.remove_app,
        destroys=True,
    )


def _passkeys() -> rx.Component:
    what = "Your device signs you in with your finger, face or PIN: no password, no code, nothing that can be phished."
    where = "Passkeys need https, or “localhost”: they cannot be used at this address."
    return section(
        "Passkeys",
        _muted(what),
        rx.cond(
            page.passkeys,
            table("Passkeys", ("Name", ("Kind", "wide"), ("Last used", "wide"), ""), page.passkeys, _passkey),
        ),
        rx.cond(page.takes_passkeys, rx.el.div(add_passkey(SecurityState.load)), _muted(where)),
    )


def _passkey(row: PasskeyRow) -> rx.Component:
    remove = confirm(
        icon_button("trash-2", "Remove this passkey"),
        "Remove this passkey?",
        "It signs you in no more. Your device may keep showing it until you delete it there as well.",
        "Remove",
        SecurityState.remove_passkey(row.id),
        destroys=True,
    )
    rename = icon_button(
        "pencil", "Rename this passkey", on_click=SecurityState.show_naming(row.id, row.name)
    )
    return table_row(
        name_cell(row.name),
        cell(row.kind, wide=True),
        time_cell(rx.cond(row.used.ago, row.used.ago, "Never"), row.used.tip),
        actions_cell(rename, remove),
        key=row.id,
    )


def _naming() -> rx.Component:
    return dialog(
        None,
        "Rename passkey",
        rx.el.form(
            text_field("Name", "name", value=SecurityState.old_name, error=errors["name"], max_length=60),
            form_error(errors["form"]),
            buttons(primary("Save", type="submit")),
            on_submit=SecurityState.rename_passkey,
            class_name="cf-form",
            no_validate=True,
            key=SecurityState.naming,
        ),
        is_open=SecurityState.naming != "",
        on_open_change=SecurityState.stop_naming,
    )


def _recovery() -> rx.Component:
    left = rx.el.p(rx.el.b(page.codes_left), " of 10 recovery codes left.", class_name="cf-muted")
    none = rx.el.p(
        hued_pill("None left", "triangle-alert", "amber"),
        "Without phone and passkey nobody could let you in.",
        class_name="cf-sum__words",
    )
    return section(
        "Recovery codes", rx.cond(page.codes_left > 0, left, none), rx.el.div(renew_codes(SecurityState.load))
    )


def _devices() -> rx.Component:
    return rx.cond(
        page.devices,
        section(
            "Remembered browsers",
            _muted("In these the password is enough, until the day it says or until you change it."),
            table(
                "Remembered browsers", ("Browser", ("Last used", "wide"), "Until", ""), page.devices, _device
            ),
        ),
    )


def _device(row: DeviceRow) -> rx.Component:
    return table_row(
        name_cell(row.name),
        time_cell(row.used.ago, row.used.tip),
        cell(row.until),
        actions_cell(quiet("Forget", on_click=SecurityState.forget_device(row.id))),
        key=row.id,
    )
