"""Platform › Organisations: who is there, on which plan, how much they use."""

import reflex as rx

from contractflow.components.buttons import secondary
from contractflow.components.empty import empty
from contractflow.components.pill import ORGANISATION, pill
from contractflow.components.platform_shell import platform_page
from contractflow.components.search import search_field
from contractflow.components.skeleton import loaded
from contractflow.components.table import (
    cell,
    name_cell,
    pager,
    table,
    table_row,
    time_cell,
    toolbar,
    value_cell,
    who_cell,
)
from contractflow.services.platform import OrganisationRow
from contractflow.state.platform_organisations import ROUTE, PlatformOrganisationsState

WIDE = "wide"
HEADINGS = (
    "Organisation", "State", ("Plan", WIDE), ("Seats", WIDE), ("AI drafts this month", WIDE), ("Documents", "value"),
    ("Since", WIDE),
)  # fmt: skip


@platform_page(ROUTE, "Organisations", on_load=[PlatformOrganisationsState.load])
def platform_organisations() -> rx.Component:
    label = "Name, or a member's address"
    listed = rx.fragment(table("Organisations", HEADINGS, PlatformOrganisationsState.rows, _row), _more())
    return rx.el.div(
        toolbar(search_field(label, PlatformOrganisationsState.text, PlatformOrganisationsState.search)),
        loaded(
            PlatformOrganisationsState.is_loaded,
            rx.cond(PlatformOrganisationsState.rows, listed, empty("search", "No organisation matches.")),
        ),
        class_name="cf-stack",
    )


def _row(row: OrganisationRow) -> rx.Component:
    documents = rx.fragment(row.documents, rx.el.span(" documents", class_name="cf-phone-only cf-muted"))
    return table_row(
        name_cell(row.name, f"{ROUTE}/{row.id}"),
        cell(pill(ORGANISATION, row.state)),
        who_cell(row.tier),
        cell(row.seats, wide=True),
        cell(row.drafts, wide=True),
        value_cell(documents),
        time_cell(row.since.ago, row.since.exact),
        key=row.id,
    )


def _more() -> rx.Component:
    more = secondary("Show more", on_click=PlatformOrganisationsState.more)
    return rx.cond(PlatformOrganisationsState.after, pager("", more))
