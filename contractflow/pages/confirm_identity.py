"""Confirming that it is you as a page of its own: for downloads, and pages without a dialog for it."""

from __future__ import annotations

import reflex as rx

from contractflow.components.public_shell import entry_frame
from contractflow.components.second_factor import confirm_here
from contractflow.components.story import sealed
from contractflow.state.second_step import SecondStepState


@rx.page(route="/confirm-identity", title="Confirm it is you · ContractFlow", on_load=SecondStepState.load)
def confirm_identity() -> rx.Component:
    lead = "What comes next needs it. It holds for ten minutes, in this browser."
    return entry_frame("Confirm it is you", lead, confirm_here(next=SecondStepState.onward), aside=sealed())
