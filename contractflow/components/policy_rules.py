"""A rule of an approval policy while it is written: what it looks at, how, and against what."""

import reflex as rx

from contractflow.components.buttons import icon_button
from contractflow.components.field_error import field_error
from contractflow.content.kinds import KINDS
from contractflow.money import CURRENCIES
from contractflow.services.approval_policies import Rule
from contractflow.services.approval_policies.fields import FIELDS, OPERATORS, Field, Takes
from contractflow.state.approval_policy import ApprovalPolicyState as State

CODES = [(code, code) for code in CURRENCIES]


def rule_row(rule: Rule, at: rx.Var[int]) -> rx.Component:
    error = State.errors[f"rules.{at}"]
    return rx.el.div(
        _select(
            "What it looks at", [(key, one.label) for key, one in FIELDS.items()], rule.field, at, "field"
        ),
        rx.match(
            rule.field, *((key, _operator(field, rule, at)) for key, field in FIELDS.items()), rx.fragment()
        ),
        rx.match(
            rule.field, *((key, _value(field, rule, at)) for key, field in FIELDS.items()), rx.fragment()
        ),
        icon_button("x", "Remove this rule", on_click=State.remove_rule(at)),
        rx.cond(error, field_error(error, f"rules.{at}-error")),
        key=f"{at} {rule.field}",
        class_name="cf-plan__row cf-plan__row--rule",
    )


def _operator(field: Field, rule: Rule, at: rx.Var[int]) -> rx.Component:
    options = [(key, OPERATORS[key].words) for key in field.operators]
    return _select("How it is compared", options, rule.operator, at, "operator")


def _value(field: Field, rule: Rule, at: rx.Var[int]) -> rx.Component:
    """Operators that stand alone take nothing, whatever the field takes."""
    alone = [key for key in field.operators if OPERATORS[key].takes is Takes.NOTHING]
    shown = _takes(field.takes, rule, at)
    for key in alone:
        shown = rx.cond(rule.operator == key, rx.el.span(), shown)
    return shown


def _takes(takes: Takes, rule: Rule, at: rx.Var[int]) -> rx.Component:
    match takes:
        case Takes.MONEY:
            return rx.el.div(
                _select("Currency", CODES, rule.currency, at, "currency"),
                _typed("Amount", rule, at, placeholder="10,000.00", input_mode="decimal"),
                class_name="cf-plan__money",
            )
        case Takes.PERCENT:
            return _typed("Percent", rule, at, placeholder="10 %", input_mode="decimal")
        case Takes.MONTHS:
            return _typed("Months", rule, at, placeholder="12 months")
        case Takes.KIND:
            return _select("Kind", list(KINDS.items()), rule.value, at, "value", "Choose …")
        case Takes.CURRENCY:
            return _select("Currency", CODES, rule.value, at, "value", "Choose …")
        case _:
            return rx.el.span()


def _select(
    label: str,
    options: list[tuple[str, str]],
    value: rx.Var[str],
    at: rx.Var[int],
    name: str,
    nothing: str = "",
) -> rx.Component:
    first = [rx.el.option(nothing, value="", disabled=True, hidden=True)] if nothing else []
    return rx.el.select(
        *first,
        *[rx.el.option(words, value=key) for key, words in options],
        value=value,
        on_change=lambda chosen: State.change_rule(at, name, chosen),
        aria_label=label,
        class_name="cf-input",
        **(_wrong(at) if name == "value" else {}),
    )


def _typed(label: str, rule: Rule, at: rx.Var[int], **props: str) -> rx.Component:
    """Uncontrolled, so that typing never waits for the server; the row is told when the field is left."""
    return rx.el.input(
        default_value=rule.value,
        on_blur=lambda typed: State.change_rule(at, "value", typed),
        aria_label=label,
        key=f"{at}-{rule.field}-{rule.value}",
        class_name="cf-input",
        **_wrong(at),
        **props,
    )


def _wrong(at: rx.Var[int]) -> dict[str, rx.Var[str] | str]:
    """What a rule is refused for is always what it compares with: everything else is chosen from a list."""
    place = f"rules.{at}"
    error = State.errors[place]
    return {"aria_invalid": rx.cond(error, "true", "false"), "aria_describedby": f"{place}-error"}
