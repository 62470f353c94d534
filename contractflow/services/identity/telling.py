"""Mails about a person's account. It belongs to no organisation, so they come from us."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.services import notifications
from contractflow.services.identity import signing_in

OURSELVES = "ContractFlow"


def tell(work: UnitOfWork, kind: str, recipient: str, key: str, **facts: object) -> None:
    """Mail `kind` once for each `key`. `org` among the facts is who it comes from."""
    notifications.queue(
        work, kind, recipient=recipient, dedupe_key=f"{kind}:{key}", document_id=None, user_id=None,
        **{"org": OURSELVES, **facts},
    )  # fmt: skip


def kind_for(work: UnitOfWork, email: str, kind: str) -> str:
    """The mail for an address: what it is for, unless the address is somebody's already."""
    return "already_known" if signing_in.credentials(work, email) else kind
