"""What a tier holds and costs, on a card; and all of them, by the month or by the year."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.icon import icon
from contractflow.components.pill import hued_pill
from contractflow.services.plans import amount, holds, money
from contractflow.services.tiers import INTERVALS, MONTH, TIERS, TRIAL_DAYS, TRIAL_TIER, Tier

SAYS = {MONTH: "By the month", "year": "By the year, two months free"}


def priced() -> rx.Component:
    """Two radio buttons and the cards of both: the style sheet shows one, so it needs no script."""
    return rx.el.div(
        rx.el.fieldset(
            rx.el.legend("How it is paid", class_name="cf-hidden"),
            *[_choice(interval) for interval in INTERVALS],
            class_name="cf-priced__choice",
        ),
        *[
            rx.el.div(
                *[tier_card(tier, interval) for tier in TIERS],
                class_name=f"cf-tiers cf-priced__{interval}",
            )
            for interval in INTERVALS
        ],
        class_name="cf-priced",
    )


def _choice(interval: str) -> rx.Component:
    radio = rx.el.input(type="radio", name="interval", value=interval, default_checked=interval == MONTH)
    return rx.el.label(radio, rx.el.span(SAYS[interval]))


def tier_card(tier: Tier, interval: str = MONTH) -> rx.Component:
    suggested = tier.key == TRIAL_TIER
    mark = hued_pill(f"{TRIAL_DAYS}-day trial", "sparkles", "indigo") if suggested else rx.fragment()
    return rx.el.article(
        rx.el.h3(tier.name, mark, class_name="cf-tier__name"),
        rx.el.p(money(amount(tier, interval)), rx.el.small(f" a {interval}"), class_name="cf-tier__price"),
        rx.el.ul(*[rx.el.li(icon("check"), words) for words in holds(tier)]),
        link_button("Create account", "/signup", look="primary" if suggested else "secondary", native=True),
        class_name="cf-tier cf-tier--suggested" if suggested else "cf-tier",
    )
