"""Settings › Lead form: its words and questions, whom its leads go to, and the tag that puts it on a site."""

import reflex as rx

from contractflow.components.copy_button import copy_button
from contractflow.components.fields import checkbox, form_error, select_field, text_area, text_field
from contractflow.components.icon import anchor
from contractflow.components.refused import save_or_why
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.permissions import Permission as P
from contractflow.state.lead_form import LeadFormState

page, errors = LeadFormState.page, LeadFormState.errors
TAG_HELP = (
    'Paste it where the form shall stand. With data-theme="dark" or data-theme="auto" it follows a dark page.'
)


@settings_page("/settings/lead-form", "Lead form", on_load=LeadFormState.load, needs=P.LEAD_READ)
def lead_form() -> rx.Component:
    return loaded(LeadFormState.is_loaded, rx.el.div(_where(), _words()))


def _where() -> rx.Component:
    return section(
        "Where it is",
        rx.el.p("Anybody can fill it in, without an account. A robot check and limits keep nonsense away.", class_name="cf-muted"),
        rx.el.div(anchor(page.url, href=page.url, class_name="cf-clip"), copy_button(page.url, "the address"), class_name="cf-line"),
        rx.el.div(rx.el.code(page.embed, class_name="cf-tag"), copy_button(page.embed, "the tag"), class_name="cf-line"),
        rx.el.p(TAG_HELP, class_name="cf-muted cf-small"),
    )  # fmt: skip


def _words() -> rx.Component:
    return section(
        "What it says",
        rx.el.form(
            *_fields(),
            form_error(errors["form"]),
            save_or_why(page.why_not),
            on_submit=LeadFormState.save,
            class_name="cf-form cf-form--narrow",
            no_validate=True,
            key=page.url,
        ),
    )


def _fields() -> list[rx.Component]:
    locked, fixed = {"read_only": page.why_not != ""}, {"disabled": page.why_not != ""}
    whom = "Who is mailed when a lead arrives; the owner, as long as nobody is named."
    asked = "One per line, at most five. The answers go into the brief of the draft."
    return [
        text_field("Heading", "heading", value=page.heading, error=errors["heading"], max_length=120, **locked),
        text_area("Introduction", "intro", value=page.intro, required=False, error=errors["intro"], max_length=500, **locked),
        text_area("Questions", "questions", rows=4, value=page.questions, required=False, help=asked, error=errors["questions"], **locked),
        select_field("Leads go to", "assignee", page.members, every="The owner", value=page.assignee, help=whom, required=False, error=errors["assignee"], **fixed),
        checkbox("The form is open", "is_open", help="Closed, its address leads nowhere.", default_checked=page.is_open, **fixed),
    ]  # fmt: skip
