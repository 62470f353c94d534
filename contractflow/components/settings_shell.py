"""The frame of the settings: one page each, tabs between them."""

from collections.abc import Callable, Sequence
from typing import Any

import reflex as rx

from contractflow.components.sections import tabs
from contractflow.components.shell import View, member_page
from contractflow.permissions import Permission
from contractflow.permissions import Permission as P

# fmt: off
PAGES = (
    # address                    what the tab says
    ("/settings/profile",        "Profile"),
    ("/settings/security",       "Security"),
    ("/settings/notifications",  "Notifications"),
    ("/settings/organisation",   "Organisation"),
    ("/settings/members",        "Members"),
    ("/settings/roles",          "Roles"),
    ("/settings/approvals",      "Approvals"),
    ("/settings/lead-form",      "Lead form"),
    ("/settings/payments",       "Payments"),
    ("/settings/integrations",   "Integrations"),
    ("/settings/plan",           "Plan"),
    ("/settings/audit",          "Audit log"),
)
# fmt: on


def settings_page(
    route: str,
    title: str,
    *,
    on_load: Any,
    needs: Permission = P.ORG_READ,
    action: View | None = None,
    menu: View | None = None,
    tab: str = "",
    on_news: Sequence[Any] = (),
) -> Callable[[View], View]:
    """Register the decorated view as a page of the settings; `tab` is the one it stands under, when it is none itself."""

    def register(view: View) -> View:
        def page() -> rx.Component:
            entries = [(href, words, href) for href, words in PAGES]
            return rx.el.div(
                tabs("Settings", tab or route, entries), view(), class_name="cf-stack cf-stack--wide"
            )

        page.__name__ = f"settings_{title}"
        page.__module__ = view.__module__
        member_page(
            route,
            title,
            heading="Settings",
            on_load=on_load,
            needs=needs,
            action=action,
            menu=menu,
            on_news=on_news,
        )(page)
        return view

    return register
