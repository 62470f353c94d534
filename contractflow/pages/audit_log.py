"""Settings › Audit log: everything that was done, by whom and from where, in a chain that can be proved."""

import reflex as rx

from contractflow.components.audit_entries import audit_entries
from contractflow.components.audit_standing import fingerprint, standing_notice
from contractflow.components.buttons import link_button, primary, secondary
from contractflow.components.dialog import menu
from contractflow.components.empty import empty
from contractflow.components.fields import date_field, select_field, text_field
from contractflow.components.icon import anchor
from contractflow.components.overlays import MenuItem
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.components.table import pager
from contractflow.permissions import Permission as P
from contractflow.services.audit import KINDS
from contractflow.state.audit_log import AuditLogState as State

HERE = "/settings/audit"
wanted, errors, page = State.wanted, State.errors, State.page
PAUSE_MS = 600


def _verify() -> rx.Component:
    return primary("Verify", "shield-check", on_click=State.verify, busy=State.to_prove > 0)


def _export() -> rx.Component:
    return rx.cond(
        page.can_export,
        menu(
            secondary("Export", "download"),
            _file(
                f"/api/audit/log.csv{page.query}", "Table (CSV)", "What the filters leave, for a spreadsheet"
            ),
            _file("/api/audit/evidence.zip", "Evidence (ZIP)", "The whole log with a script that proves it"),
        ),
    )


def _file(href: str | rx.Var[str], title: str, words: str) -> rx.Component:
    lines = rx.el.span(title, rx.el.small(words, class_name="cf-muted"), class_name="cf-audit__file")
    return MenuItem.create(anchor(lines, href=href), as_child=True)


@settings_page(HERE, "Audit log", on_load=State.load, needs=P.AUDIT_READ, action=_verify, menu=_export)
def audit_log() -> rx.Component:
    return loaded(
        State.is_loaded,
        rx.fragment(
            rx.el.div(
                standing_notice(State.standing, State.proved, State.to_prove),
                fingerprint(State.standing, State.compared, errors, State.compare),
                class_name="cf-stack cf-stack--tight",
            ),
            section("Entries", _filters(), _list(), action=_clear()),
        ),
    )


def _filters() -> rx.Component:
    return rx.el.form(
        _select("Who", "person", page.people),
        _select("What", "kind", KINDS),
        text_field(
            "Document", "document", value=wanted["document"], error=errors["document"], is_filter=True,
            placeholder="CF-2026-00001", on_blur=State.narrow("document"), key=wanted["document"],
        ),
        _day("From", "since"),
        _day("To", "until"),
        on_submit=State.find,
        class_name="cf-audit__filters",
        role="search",
        no_validate=True,
    )  # fmt: skip


def _select(label: str, name: str, options: object) -> rx.Component:
    return select_field(
        label, name, options, every="Everybody" if name == "person" else "Everything", value=wanted[name],
        error=errors[name], on_change=State.narrow(name), is_filter=True,
    )  # fmt: skip


def _day(label: str, name: str) -> rx.Component:
    return date_field(
        label, name, value=wanted[name], error=errors[name], on_change=State.narrow(name).debounce(PAUSE_MS),
        is_filter=True, key=wanted[name], title="Days of your organisation's time zone",
    )  # fmt: skip


def _clear() -> rx.Component:
    return rx.cond(page.is_narrowed, link_button("Show all", HERE, look="quiet"))


def _list() -> rx.Component:
    nothing = empty("search", "No entry matches.", link_button("Show all", HERE, look="secondary"))
    return rx.cond(page.days, rx.fragment(audit_entries(page.days), _more()), nothing)


def _more() -> rx.Component:
    newest = rx.cond(State.is_older, link_button("Newest", f"{HERE}{page.query}", look="secondary"))
    older = rx.cond(page.older, link_button("Older", page.older, look="secondary"))
    return rx.cond(page.older | State.is_older, pager("", newest, older))
