"""The organisation itself: founding it, what it is called, how its clients pay it, and the end of it."""

from contractflow.services.orgs.branding import (
    Logo,
    change_logo,
    logo,
    logo_address,
    logo_content,
    remove_logo,
)
from contractflow.services.orgs.client_money import (
    PaymentSettings,
    bank_account,
    connect_paddle,
    disconnect_paddle,
    due_days,
    paddle_is_available,
    payment_settings,
    save_bank_details,
    takes_cards,
)
from contractflow.services.orgs.closing import GRACE, closing_notice, request_deletion, undo_deletion
from contractflow.services.orgs.erasing import erase
from contractflow.services.orgs.exporting import LEFT_OUT, TABLES, Copy, export, export_file, export_part
from contractflow.services.orgs.founding import found
from contractflow.services.orgs.profile import OrganisationPage, organisation, save_organisation, save_policy
from contractflow.services.orgs.whereabouts import Elsewhere, Own, elsewhere, own

__all__ = [
    "GRACE",
    "LEFT_OUT",
    "TABLES",
    "Copy",
    "Elsewhere",
    "Logo",
    "OrganisationPage",
    "Own",
    "PaymentSettings",
    "bank_account",
    "change_logo",
    "closing_notice",
    "connect_paddle",
    "disconnect_paddle",
    "due_days",
    "elsewhere",
    "erase",
    "export",
    "export_file",
    "export_part",
    "found",
    "logo",
    "logo_address",
    "logo_content",
    "organisation",
    "own",
    "paddle_is_available",
    "payment_settings",
    "remove_logo",
    "request_deletion",
    "save_bank_details",
    "save_organisation",
    "save_policy",
    "takes_cards",
    "undo_deletion",
]
