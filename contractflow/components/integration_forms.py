"""What integrations look like everywhere: their pills, and what is typed about one."""

import reflex as rx

from contractflow.components.field_error import field_error
from contractflow.components.fields import checkbox, text_field
from contractflow.components.icon import Text
from contractflow.components.pill import Look
from contractflow.services.outgoing import EventChoice, EventGroup

KEEP_IT = "Keep it where the program that receives the messages can read it. It is not shown again."

# fmt: off
ENDPOINT = {
    "Active":            Look("Active",            "circle-check",   "grass"),
    "Failing":           Look("Failing",           "circle-alert",   "red"),
    "Paused":            Look("Paused",            "circle-pause",   "amber"),
}
DELIVERY = {
    "Waiting":           Look("Waiting",           "clock",          "blue"),
    "Delivered":         Look("Delivered",         "circle-check",   "grass"),
    "Failed":            Look("Failed",            "circle-x",       "red"),
}
# fmt: on


def name_field(error: Text, value: Text = "", example: Text = "Our CRM") -> rx.Component:
    return text_field("Name", "name", value=value, error=error, max_length=80, placeholder=example)


def webhook_field(error: Text, **props) -> rx.Component:
    words = "It must take POST over https and answer within ten seconds."
    return text_field("Address", "url", error=error, type="url", help=words, spell_check=False, **props)  # fmt: skip


def slack_field(error: Text, **props) -> rx.Component:
    words = "In Slack: your app › Incoming Webhooks › Add New Webhook to Workspace. Paste the URL it shows."
    return text_field("Webhook URL of Slack", "url", error=error, type="url", help=words, spell_check=False, **props)  # fmt: skip


def event_fields(groups: rx.Var[list[EventGroup]], error: Text) -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Events", class_name="cf-field__label"),
        rx.cond(error, field_error(error, "events-error")),
        rx.el.div(rx.foreach(groups, _group), class_name="cf-events"),
        class_name="cf-fieldset",
    )


def _group(group: EventGroup) -> rx.Component:
    return rx.el.div(
        rx.el.p(group.title, class_name="cf-muted cf-small"),
        rx.foreach(group.choices, _choice),
        class_name="cf-events__group",
        key=group.title,
    )


def _choice(choice: EventChoice) -> rx.Component:
    return checkbox(choice.words, choice.word, default_checked=choice.is_chosen, key=choice.word)
