"""One approval policy: its name, its rules, its steps, and when who has not answered is reminded."""

from typing import Any, cast

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.fields import form_error, text_field
from contractflow.components.icon import Text, icon, link
from contractflow.components.missing import loaded_or_missing
from contractflow.components.policy_rules import rule_row
from contractflow.components.policy_steps import step_card
from contractflow.components.refused import save_or_why
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.services.approval_policies.fields import MOST_RULES
from contractflow.services.approval_policies.steps import MOST_STEPS
from contractflow.state.approval_policy import ApprovalPolicyState as State

page, errors = State.page, State.errors
DAYS = "Days without an answer."
MAY_BE_EMPTY = "Days without an answer; empty for no such reminder."


@settings_page("/settings/approvals/[policy_id]", "Approval policy", on_load=State.load)
def approval_policy() -> rx.Component:
    return loaded_or_missing(State, "policy", "/settings/approvals", _form())


def _form() -> rx.Component:
    back = link(icon("arrow-left", 14), "All policies", href="/settings/approvals", class_name="cf-back")
    name = text_field(
        "Name", "name", value=page.name, error=errors["name"], max_length=120, placeholder="Large contracts"
    )
    return rx.el.div(
        back,
        rx.el.form(
            section("Policy", rx.el.div(name, class_name="cf-form cf-form--narrow")),
            _rules(),
            _steps(),
            _reminders(),
            form_error(errors["form"]),
            save_or_why(page.why_not),
            on_submit=State.save,
            no_validate=True,
            key=f"{page.id} {page.version}",
            class_name="cf-stack",
        ),
    )


def _rules() -> rx.Component:
    is_full = cast(Any, State.rules).length() >= MOST_RULES
    return section(
        "When",
        rx.cond(
            State.rules,
            rx.el.p("All of these have to hold.", class_name="cf-muted"),
            rx.el.p("No rules: it applies to every document.", class_name="cf-muted"),
        ),
        rx.el.div(rx.foreach(State.rules, rule_row), class_name="cf-plan", role="group", aria_label="Rules"),
        form_error(errors["rules"]),
        _add("Add rule", State.add_rule, is_full, f"A policy has at most {MOST_RULES} rules."),
    )


def _steps() -> rx.Component:
    return section(
        "Who approves",
        rx.cond(
            State.steps,
            rx.el.p(
                "One step after the other. The author never approves their own document.",
                class_name="cf-muted",
            ),
            rx.el.p("No steps: it goes out without an approval.", class_name="cf-muted"),
        ),
        rx.el.ol(rx.foreach(State.steps, step_card), class_name="cf-policies"),
        form_error(errors["steps"]),
        _add_step(),
    )


def _add_step() -> rx.Component:
    """What the plan has stands beside it from the start, with the way to more."""
    is_full = cast(Any, State.steps).length() >= page.most_steps
    plans = rx.el.p(page.room, " ", link("See plans", href="/settings/plan"), class_name="cf-muted")
    words = rx.cond(page.room, page.room, f"A policy has at most {MOST_STEPS} steps.")
    return _add("Add step", State.add_step, is_full, words, rx.cond(page.room, plans))


def _add(
    label: str, on_click: rx.EventHandler, is_full: rx.Var[bool], words: Text, *beside: rx.Component
) -> rx.Component:
    why = rx.cond(is_full, words, "")
    press = secondary(label, "plus", on_click=on_click, repeats=True, blocked=is_full, why=why)
    said = beside or [rx.cond(is_full, rx.el.span(words, class_name="cf-muted"))]
    line = rx.el.div(press, *said, class_name="cf-line cf-line--wrap")
    return rx.cond(page.why_not, rx.fragment(), line)


def _reminders() -> rx.Component:
    return section(
        "Reminders",
        rx.el.div(
            _days("First reminder after", "remind_first", page.remind_first, MAY_BE_EMPTY, required=False),
            _days("Second reminder after", "remind_again", page.remind_again, MAY_BE_EMPTY, required=False),
            _days("Tell the owner and the admins after", "escalate_after", page.escalate_after, DAYS),
            class_name="cf-form cf-form--narrow",
        ),
    )


def _days(label: str, name: str, value: rx.Var[str], words: str, **props: bool) -> rx.Component:
    return text_field(label, name, value=value, error=errors[name], help=words, input_mode="numeric", **props)
