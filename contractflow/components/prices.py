"""What a tier holds and costs, on a card."""

from __future__ import annotations

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.icon import icon
from contractflow.components.pill import hued_pill
from contractflow.money import format_money
from contractflow.services.tiers import TRIAL_DAYS, TRIAL_TIER, Tier


def tier_card(tier: Tier) -> rx.Component:
    suggested = tier.key == TRIAL_TIER
    mark = hued_pill(f"{TRIAL_DAYS}-day trial", "sparkles", "indigo") if suggested else rx.fragment()
    return rx.el.article(
        rx.el.h3(tier.name, mark, class_name="cf-tier__name"),
        rx.el.p(
            format_money(tier.monthly_minor, "EUR").removesuffix(".00"),
            rx.el.small(" a month"),
            class_name="cf-tier__price",
        ),
        rx.el.ul(*[rx.el.li(icon("check"), words) for words in _limits(tier)]),
        link_button("Create account", "/signup", look="primary" if suggested else "secondary", native=True),
        class_name="cf-tier cf-tier--suggested" if suggested else "cf-tier",
    )


def _limits(tier: Tier) -> list[str]:
    documents = f"{tier.documents:,} active documents" if tier.documents else "Unlimited documents"
    steps = {None: "Any number of approval steps", 1: "One approval step"}.get(
        tier.approval_steps, f"{tier.approval_steps} approval steps"
    )
    extras = [
        words
        for has, words in ((tier.has_branding, "Your logo and colour"), (tier.has_api, "API and webhooks"))
        if has
    ]
    return [
        f"{tier.seats} people",
        f"{tier.drafts:,} AI drafts a month, {tier.drafts_at_once} at a time",
        documents,
        steps,
        *extras,
    ]
