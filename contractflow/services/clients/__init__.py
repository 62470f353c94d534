"""Clients and the people there who sign and pay."""

from contractflow.services.clients.adding import NAME_LIMIT, ClientFacts, NewClient, add, address
from contractflow.services.clients.changing import change
from contractflow.services.clients.contacts import (
    add_contact,
    change_contact,
    make_primary,
    remove_contact,
)
from contractflow.services.clients.importing import ImportedRow, Preview, import_rows, preview
from contractflow.services.clients.listing import ClientChoice, ClientList, ClientRow, choices, list_page
from contractflow.services.clients.merging import merge
from contractflow.services.clients.page import ClientPage, ContactRow, one
from contractflow.services.clients.shelving import archive, restore

__all__ = [
    "NAME_LIMIT",
    "ClientChoice",
    "ClientFacts",
    "ClientList",
    "ClientPage",
    "ClientRow",
    "ContactRow",
    "ImportedRow",
    "NewClient",
    "Preview",
    "add",
    "add_contact",
    "address",
    "archive",
    "change",
    "change_contact",
    "choices",
    "import_rows",
    "list_page",
    "make_primary",
    "merge",
    "one",
    "preview",
    "remove_contact",
    "restore",
]
