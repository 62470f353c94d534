"""Where mailed links lead. A token is derived from a row's id whenever it is needed and never stored."""

from __future__ import annotations

from uuid import UUID

from contractflow.config import settings
from contractflow.security.links import link_token, read_words, signed_words

SIGNING, INVOICE, INVITE, PERSON, UNSUBSCRIBE = "signing", "invoice", "invite", "person", "unsubscribe"


def signing_token(signer_id: UUID, version_id: UUID) -> str:
    """Reads one sent version as one signer: a recalled version's link dies with it."""
    return link_token(f"{SIGNING}:{version_id}", signer_id)


def signing_url(signer_id: UUID, version_id: UUID) -> str:
    return f"{settings().base_url}/portal/open/{signing_token(signer_id, version_id)}"


def invoice_token(invoice_id: UUID) -> str:
    return link_token(INVOICE, invoice_id)


def invoice_url(invoice_id: UUID) -> str:
    return f"{settings().base_url}/portal/pay/{invoice_token(invoice_id)}"


def bill_url(invoice_id: UUID) -> str:
    """The agency's own page of an invoice."""
    return f"{settings().base_url}/invoices/{invoice_id}"


def lead_url(lead_id: UUID) -> str:
    return f"{settings().base_url}/leads/{lead_id}"


def endpoint_url(endpoint_id: UUID) -> str:
    return f"{settings().base_url}/settings/integrations/{endpoint_id}"


def invite_token(token_id: UUID) -> str:
    return link_token(INVITE, token_id)


def invite_url(token_id: UUID) -> str:
    return f"{settings().base_url}/invite/{invite_token(token_id)}"


def person_token(token_id: UUID) -> str:
    """Of a link to confirm an address, choose a new password, or say that it was somebody else."""
    return link_token(PERSON, token_id)


def confirm_url(token_id: UUID) -> str:
    return f"{settings().base_url}/verify-email/{person_token(token_id)}"


def reset_url(token_id: UUID) -> str:
    return f"{settings().base_url}/reset/{person_token(token_id)}"


def not_me_url(token_id: UUID) -> str:
    return f"{settings().base_url}/not-me/{person_token(token_id)}"


def document_url(document_id: UUID) -> str:
    return f"{settings().base_url}/documents/{document_id}"


def comment_url(document_id: UUID, comment_id: str) -> str:
    """The document with the thread open that `comment_id` began."""
    return f"{document_url(document_id)}?comment={comment_id}"


def mail_choices_url() -> str:
    """Where a member says which mails they want."""
    return f"{settings().base_url}/settings/notifications"


def unsubscribe_url(org_id: UUID, user_id: UUID, kind: str) -> str:
    """Ends mails of `kind` to that member of that organisation, for whoever has the mail (RFC 8058)."""
    token = signed_words(UNSUBSCRIBE, f"{org_id.hex}.{user_id.hex}.{kind}")
    return f"{settings().base_url}/unsubscribe/{token}"


def unsubscribed(token: str) -> tuple[UUID, UUID, str] | None:
    """Organisation, person and kind of such a link; None for one that is not ours."""
    words = read_words(UNSUBSCRIBE, token)
    if words is None:
        return None
    org_id, user_id, kind = words.split(".")
    return UUID(org_id), UUID(user_id), kind


def org_url(org_id: UUID) -> str:
    """The settings of that organisation; who is signed in to another one is offered to switch."""
    return f"{settings().base_url}/organisations/{org_id}"
