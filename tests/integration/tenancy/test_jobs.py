"""Every job, in the name of one organisation with the ids of another; and webhooks that name somebody else's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contractflow.broker.queue import LANES
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.payments import paddle
from contractflow.integrations.payments.port import ProviderPayment, ProviderReversal, Settlement
from contractflow.permissions import Visitor
from contractflow.services import webhooks
from tests import cast
from tests.integration.tenancy.calling_jobs import job, run
from tests.integration.tenancy.known import EVENT


@pytest.fixture
def as_worker(shelter):
    use_role(DbRole.WORKER)
    yield
    use_role(DbRole.APP)


def test_a_job_does_nothing_with_the_ids_of_another_organisation(jobs):
    """That nothing of Northlight changes, the fixture of this package sees after every test."""
    assert {answer.target for answer in jobs} == set(LANES)
    assert [str(answer) for answer in jobs if answer.wrong] == []


class Provider:
    """What Paddle says of a payment: somebody put an id of Northlight into it, or the name of its organisation."""

    key = "paddle"

    def __init__(self, said: ProviderPayment) -> None:
        self.said = said

    def fetch(self, provider_ref: str) -> ProviderPayment:
        return self.said


@pytest.mark.parametrize(
    ("org_id", "ref"),
    [(cast.REDSHIFT, "txn_of_redshift"), (cast.NORTHLIGHT, "txn_of_redshift"), (uuid4(), "txn_of_redshift")],
    ids=["as Redshift", "as Northlight", "as nobody"],
)
def test_a_webhook_about_a_payment_of_another_organisation_moves_no_money(
    world, as_worker, monkeypatch, org_id, ref
):
    """Redshift's own seller account could name any id in what it sells: the payment it names is not that transaction."""
    signed = world.theirs["signed"]
    refund = ProviderReversal("adj_1", "refund", 100, datetime.now(UTC))
    said = ProviderPayment(
        ref, Settlement.PAID, 50_000, "EUR", str(signed["payment_id"]), str(org_id), str(signed["invoice_id"]),
        datetime.now(UTC), (refund,),
    )  # fmt: skip
    monkeypatch.setattr(paddle, "provider", lambda: Provider(said))
    row_id = received(ref)
    run(job("payments.process_webhook"), event_row_id=str(row_id))
    with unit_of_work(cast.northlight, role=DbRole.OWNER) as work:
        status, owner = work.db.execute(
            text("SELECT status, org_id FROM webhook_event WHERE id = :id"), {"id": row_id}
        ).one()
        work.db.execute(text("DELETE FROM webhook_event WHERE id = :id"), {"id": row_id})
    assert status in ("failed", "ignored", "received"), status
    assert owner in (None, org_id)


def received(ref: str) -> UUID:
    event = json.loads(EVENT) | {"event_id": f"evt_{uuid4()}", "data": {"id": ref}}
    with unit_of_work(Visitor(), role=DbRole.APP) as work:
        assert webhooks.receive(work, json.dumps(event).encode())
    with unit_of_work(Visitor(), role=DbRole.WORKER) as work:
        query = text("SELECT id FROM webhook_event WHERE event_id = :id")
        return work.db.execute(query, {"id": event["event_id"]}).scalar_one()
