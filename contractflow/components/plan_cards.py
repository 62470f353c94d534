"""The tiers that are for sale, by the month or by the year, and what is asked before one is changed for another."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import primary, secondary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.icon import icon
from contractflow.components.pill import hued_pill
from contractflow.services.plans import TierRow
from contractflow.state.plan import PlanState

page, cost = PlanState.page, PlanState.cost


def plans() -> rx.Component:
    shown = rx.cond(PlanState.is_yearly, page.yearly, page.monthly)
    return rx.el.div(
        rx.el.div(
            _interval("By the month", False),
            _interval("By the year, two months free", True),
            class_name="cf-line cf-line--wrap",
            role="group",
            aria_label="How it is paid",
        ),
        rx.el.div(rx.foreach(shown, _card), class_name="cf-tiers cf-tiers--inside"),
        class_name="cf-stack",
    )


def _interval(words: str, is_yearly: bool) -> rx.Component:
    is_this = PlanState.is_yearly == is_yearly
    return secondary(
        words, on_click=PlanState.show_yearly(is_yearly), aria_pressed=rx.cond(is_this, "true", "false")
    )


def _card(tier: TierRow) -> rx.Component:
    return rx.el.article(
        rx.el.h3(
            tier.name,
            rx.cond(tier.is_current, hued_pill("Your plan", "circle-check", "grass")),
            rx.cond(tier.is_tried, hued_pill("Your trial", "sparkles", "indigo")),
            class_name="cf-tier__name",
        ),
        rx.el.p(tier.price, rx.el.small(" ", tier.per), class_name="cf-tier__price"),
        rx.el.ul(rx.foreach(tier.holds, lambda words: rx.el.li(icon("check"), words))),
        rx.cond(tier.verb, _press(tier)),
        class_name=rx.cond(tier.is_current, "cf-tier cf-tier--suggested", "cf-tier"),
    )


def _press(tier: TierRow) -> rx.Component:
    why = rx.cond(page.why_not, page.why_not, tier.why_not)
    do = rx.cond(
        page.is_at_paddle,
        PlanState.preview(tier.key, tier.interval),
        PlanState.choose(tier.key, tier.interval),
    )
    return rx.fragment(
        secondary(tier.verb, on_click=do, blocked=why != "", why=why, full=True),
        rx.cond(tier.why_not, rx.el.p(tier.why_not, class_name="cf-muted cf-small")),
    )


def change_dialog() -> rx.Component:
    return dialog(
        None,
        cost.title,
        rx.el.p(cost.now, class_name="cf-dialog__words"),
        rx.el.p(cost.then, class_name="cf-muted"),
        buttons(primary(cost.verb, on_click=PlanState.change)),
        words="What it costs, as Paddle says now.",
        is_open=PlanState.is_changing,
        on_open_change=PlanState.close_preview,
    )
