"""Settings › Organisation: what it is called, its owner, and its end."""

from zoneinfo import available_timezones

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.fields import form_error, select_field, text_area, text_field
from contractflow.components.organisation_end import delete_dialog, end, take_along
from contractflow.components.organisation_logo import logo_section
from contractflow.components.refused import save_or_why
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.money import CURRENCIES
from contractflow.state.organisation import OrganisationState
from contractflow.state.refused import RefusedState

page, errors = OrganisationState.page, OrganisationState.errors
MONEY = [(currency.code, f"{currency.name} ({currency.code})") for currency in CURRENCIES.values()]
ZONES = [
    (name, name.replace("_", " ")) for name in sorted(available_timezones()) if "/" in name or name == "UTC"
]


@settings_page("/settings/organisation", "Organisation", on_load=[OrganisationState.load, RefusedState.load])
def organisation() -> rx.Component:
    return loaded(
        OrganisationState.is_loaded,
        rx.fragment(_about(), logo_section(), _ownership(), take_along(), end(), delete_dialog()),
    )


def _about() -> rx.Component:
    return section(
        "About",
        rx.el.p(
            "Your clients read this on contracts and invoices that go out from now on.", class_name="cf-muted"
        ),
        rx.el.form(
            *_names(),
            *_places(),
            form_error(errors["form"]),
            save_or_why(page.why_not_update),
            on_submit=OrganisationState.save,
            class_name="cf-form cf-form--narrow",
            no_validate=True,
            key=page.id,
        ),
    )


def _names() -> list[rx.Component]:
    return [
        _text("Name", "name", page.name, help="What members and clients call it."),
        _text("Legal name", "legal_name", page.legal_name, required=False, help="As it stands in contracts."),
        _text("Tax number", "tax_id", page.tax_id, required=False),
    ]


def _places() -> list[rx.Component]:
    where = {"rows": 3, "required": False, "error": errors["address"], "read_only": _locked()}
    money = {"error": errors["currency"], "help": "For new clients and documents.", "disabled": _locked()}
    return [
        text_area("Address", "address", value=page.address, **where),
        select_field("Currency", "currency", MONEY, value=page.currency, **money),
        select_field(
            "Time zone", "timezone", ZONES, value=page.timezone, error=errors["timezone"], disabled=_locked()
        ),
    ]


def _text(label: str, name: str, value: rx.Var[str], **props) -> rx.Component:
    return text_field(label, name, value=value, error=errors[name], read_only=_locked(), **props)


def _locked() -> rx.Var[bool]:
    return page.why_not_update != ""


def _ownership() -> rx.Component:
    words = "The owner offers it to a member, who has seven days to accept. Then the owner becomes an admin."
    return section(
        "Ownership",
        rx.el.p(words, class_name="cf-muted"),
        rx.el.div(link_button("Go to Members", "/settings/members", look="secondary"), class_name="cf-line"),
    )
