"""The portal's steps: agree, code, sign; the bar at the bottom always shows the one that is next."""

import reflex as rx

from contractflow.components.buttons import link_button, primary, quiet
from contractflow.components.field_error import field_error
from contractflow.components.fields import checkbox, form_error, text_field
from contractflow.components.icon import anchor
from contractflow.components.portal_shell import next_step
from contractflow.components.sections import section
from contractflow.components.signature_pad import signature_pad
from contractflow.state.portal import PortalState

page = PortalState.page
errors = PortalState.errors


def step_bar() -> rx.Component:
    return rx.match(
        page.step,
        (
            "consent",
            next_step(
                "Step 1 of 3 · Read, then agree",
                _decline(),
                primary("I agree", "check", on_click=PortalState.agree),
            ),
        ),
        (
            "code",
            next_step(
                "Step 2 of 3 · Prove that it is you",
                _decline(),
                rx.cond(page.has_code, _to("#prove", "Enter the code"), _send_code()),
            ),
        ),
        ("sign", next_step("Step 3 of 3 · Sign", _decline(), _to("#sign", "Go to signature"))),
        ("pay", next_step("Signed · The payment is left", _pay())),
        rx.fragment(),
    )


def step_form() -> rx.Component:
    return rx.match(page.step, ("consent", _consent()), ("code", _code()), ("sign", _sign()), rx.fragment())


def _to(place: str, words: str) -> rx.Component:
    return anchor(words, href=place, class_name="cf-button cf-button--primary")


def _decline() -> rx.Component:
    return quiet("Decline", on_click=PortalState.show_decline(True))


def _pay() -> rx.Component:
    return rx.foreach(
        page.invoices,
        lambda row: rx.cond(
            (row.status == "open") | (row.status == "partially_paid"),
            link_button(rx.fragment("Pay ", row.amount), f"/portal/invoices/{row.id}", "credit-card"),
        ),
    )


def _consent() -> rx.Component:
    return section("Before you sign", rx.el.p(page.consent_text, class_name="cf-consent"))


def _code() -> rx.Component:
    return rx.el.div(
        section(
            "A code to your mail address",
            rx.el.p(
                "We send six digits to ", rx.el.strong(page.signer_email), ". They are valid for ten minutes."
            ),
            rx.cond(page.has_code, _code_form()),
        ),
        id="prove",
    )


def _send_code() -> rx.Component:
    return primary("Send me a code", "mail", on_click=PortalState.send_code)


def _code_form() -> rx.Component:
    return rx.el.form(
        text_field(
            "Code",
            "code",
            error=errors["code"],
            input_mode="numeric",
            auto_complete="one-time-code",
            max_length=12,
            auto_focus=True,
        ),
        rx.el.div(
            primary("Continue", type="submit"),
            quiet("Send a new code", on_click=PortalState.send_code),
            class_name="cf-line",
        ),
        on_submit=PortalState.check_code,
        class_name="cf-stack",
        no_validate=True,
    )


def _intent() -> rx.Component:
    words = rx.fragment("I, ", page.signer_name, ", sign “", page.title, "” and agree to be bound by it.")
    return checkbox(words, "agreed_intent", error=errors["agreed_intent"])


def _pad() -> rx.Component:
    wrong = errors["signature"]
    return rx.el.div(
        signature_pad(name="signature", signer_name=page.signer_name, error=wrong),
        rx.cond(wrong, field_error(wrong, "signature-error")),
        class_name="cf-field",
    )


def _sign() -> rx.Component:
    return rx.el.form(
        section(
            "Your signature",
            text_field(
                "Your full name",
                "typed_name",
                value=page.signer_name,
                error=errors["typed_name"],
                max_length=120,
            ),
            _pad(),
            _intent(),
            form_error(errors["form"]),
            primary("Sign document", "signature", type="submit", large=True, full=True),
        ),
        on_submit=PortalState.sign,
        class_name="cf-stack",
        id="sign",
        no_validate=True,
    )
