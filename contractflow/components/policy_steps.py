"""A step of an approval policy while it is written: its name, whom it asks, and how many of them are needed."""

from typing import Any, cast

import reflex as rx

from contractflow.components.buttons import icon_button
from contractflow.components.field_error import field_error
from contractflow.services.approval_policies import Step
from contractflow.services.approval_policies.reading import Choice
from contractflow.services.approval_policies.steps import MODES, ROLES
from contractflow.state.approval_policy import ApprovalPolicyState as State


def step_card(step: Step, at: rx.Var[int]) -> rx.Component:
    error = State.errors[f"steps.{at}"]
    return rx.el.li(
        rx.el.div(_name(step, at), _tools(at), class_name="cf-line cf-line--apart"),
        rx.el.div(
            _mode(step, at),
            rx.cond(step.mode == "some", _count(step, at)),
            class_name="cf-line cf-line--wrap cf-whom__many",
        ),
        rx.el.fieldset(
            rx.el.legend("Whom it asks", class_name="cf-hidden"),
            *[_whom(at, role, words, cast(Any, step.roles).contains(role)) for role, words in ROLES.items()],
            rx.foreach(State.page.people, lambda one: _person(step, at, one)),
            class_name="cf-whom",
        ),
        rx.cond(error, field_error(error, f"steps.{at}-error")),
        key=at,
        class_name="cf-card cf-stack cf-stack--tight",
    )


def _name(step: Step, at: rx.Var[int]) -> rx.Component:
    return rx.el.input(
        default_value=step.name,
        on_blur=lambda typed: State.change_step(at, "name", typed),
        aria_label="Name of the step",
        max_length=80,
        class_name="cf-input",
        key=f"{at}-{step.name}",
    )


def _tools(at: rx.Var[int]) -> rx.Component:
    last = cast(Any, State.steps).length() - 1
    return rx.el.div(
        icon_button("arrow-up", "Move this step up", blocked=at == 0, on_click=State.move_step(at, True)),
        icon_button(
            "arrow-down", "Move this step down", blocked=at == last, on_click=State.move_step(at, False)
        ),
        icon_button("x", "Remove this step", on_click=State.remove_step(at)),
        class_name="cf-line",
    )


def _mode(step: Step, at: rx.Var[int]) -> rx.Component:
    return rx.el.select(
        *[rx.el.option(words, value=key) for key, words in MODES.items()],
        value=step.mode,
        on_change=lambda chosen: State.change_step(at, "mode", chosen),
        aria_label="How many have to approve",
        class_name="cf-input",
    )


def _count(step: Step, at: rx.Var[int]) -> rx.Component:
    return rx.el.input(
        type="number",
        min="1",
        default_value=f"{step.count}",
        on_blur=lambda typed: State.change_step(at, "count", typed),
        aria_label="So many",
        class_name="cf-input cf-whom__count",
        key=f"{at}-count-{step.count}",
    )


def _person(step: Step, at: rx.Var[int], one: Choice) -> rx.Component:
    return _whom(at, one.value, one.label, cast(Any, step.people).contains(one.value))


def _whom(at: rx.Var[int], key: str, words: str, is_named: rx.Var[bool]) -> rx.Component:
    box = rx.el.input(type="checkbox", checked=is_named, on_change=lambda _: State.toggle(at, key))
    return rx.el.label(box, rx.el.span(words), class_name="cf-check cf-check--inline", key=key)
