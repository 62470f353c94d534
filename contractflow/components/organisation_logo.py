"""The logo, in the organisation's settings: a native form, for files come by HTTP."""

import reflex as rx

from contractflow.components.buttons import quiet, secondary
from contractflow.components.dialog import confirm
from contractflow.components.fields import form_error
from contractflow.components.icon import icon
from contractflow.components.kept import kept
from contractflow.components.notice import notice
from contractflow.components.picture_field import picture_field
from contractflow.components.plan_banner import limit_reached
from contractflow.components.sections import section
from contractflow.integrations.pictures import LARGEST
from contractflow.state.organisation import OrganisationState
from contractflow.web.native import post_form

page = OrganisationState.page
_, errors = kept("/settings/organisation")
TAKEN = "PNG, JPEG or WebP, at most 1 MB."


def logo_section() -> rx.Component:
    words = "Clients see it above what they sign and pay, and it is printed on contracts sealed from now on."
    done = rx.el.div(notice("good", "Your logo is saved."), class_name="cf-entry__notice")
    return section(
        "Logo",
        rx.el.p(words, class_name="cf-muted"),
        rx.cond((OrganisationState.done == "logo") & (page.logo != ""), done),
        rx.cond(page.why_not_brand, _locked(), _form()),
        rx.cond(page.may_remove_logo, _remove()),
    )


def _form() -> rx.Component:
    return post_form(
        picture_field(
            icon("circle-alert"),
            id="logo",
            name="logo",
            shown=page.logo,
            help=TAKEN,
            error=errors["logo"],
            max_bytes=LARGEST,
        ),
        form_error(errors["form"]),
        rx.el.div(secondary("Save logo", type="submit"), class_name="cf-line"),
        action="/api/organisation/logo",
        enc_type="multipart/form-data",
        class_name="cf-form cf-form--narrow",
    )


def _locked() -> rx.Component:
    shown = rx.el.div(rx.el.img(src=page.logo, alt="Your logo"), class_name="cf-picture__shown")
    return rx.el.div(
        rx.cond(page.logo, shown),
        form_error(errors["form"]),
        rx.cond(
            page.is_brand_for_larger_plans,
            limit_reached(page.why_not_brand),
            rx.el.p(page.why_not_brand, class_name="cf-muted"),
        ),
        class_name="cf-stack",
    )


def _remove() -> rx.Component:
    words = "Clients then see the first letter of your name. What is sealed keeps what it shows."
    ask = quiet("Remove logo", "trash-2")
    return rx.el.div(
        confirm(ask, "Remove the logo?", words, "Remove", OrganisationState.remove_logo, destroys=True),
        class_name="cf-line",
    )
