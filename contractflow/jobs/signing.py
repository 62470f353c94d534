"""Sealing a signed document. Runs again when it failed: the sweep finds signed documents without a sealed file."""

from __future__ import annotations

from uuid import UUID

from contractflow.broker.queue import enqueue
from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import System, Visitor
from contractflow.services import sealing


def seal(org_id: str, document_id: str) -> None:
    ours, document = System(UUID(org_id), "ContractFlow"), UUID(document_id)
    with unit_of_work(ours) as work:
        contract = sealing.prepare(work, document)
    if contract is None:
        return
    sealed = sealing.make(contract)
    with unit_of_work(ours) as work:
        sealing.keep(work, document, sealed)


def sweep() -> int:
    """Wake a worker for every signed document that is not sealed; how many. One that failed rests for a minute."""
    with unit_of_work(Visitor()) as work:
        found = sealing.due(work)
    for org_id, row_id in found:
        enqueue("signing.seal", job_id=f"seal-{row_id}", org_id=org_id, document_id=row_id)
    return len(found)
