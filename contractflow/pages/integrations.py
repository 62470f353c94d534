"""Settings › Integrations: other people's programs, and Slack, that hear of what happens here."""

import reflex as rx

from contractflow.components.buttons import primary, secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.empty import empty
from contractflow.components.fields import form_error
from contractflow.components.icon import link
from contractflow.components.integration_forms import (  # fmt: skip
    ENDPOINT,
    KEEP_IT,
    event_fields,
    name_field,
    slack_field,
    webhook_field,
)
from contractflow.components.pill import pill
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.shown_once import shown_once
from contractflow.components.skeleton import loaded
from contractflow.components.table import cell, name_cell, table, table_row, time_cell
from contractflow.permissions import Permission as P
from contractflow.services.outgoing import EndpointRow
from contractflow.state.integrations import IntegrationsState as State

HERE = "/settings/integrations"
page, errors = State.page, State.errors
ABOUT = (
    "ContractFlow tells your other programs what happens here, as it happens: a document is signed, a payment arrives. "
    "Webhooks are signed messages for programs; Slack gets a line in a channel."
)


ABOVE = "Something above cannot be used yet."
FULL = rx.cond(page.has_room, "", "There are as many integrations as there may be. Remove one first.")


def _add_webhook() -> rx.Component:
    why = rx.cond(page.why_no_webhooks, page.why_no_webhooks, FULL)
    return primary("Add webhook", "plus", on_click=State.ask("webhook"), blocked=why != "", why=why)


def _add_slack() -> rx.Component:
    return secondary("Add Slack", "hash", on_click=State.ask("slack"), blocked=FULL != "", why=FULL)


@settings_page(
    HERE, "Integrations", on_load=State.load, needs=P.INTEGRATION_MANAGE, action=_add_webhook, menu=_add_slack
)
def integrations() -> rx.Component:
    return loaded(
        State.is_loaded,
        rx.el.div(
            rx.el.p(ABOUT, class_name="cf-muted cf-about"),
            shown_once(KEEP_IT),
            section("Webhooks and Slack", _list()),
            _dialog("webhook", "Add a webhook", webhook_field(errors["url"])),
            _dialog("slack", "Add Slack", slack_field(errors["url"]), example="#signed-and-paid"),
            class_name="cf-stack",
        ),
    )


def _list() -> rx.Component:
    headings = ("Name", "Standing", ("Kind", "wide"), ("Told of", "wide"), ("Last taken", "wide"))
    nothing = empty(
        "webhook", "Nothing is told yet. Add a webhook or a Slack channel, and choose what it hears."
    )
    return rx.fragment(
        rx.cond(page.why_no_webhooks, _upgrade()),
        rx.cond(page.rows, table("Integrations", headings, page.rows, _row), nothing),
    )


def _upgrade() -> rx.Component:
    return rx.el.p(page.why_no_webhooks, " ", link("See plans", href="/settings/plan"), class_name="cf-muted")


def _row(row: EndpointRow) -> rx.Component:
    name = rx.el.span(
        rx.el.span(row.name), rx.el.span(row.shown, class_name="cf-muted cf-small"), class_name="cf-two-lines"
    )
    return table_row(
        name_cell(name, href=f"{HERE}/{row.id}"),
        cell(pill(ENDPOINT, row.standing)),
        cell(row.channel, wide=True),
        cell(row.events, wide=True),
        time_cell(rx.cond(row.succeeded.ago, row.succeeded.ago, "—"), row.succeeded.tip),
        key=row.id,
    )


def _dialog(channel: str, title: str, address: rx.Component, example: str = "Our CRM") -> rx.Component:
    return dialog(
        None,
        title,
        rx.el.form(
            name_field(errors["name"], example=example),
            address,
            event_fields(State.groups, errors["events"]),
            form_error(errors["form"]),
            form_error(rx.cond(errors["name"], ABOVE, rx.cond(errors["url"], ABOVE, errors["events"]))),
            buttons(primary("Add", type="submit")),
            on_submit=State.add,
            class_name="cf-stack",
            no_validate=True,
        ),
        is_open=State.dialog == channel,
        on_open_change=State.close,
        width="560px",
    )
