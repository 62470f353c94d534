"""The landing page: what it is, how it goes, what it costs."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from contractflow.components import stills
from contractflow.components.buttons import link_button
from contractflow.components.head import SERIF, preload
from contractflow.components.icon import icon, link
from contractflow.components.prices import tier_card
from contractflow.components.public_shell import public_frame
from contractflow.components.story import window
from contractflow.services.tiers import TIERS, TRIAL_DAYS, TRIAL_TIER

BEATS = (
    (
        "Drafted while you watch",
        "Give it the scope, the price and the term. The contract appears clause by clause, and every word stays yours to change.",
        stills.drafting,
    ),
    (
        "Approved, then signed",
        "The right people approve exactly what will be sent. Your client signs on any phone, with no account to make.",
        stills.deciding,
    ),
    (
        "Paid as agreed",
        "The payment plan is part of what was signed. Deposits go out on signature, and the rest follows by itself.",
        stills.paying,
    ),
)
PROOFS = (
    (
        "fingerprint",
        "One text, one hash",
        "What was approved is what was sent, signed and sealed. A changed comma would show.",
    ),
    (
        "shield-check",
        "A sealed PDF",
        "After the last signature everybody gets the same sealed file, with its certificate inside.",
    ),
    (
        "history",
        "Every step on record",
        "Who did what and when, chained so that nothing can be taken out unnoticed.",
    ),
    (
        "scan-search",
        "Proof for anybody",
        "Anyone who holds the document can check it on our verify page, without asking you.",
    ),
)


@rx.page(
    route="/",
    title="ContractFlow: from “they said yes” to “they paid”",
    description="Contracts for marketing agencies: drafted with AI, approved, signed and paid in one place.",
    meta=[preload(SERIF)],
)
def landing() -> rx.Component:
    return public_frame(_hero(), _beats(), _proofs(), _prices(), _closing())


def _hero() -> rx.Component:
    return rx.el.section(
        rx.el.h1("From “they said yes” to “they paid”."),
        rx.el.p(
            "ContractFlow is where a marketing agency drafts a contract with AI, gets it approved, and has the client "
            "sign and pay. One place, one record, nothing lost in between.",
            class_name="cf-hero__lead",
        ),
        rx.el.div(
            link_button("Create account", "/signup", native=True, class_name="cf-button--large"),
            rx.el.span(
                f"{TRIAL_DAYS} days of {TRIAL_TIER.capitalize()} to begin with. No card.",
                class_name="cf-muted",
            ),
            class_name="cf-hero__actions",
        ),
        rx.el.figure(window(), class_name="cf-hero__still", aria_hidden="true"),
        class_name="cf-hero",
    )


def _beats() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Your first contract is out in ten minutes."),
            rx.el.p("The screen always says what happens next, and who has to do it."),
            class_name="cf-part__head",
        ),
        rx.el.div(*[_beat(*beat) for beat in BEATS], class_name="cf-beats"),
        class_name="cf-part",
    )


def _beat(title: str, words: str, still: Callable[[], rx.Component]) -> rx.Component:
    return rx.el.article(
        rx.el.div(still(), class_name="cf-beat__stage", aria_hidden="true"),
        rx.el.div(rx.el.h3(title), rx.el.p(words), class_name="cf-beat__words"),
        class_name="cf-beat",
    )


def _proofs() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            *[rx.el.div(rx.el.h3(icon(name, 18), title), rx.el.p(words)) for name, title, words in PROOFS],
            class_name="cf-facts-wide",
        ),
        class_name="cf-part",
        aria_label="What makes it evidence",
    )


def _prices() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Prices"),
            rx.el.p("Per agency and month, whatever you send."),
            class_name="cf-part__head",
        ),
        rx.el.div(*[tier_card(tier) for tier in TIERS], class_name="cf-tiers"),
        rx.el.p(
            "Signing, paying and downloading never stop, whatever an agency owes us. ",
            link("By the year, and what people ask", href="/prices"),
            class_name="cf-tiers__note",
        ),
        class_name="cf-part",
        id="prices",
    )


def _closing() -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Send the next one from here."),
            link_button("Create account", "/signup", native=True, class_name="cf-button--large"),
            class_name="cf-closing__inner",
        ),
        class_name="cf-closing",
    )
