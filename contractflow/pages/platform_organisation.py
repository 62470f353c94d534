"""Platform › one organisation: its plan, its use, and what can be done to it. No word of what it writes."""

import reflex as rx

from contractflow.components import platform_dialogs as dialogs
from contractflow.components.buttons import link_button, secondary
from contractflow.components.dialog import confirm
from contractflow.components.missing import loaded_or_missing
from contractflow.components.notice import notice
from contractflow.components.pill import ORGANISATION, pill
from contractflow.components.platform_shell import platform_page
from contractflow.components.sections import facts, section
from contractflow.components.table import cell, name_cell, table, table_row, value_cell
from contractflow.services.platform import LimitRow
from contractflow.state.platform_organisation import PlatformOrganisationState
from contractflow.state.platform_organisations import ROUTE

page = PlatformOrganisationState.page
SIGNED_OUT = "Every member is signed out at once, on every device. They can sign in again."


@platform_page(
    f"{ROUTE}/[organisation_id]", "Organisation", on_load=[PlatformOrganisationState.load], tab=ROUTE
)
def platform_organisation() -> rx.Component:
    shown = rx.el.div(
        _head(),
        rx.cond(page.is_suspended, _suspended()),
        section("About", _about()),
        section("Plan", _plan(), action=_plan_actions()),
        section("Limits", _limits()),
        section("Access", _access()),
        dialogs.suspend(),
        dialogs.trial(),
        dialogs.tier(),
        rx.foreach(page.limits, dialogs.limit),
        class_name="cf-stack cf-stack--wide",
    )
    return loaded_or_missing(PlatformOrganisationState, "organisation", ROUTE, shown)


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.h2(page.name), pill(ORGANISATION, page.state), link_button("All organisations", ROUTE, look="quiet"),
        class_name="cf-line cf-line--wrap",
    )  # fmt: skip


def _suspended() -> rx.Component:
    lift = secondary("Lift suspension", "rotate-ccw", on_click=PlatformOrganisationState.lift)
    since = rx.fragment("Since ", page.suspended.exact, ". Its clients still read, sign and pay.")
    return notice("error", page.reason, since, lift)


def _about() -> rx.Component:
    return facts(
        ("Owner", page.owner),
        ("Owner's address", page.owner_email),
        ("Public name", page.slug),
        ("Since", rx.el.time(page.since.ago, title=page.since.exact)),
        ("Sessions now", page.sessions),
        ("To be deleted", rx.cond(page.leaves.exact, page.leaves.exact, "No")),
    )


def _plan() -> rx.Component:
    return facts(
        ("Plan", page.tier), ("Trial until", rx.cond(page.trial_until, page.trial_ends.exact, "No trial"))
    )


def _plan_actions() -> rx.Component:
    extend = secondary("Extend trial", on_click=PlatformOrganisationState.ask("trial"))
    change = secondary("Change plan", on_click=PlatformOrganisationState.ask("tier"))
    return rx.el.span(rx.cond(page.trial_until, extend), change, class_name="cf-line")


def _limits() -> rx.Component:
    return table(
        "Limits",
        ("Limit", ("Of the plan", "wide"), ("Used", "wide"), ("Holds", "value"), ""),
        page.limits,
        _limit,
    )


def _limit(row: LimitRow) -> rx.Component:
    change = secondary("Change", on_click=PlatformOrganisationState.ask(row.key))
    return table_row(
        name_cell(row.label), cell(row.plans, wide=True), cell(row.used, wide=True), value_cell(row.limit),
        cell(change), key=row.key,
    )  # fmt: skip


def _access() -> rx.Component:
    end = secondary("End all sessions", "log-out")
    held = secondary("Release legal hold", "lock-open", on_click=PlatformOrganisationState.hold(False))
    free = secondary("Put under legal hold", "lock", on_click=PlatformOrganisationState.hold(True))
    suspend = secondary("Suspend", "ban", on_click=PlatformOrganisationState.ask("suspend"))
    return rx.el.div(
        rx.cond(page.is_suspended, rx.fragment(), suspend),
        confirm(
            end, "End all sessions?", SIGNED_OUT, "End all sessions", PlatformOrganisationState.end_sessions
        ),
        rx.cond(page.is_held, held, free),
        class_name="cf-toolbar",
    )
