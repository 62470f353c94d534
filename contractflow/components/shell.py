"""The frame of every page a member sees, and the decorator that registers such a page.

@member_page("/clients", "Clients", on_load=ClientsState.load, action=_add_client)
def clients() -> rx.Component:
    return table(...)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from contractflow.components.buttons import link_button
from contractflow.components.confirm_address import unconfirmed
from contractflow.components.connection import reconnecting_bar
from contractflow.components.icon import Content, classes
from contractflow.components.live_text import follow_feed
from contractflow.components.missing import not_for_this_role
from contractflow.components.navigation import bottom_bar, person_menu, sidebar
from contractflow.components.notice import notice
from contractflow.components.organisations import organisation_menu
from contractflow.components.plan_banner import plan_banner
from contractflow.components.second_factor import confirm_identity
from contractflow.permissions import Permission
from contractflow.permissions import Permission as P
from contractflow.state.frame import FrameState

View = Callable[[], rx.Component]


def member_page(
    route: str,
    title: str,
    *,
    heading: Content | Callable[[], Content] = "",
    on_load: Any = (),
    needs: Permission = P.ORG_READ,
    action: View | None = None,
    menu: View | None = None,
    desk: bool = False,
    on_news: Sequence[Any] = (),
) -> Callable[[View], View]:
    """Register the decorated view at `route` inside the frame.

    `heading` is what the top line says when it is not `title` (a var: the document's name); `needs` is what one's role
    must allow to see it; `action` draws the one primary button, `menu` the secondary ones; `desk` gives the grey
    surface that paper lies on, in full width; `on_news` is called when there is a notification.
    """

    def register(view: View) -> View:
        def page() -> rx.Component:
            words = heading() if callable(heading) and not isinstance(heading, rx.Var) else heading
            named = rx.cond(words, words, title) if isinstance(words, rx.Var) else words or title
            line = top_line(named, action, menu)
            refused = FrameState.refusals.get(needs, "")
            shown = rx.cond(refused, not_for_this_role(refused), view())
            return frame(route, line, follow_feed(on_change=[FrameState.load, *on_news]), shown, desk=desk)

        page.__name__ = getattr(view, "__name__", route)
        # Reflex bundles by it: pages of one module load each other's components.
        page.__module__ = view.__module__
        loads = list(on_load) if isinstance(on_load, Sequence) else [on_load]
        rx.page(route=route, title=f"{title} · ContractFlow", on_load=[FrameState.load, *loads])(page)
        return view

    return register


def frame(
    route: str, line: rx.Component, *content: rx.Component, desk: bool = False, who: Any = FrameState
) -> rx.Component:
    """`who` has org_name, person_name and role."""
    return rx.el.div(
        sidebar(route, who),
        rx.el.div(
            line,
            unconfirmed() if who is FrameState else rx.fragment(),
            rx.el.main(
                _closing(who),
                plan_banner(who, route) if who is FrameState else rx.fragment(),
                *content,
                class_name=classes("cf-content", "cf-content--wide" if desk else ""),
                id="content",
                tab_index=-1,
            ),
            class_name=classes("cf-main", "cf-main--desk" if desk else ""),
        ),
        bottom_bar(route, who),
        person_menu(who),
        organisation_menu(who),
        reconnecting_bar(),
        confirm_identity(),
        class_name="cf-frame",
    )


def _closing(who: Any) -> rx.Component:
    """On every page while the organisation is being deleted."""
    keep = link_button("See the organisation", "/settings/organisation", look="secondary")
    return rx.cond(who.closing, notice("warning", "This organisation is being deleted", who.closing, keep))


def top_line(heading: Content, action: View | None, menu: View | None) -> rx.Component:
    return rx.el.header(
        rx.el.div(rx.el.h1(heading), class_name="cf-topline__title", title=_hint(heading)),
        rx.el.div(*[part() for part in (menu, action) if part], class_name="cf-topline__actions"),
        class_name="cf-topline",
    )


def _hint(heading: Content) -> str | rx.Var[Any]:
    """A long name is cut off in the line and whole in its hint."""
    return "" if isinstance(heading, rx.Component) else heading
