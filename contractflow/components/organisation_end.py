"""The end of an organisation, in its settings: asking for it, and keeping it after all."""

import reflex as rx

from contractflow.components.buttons import link_button, primary, secondary
from contractflow.components.dialog import confirm, dialog, typed_form
from contractflow.components.notice import notice
from contractflow.components.refused import or_why
from contractflow.components.sections import section
from contractflow.state.organisation import OrganisationState

page, errors = OrganisationState.page, OrganisationState.errors


def end() -> rx.Component:
    ask = OrganisationState.show_delete(True)
    words = (
        "In thirty days its drafts, templates, leads and clients are erased. Until then it can be read and kept. "
        "Signed documents, invoices and the audit trail are kept as long as the law asks for them."
    )
    standing = rx.fragment(
        rx.el.p(words, class_name="cf-muted"),
        or_why(page.why_not_delete, secondary, "Delete organisation", "trash-2", on_click=ask),
    )
    return section("Delete", rx.cond(page.is_closing, _closing(), standing))


def take_along() -> rx.Component:
    """Everything as one file; a link, so that the browser confirms who it is and then downloads."""
    label = "Export everything"
    words = (
        "Documents with every version, sealed PDFs, clients, invoices and the audit log in one ZIP. It begins at once, "
        "stands in the audit log, and works until the organisation is erased."
    )
    go = link_button(label, "/api/organisation/everything.zip", "download", look="secondary", native=True)
    stay = or_why(page.why_not_export, secondary, label, "download")
    return section(
        "Your data",
        rx.el.p(words, class_name="cf-muted"),
        rx.cond(page.why_not_export, stay, rx.el.div(go, class_name="cf-line")),
    )


def _closing() -> rx.Component:
    keep = confirm(
        primary("Keep the organisation", blocked=page.why_not_delete != "", why=page.why_not_delete),
        "Keep this organisation?",
        "It is not deleted, and everything works as before. Everybody is told.",
        "Keep it",
        OrganisationState.keep,
    )
    held = rx.cond(page.is_on_hold, " A legal hold keeps it from being erased, however long that lasts.", "")
    return notice(
        "warning",
        rx.el.span("It is erased on ", page.erased_on),
        rx.el.span("Its owner can keep it until then.", held),
        keep,
    )


def delete_dialog() -> rx.Component:
    done = {"errors": errors, "on_submit": OrganisationState.delete}
    return dialog(
        None,
        "Delete this organisation?",
        typed_form("Delete organisation", page.name, "typed_name", **done),
        words="For thirty days everybody can read and nothing changes; clients go on signing and paying. Everybody is told by mail. "
        "After that nobody can bring it back.",
        is_open=OrganisationState.is_deleting,
        on_open_change=OrganisationState.show_delete,
    )
