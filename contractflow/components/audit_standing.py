"""How the trail stands: proved when and by whom, its newest fingerprint, and a field for one that somebody holds."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.copy_button import copy_button
from contractflow.components.fields import form_error, text_field
from contractflow.components.notice import notice
from contractflow.components.sections import facts
from contractflow.services.audit import Comparison, Standing

ABOUT = (
    "Every entry carries the fingerprint of the one before it, so nothing can be changed, removed or added without "
    "being noticed. The newest fingerprint leaves the house in the mails to your team and in every sealed PDF: "
    "whoever wrote the whole log anew could not change those."
)


def standing_notice(standing: Standing, proved: Any, to_prove: Any) -> rx.Component:
    """One line: running, never proved, unbroken or broken."""
    bar = rx.el.progress(value=proved, max=to_prove, aria_label="Entries verified")
    running = notice("info", "Verifying", rx.el.span(bar, proved, " of ", to_prove, class_name="cf-progress"))
    by = rx.el.span("Verified ", standing.checked)
    good = notice("good", standing.outcome, by)
    broken = notice("error", "The log is not as it was written", rx.el.span(standing.outcome, " ", by))
    never = notice("info", "Nobody has verified this log yet", "It takes a moment and changes nothing.")
    known = rx.cond(standing.is_ok, good, broken)
    return rx.el.div(
        rx.cond(to_prove > 0, running, rx.cond(standing.checked, known, never)), aria_live="polite"
    )


def fingerprint(standing: Standing, compared: Comparison, errors: Any, on_compare: Any) -> rx.Component:
    """Folded away: few people need it, and those need all of it."""
    newest = rx.el.span(
        rx.el.code(standing.head), copy_button(standing.head, "fingerprint"), class_name="cf-audit__hash"
    )
    return rx.el.details(
        rx.el.summary("Fingerprint and how to check it"),
        rx.el.div(
            rx.el.p(ABOUT, class_name="cf-muted"),
            facts(
                ("Newest entry", standing.seq),
                ("Its fingerprint", newest),
                ("Newest in a mail", rx.cond(standing.mailed, standing.mailed, "None yet")),
                ("Newest in a sealed PDF", rx.cond(standing.sealed, standing.sealed, "None yet")),
            ),
            _compare(compared, errors, on_compare),
            class_name="cf-stack",
        ),
        class_name="cf-audit__proof",
    )


def _compare(compared: Comparison, errors: Any, on_compare: Any) -> rx.Component:
    return rx.el.form(
        text_field("Entry", "number", error=errors["number"], input_mode="numeric", placeholder="1234"),
        text_field(
            "Fingerprint that you hold", "digest", error=errors["digest"], spell_check=False, auto_complete="off",
            placeholder="64 characters, from a mail or a certificate",
        ),
        secondary("Compare", type="submit"),
        rx.el.div(
            rx.cond(
                compared.words,
                rx.cond(compared.is_kept, notice("good", compared.words), notice("error", compared.words)),
            ),
            form_error(errors["form"]),
            class_name="cf-audit__answer",
        ),
        on_submit=on_compare,
        class_name="cf-audit__compare",
        no_validate=True,
    )  # fmt: skip
