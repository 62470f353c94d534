"""Settings › Integrations › one of them: what it is told, and everything it was told in the last thirty days."""

import reflex as rx

from contractflow.components.buttons import link_button, primary, secondary
from contractflow.components.dialog import menu, menu_item
from contractflow.components.fields import form_error
from contractflow.components.integration_dialogs import integration_dialogs
from contractflow.components.integration_forms import (  # fmt: skip
    ENDPOINT,
    KEEP_IT,
    event_fields,
    name_field,
    slack_field,
    webhook_field,
)
from contractflow.components.integration_log import integration_log
from contractflow.components.missing import loaded_or_missing
from contractflow.components.notice import notice
from contractflow.components.pill import pill
from contractflow.components.sections import facts, section
from contractflow.components.settings_shell import settings_page
from contractflow.components.shown_once import shown_once
from contractflow.permissions import Permission as P
from contractflow.state.integration import IntegrationState as State

page, errors, row = State.page, State.errors, State.page.row


def _test() -> rx.Component:
    return rx.cond(row.id, primary("Send a test event", "send", on_click=State.test))


def _menu() -> rx.Component:
    items = (
        rx.cond(page.can_pause, menu_item("Pause", State.pause)),
        rx.cond(page.can_resume, menu_item("Resume", State.resume)),
        rx.cond(page.is_signed, menu_item("New secret", State.ask("rotate"))),
        menu_item("Remove", State.ask("remove"), destroys=True),
    )
    return rx.cond(row.id, menu(secondary("More", "ellipsis"), *items))


@settings_page(
    "/settings/integrations/[endpoint_id]",
    "Integration",
    on_load=State.load,
    needs=P.INTEGRATION_MANAGE,
    action=_test,
    menu=_menu,
    tab="/settings/integrations",
)
def integration() -> rx.Component:
    found = rx.el.div(
        _about(),
        shown_once(KEEP_IT),
        integration_log(),
        _told(),
        integration_dialogs(),
        class_name="cf-stack",
    )
    return loaded_or_missing(State, "integration", "/settings/integrations", found)


def _about() -> rx.Component:
    paused = rx.cond(page.why_paused, page.why_paused, "Nothing is sent there until you resume it.")
    former = rx.el.span("A new one. The former one signs along until ", page.former_until.exact)
    return section(
        row.name,
        rx.cond(
            page.why_no_plan,
            notice("warning", "Paused", page.why_no_plan, link_button("See plans", "/settings/plan", look="secondary")),
            rx.cond(row.standing == "Paused", notice("warning", "Paused", paused)),
        ),
        facts(
            ("Standing", pill(ENDPOINT, row.standing)),
            ("Kind", row.channel),
            ("Address", rx.el.span(row.shown, class_name="cf-wrap")),
            ("Last taken", rx.cond(row.succeeded.exact, row.succeeded.exact, "—")),
            ("Secret", rx.cond(page.former_until.exact, former, rx.cond(page.is_signed, "Shown once, when it was made", "The address itself"))),
        ),
    )  # fmt: skip


def _told() -> rx.Component:
    keep = {"required": False, "placeholder": "Leave it empty to keep the address"}
    return section(
        "What it is told",
        rx.el.form(
            name_field(errors["name"], row.name),
            rx.cond(page.is_signed, webhook_field(errors["url"], **keep), slack_field(errors["url"], **keep)),
            event_fields(page.groups, errors["events"]),
            form_error(errors["form"]),
            rx.el.div(primary("Save", type="submit"), class_name="cf-line"),
            on_submit=State.save,
            class_name="cf-form",
            no_validate=True,
            key=row.id,
        ),
    )
