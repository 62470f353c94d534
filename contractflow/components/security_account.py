"""Settings › Security: who signs in here."""

import reflex as rx

from contractflow.components.sections import facts, section
from contractflow.state.security_settings import SecurityState


def account_section() -> rx.Component:
    return section("Sign-in", facts(("Work email", SecurityState.page.email)))
