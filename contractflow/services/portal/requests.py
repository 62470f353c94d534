"""The request to sign that a client's session is about: its document and its signer, locked."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotAllowed
from contractflow.models import Document, Signer
from contractflow.permissions import Signer as SignerActor
from contractflow.services.moving import locked
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus


def request(work: UnitOfWork) -> tuple[Document, Signer]:
    """The document and the signer of the actor. Raises NotAllowed for anybody but a signer, and NotFound."""
    actor = actor_of(work)
    document = locked(work, Document, actor.document_id, "document")
    return document, locked(work, Signer, actor.signer_id, "document")


def open_request(work: UnitOfWork) -> tuple[Document, Signer]:
    """The same while it can still be signed or declined. Raises IllegalMove afterwards."""
    document, signer = request(work)
    refuse_closed(work, document, signer)
    return document, signer


def refuse_closed(work: UnitOfWork, document: Document, signer: Signer) -> None:
    if document.status is not Status.SENT or signer.status not in (SignerStatus.INVITED, SignerStatus.VIEWED):
        raise IllegalMove(
            "This document is no longer open for signing. Ask the sender if you did not expect that."
        )
    if document.expires_at is not None and document.expires_at < work.now:
        raise IllegalMove("The time to sign has run out. Ask the sender for a new date.")


def actor_of(work: UnitOfWork) -> SignerActor:
    if not isinstance(work.actor, SignerActor):
        raise NotAllowed("Only the person this document was sent to can do that.")
    return work.actor
