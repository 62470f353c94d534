"""Settings › Security: how one signs in, and where one is signed in."""

import reflex as rx

from contractflow.components.security_account import account_section
from contractflow.components.security_factors import factors_sections
from contractflow.components.security_password import password_section
from contractflow.components.security_policy import policy_section
from contractflow.components.security_sessions import sessions_section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.state.profile_settings import ProfileState
from contractflow.state.refused import RefusedState
from contractflow.state.security_sessions import SecuritySessionsState
from contractflow.state.security_settings import SecurityState

LOADS = [
    SecurityState.load,
    ProfileState.load,
    RefusedState.load,
    SecuritySessionsState.load,
]
"""One for each section's state."""


@settings_page("/settings/security", "Security", on_load=LOADS)
def security() -> rx.Component:
    return loaded(
        SecurityState.is_loaded,
        rx.fragment(
            account_section(), password_section(), factors_sections(), sessions_section(), policy_section()
        ),
    )
