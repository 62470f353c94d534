"""Settings › Payments: where clients send their money, and whether they may pay by card."""

import reflex as rx

from contractflow.components.buttons import primary, secondary
from contractflow.components.dialog import buttons, confirm, dialog
from contractflow.components.fields import checkbox, form_error, text_field
from contractflow.components.notice import notice
from contractflow.components.pill import hued_pill
from contractflow.components.refused import or_why, save_or_why
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.state.payment_settings import PaymentSettingsState

page = PaymentSettingsState.page
errors = PaymentSettingsState.errors


@settings_page("/settings/payments", "Payments", on_load=PaymentSettingsState.load)
def payments() -> rx.Component:
    return loaded(PaymentSettingsState.is_loaded, rx.el.div(_bank(), _paddle(), _connect()))


def _bank() -> rx.Component:
    words = "Every invoice shows these details. Clients pay without a fee and name the invoice."
    return section(
        "Bank transfer",
        rx.el.p(words, class_name="cf-muted"),
        rx.el.form(
            *_account(),
            form_error(errors["form"]),
            save_or_why(page.why_not),
            on_submit=PaymentSettingsState.save,
            class_name="cf-form cf-form--narrow",
            no_validate=True,
            key=page.iban,
        ),
    )


def _account() -> list[rx.Component]:
    days = "Unless the payment plan says otherwise."
    return [
        _text("Account holder", "holder", page.holder, auto_complete="organization"),
        _text("IBAN", "iban", page.iban, placeholder="DE89 3704 0044 0532 0130 00", spell_check=False),
        _text("BIC", "bic", page.bic, required=False, spell_check=False),
        _text("Bank", "bank", page.bank, required=False),
        _text("Days to pay", "due_days", page.due_days, input_mode="numeric", help=days),
    ]


def _text(label: str, name: str, value: rx.Var[str], **props) -> rx.Component:
    return text_field(label, name, value=value, error=errors[name], read_only=page.why_not != "", **props)


def _paddle() -> rx.Component:
    return section(
        "Cards, through Paddle",
        rx.el.p(
            "Paddle sells in your name, as merchant of record. It takes digital products only: services such as "
            "consulting, design or advertising are paid by bank transfer.",
            class_name="cf-muted",
        ),
        rx.cond(page.is_paddle_available, rx.cond(page.is_paddle_on, _on(), _off()), _unavailable()),
    )


def _on() -> rx.Component:
    disconnect = secondary("Disconnect", blocked=page.why_not_connect != "", why=page.why_not_connect)
    return rx.fragment(
        rx.el.p(
            hued_pill("Connected", "circle-check", "grass"),
            "Confirmed by ",
            page.paddle_confirmed_by,
            ", ",
            page.paddle_confirmed.exact,
            class_name="cf-sum__words",
        ),
        rx.el.div(
            confirm(
                disconnect,
                "Disconnect Paddle?",
                "Clients can then only pay by bank transfer. A payment that is under way still counts.",
                "Disconnect",
                PaymentSettingsState.disconnect,
            )
        ),
    )


def _off() -> rx.Component:
    ask = PaymentSettingsState.show_connect(True)
    return or_why(page.why_not_connect, secondary, "Connect Paddle", "credit-card", on_click=ask)


def _unavailable() -> rx.Component:
    return notice("info", "Not set up on this server yet", "Your clients pay by bank transfer until it is.")


def _connect() -> rx.Component:
    return dialog(
        None,
        "Connect Paddle",
        rx.el.form(
            checkbox(page.confirmation, "is_confirmed", error=errors["is_confirmed"]),
            form_error(errors["form"]),
            buttons(primary("Connect Paddle", "credit-card", type="submit")),
            on_submit=PaymentSettingsState.connect,
            class_name="cf-form",
            no_validate=True,
        ),
        words="Read this once; it is recorded with your name and the time.",
        is_open=PaymentSettingsState.is_connecting,
        on_open_change=PaymentSettingsState.show_connect,
    )
