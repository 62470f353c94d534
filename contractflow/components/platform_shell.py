"""The frame of the platform's own pages. Whoever is no platform admin finds there what stands at every wrong address."""

from __future__ import annotations

from collections.abc import Callable

import reflex as rx

from contractflow.components.missing import nothing_here
from contractflow.components.shell import View, frame, top_line
from contractflow.state.platform_jobs import PlatformDoorState


def platform_page(route: str, heading: str) -> Callable[[View], View]:
    """Register the decorated view. The title of the window names nothing, for others read it as well."""

    def register(view: View) -> View:
        def page() -> rx.Component:
            inside = frame(route, top_line(heading, None, None), view())
            seen = rx.cond(PlatformDoorState.is_open, inside, nothing_here())
            return rx.cond(PlatformDoorState.is_known, seen, rx.fragment())

        page.__name__ = f"platform_{heading}"
        rx.page(route=route, title="ContractFlow", on_load=PlatformDoorState.look)(page)
        return view

    return register
