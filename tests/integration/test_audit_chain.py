"""The trail: a chain that both verifiers follow, and every kind of tampering that a superuser could do to it."""

import hashlib
from threading import Thread
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from contractflow.db import trail
from contractflow.db.engine import engine
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotAllowed
from contractflow.models import AuditEvent
from contractflow.permissions import Visitor
from contractflow.services import audit
from tests import cast

EVENTS = 20


@pytest.fixture
def chain(database):
    """Twenty events of Northlight and one of Redshift."""
    for number in range(EVENTS):
        with unit_of_work(cast.mia) as work:
            work.record(
                "client:edit",
                "client",
                uuid4(),
                document_id=uuid4(),
                step=number,
                note='ünïcode ✓ " \\',
                share=0.5,
            )
    with unit_of_work(cast.rita) as work:
        work.record("client:edit", "client", uuid4())
    return database


def verdict():
    (found,) = [v for v in trail.verify_all() if v.org_id == cast.NORTHLIGHT]
    return found


def by_ours():
    """What the independent verifier alone says."""
    with engine(DbRole.OPS).connect() as connection:
        head = trail.head_of(connection, cast.NORTHLIGHT)
        rows = connection.execute(
            text("SELECT * FROM audit_event WHERE org_id = :org ORDER BY seq"), {"org": cast.NORTHLIGHT}
        )
        return trail.walk(cast.NORTHLIGHT, rows.mappings(), head)


def by_the_database():
    with engine(DbRole.OPS).connect() as connection:
        return connection.execute(text("SELECT * FROM audit_verify(:org)"), {"org": cast.NORTHLIGHT}).one()


def test_an_untouched_chain_is_good(chain):
    assert {v.events for v in trail.verify_all()} == {EVENTS, 1}
    assert all(v.ok for v in trail.verify_all())
    assert str(verdict()).endswith("ok, 20 events")
    assert tuple(by_the_database()) == (True, EVENTS, None, None)


def test_every_event_hashes_the_one_before(chain):
    with unit_of_work(cast.olivia) as work:
        events = list(work.db.exec(select(AuditEvent).order_by(AuditEvent.seq)))
    before = hashlib.sha256(f"contractflow-audit-v1:{cast.NORTHLIGHT}".encode()).digest()
    for event in events:
        assert event.prev_hash == before
        assert event.hash == hashlib.sha256(before + event.canonical.encode()).digest()
        before = event.hash


TAMPERING = {
    "a column was edited": (10, "differs", ["UPDATE audit_event SET data = '{}' WHERE org_id = %(org)s AND seq = 10"]),
    "the hashed text was edited": (
        10, "text was changed",
        ["UPDATE audit_event SET canonical = replace(canonical, 'client:edit', 'client:look') WHERE org_id = %(org)s AND seq = 10"],
    ),
    "an event was edited and hashed anew": (
        11, "does not follow",
        ["""UPDATE audit_event SET data = '{}', canonical = (canonical::jsonb || '{"data": {}}')::text
            WHERE org_id = %(org)s AND seq = 10""",
         "UPDATE audit_event SET hash = sha256(prev_hash || convert_to(canonical, 'UTF8')) WHERE org_id = %(org)s AND seq = 10"],
    ),
    "an event was deleted": (11, "missing before", ["DELETE FROM audit_event WHERE org_id = %(org)s AND seq = 10"]),
    "two events were swapped": (
        10, "does not follow",
        ["UPDATE audit_event SET seq = 1000 - seq WHERE org_id = %(org)s AND seq IN (10, 11)",
         "UPDATE audit_event SET seq = seq - 979 WHERE org_id = %(org)s AND seq IN (989, 990)"],
    ),
    "the newest events were cut off": (EVENTS, "newest", ["DELETE FROM audit_event WHERE org_id = %(org)s AND seq > 15"]),
    "everything was deleted": (EVENTS, "newest", ["DELETE FROM audit_event WHERE org_id = %(org)s"]),
    "the head was turned back": (
        EVENTS, "",
        ["""UPDATE audit_head SET seq = 15, hash = (SELECT hash FROM audit_event WHERE org_id = %(org)s AND seq = 15)
            WHERE org_id = %(org)s"""],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_by_both(chain, name):
    seq, reason, statements = TAMPERING[name]
    with chain.admin() as admin:
        for statement in statements:
            admin.execute(statement, {"org": cast.NORTHLIGHT})
    found = verdict()
    assert not found.ok
    assert reason in found.reason
    if name != "the head was turned back":
        assert found.broken_at == seq
    assert not by_the_database().ok
    assert not by_ours().ok
    assert "BROKEN" in str(found)
    assert all(v.ok for v in trail.verify_all() if v.org_id == cast.REDSHIFT)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event"]
)
def test_nobody_changes_the_trail_not_even_its_owner(chain, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), unit_of_work(cast.olivia) as work:
        work.db.execute(text(statement))
    with pytest.raises(ProgrammingError, match="never changed"), engine(DbRole.OWNER).begin() as connection:
        connection.execute(text(statement))


def test_nobody_writes_a_trail_without_an_organisation(database):
    append = "SELECT audit_append('user', NULL, 'x', 'x', 'x', uuidv7(), NULL, NULL, NULL, '{}')"
    with pytest.raises(ProgrammingError, match="no organisation"), unit_of_work(Visitor()) as work:
        work.db.execute(text(append))


def test_concurrent_appends_with_rollbacks_leave_one_chain_without_gaps(database):
    def write(seed):
        for number in range(25):
            try:
                with unit_of_work(cast.mia) as work:
                    work.record("client:edit", "client", uuid4(), seed=seed, number=number)
                    assert (seed + number) % 4, "fails on purpose"
            except AssertionError:
                pass

    threads = [Thread(target=write, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verdict().ok
    assert verdict().events == 75


def test_admins_verify_and_members_do_not(chain):
    with unit_of_work(cast.adam) as work:
        assert audit.verify(work).ok
        assert audit.head(work).seq == EVENTS
    with (
        pytest.raises(NotAllowed, match="Only admins and above can verify the audit log"),
        unit_of_work(cast.mia) as work,
    ):
        audit.verify(work)
    with unit_of_work(cast.victor) as work:
        assert audit.head(work).seq == EVENTS + 1, "verifying is recorded"


def test_an_organisation_without_events_has_a_head(database):
    with unit_of_work(cast.olivia) as work:
        assert audit.head(work) == trail.Head(0, trail.genesis(cast.NORTHLIGHT))
        assert audit.verify(work).ok
