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
from contractflow.models import Artifact, AuditEvent
from contractflow.permissions import Visitor
from contractflow.services import audit
from tests import builders, cast
from tests.integration.tampering import EVENTS, TAMPERING, cut_clean, rewrite, tamper, write_chain


@pytest.fixture
def chain(database):
    write_chain()
    return database


def verdict():
    (found,) = [v for v in trail.verify_all() if v.org_id == cast.NORTHLIGHT]
    return found


def by_ours(most=trail.STEP):
    """What the independent verifier alone says, `most` events at a step."""
    with engine(DbRole.OPS).connect() as connection:
        walk = trail.begin(connection, cast.NORTHLIGHT)
        while walk.verdict is None:
            walk = trail.go_on(connection, walk, most)
        return walk.verdict


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


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering_is_found_by_both(chain, name):
    seq, reason, _ = TAMPERING[name]
    tamper(chain, name)
    found = verdict()
    assert not found.ok
    assert reason in found.reason
    if name != "the head was turned back":
        assert found.broken_at == seq
    assert not by_the_database().ok
    assert not by_ours().ok
    assert by_ours(most=7) == by_ours(), "the steps make no difference"
    assert "BROKEN" in str(found)
    assert all(v.ok for v in trail.verify_all() if v.org_id == cast.REDSHIFT)


def mailed(head, **other):
    """A mail that carried `head` out of the house."""
    with unit_of_work(cast.northlight) as work:
        facts = {"status": "sent", "sent_at": work.now, "chain_seq": head.seq, "chain_hash": head.hash}
        builders.a_notification(work, **facts | other)


def sealed(head):
    """A sealed PDF whose certificate prints `head`."""
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_signed_document(work)
        facts = {
            "kind": "sealed_pdf",
            "filename": "x.pdf",
            "mime": "application/pdf",
            "size_bytes": 1,
            "content": b"x",
        }
        seal = {"chain_seq": str(head.seq), "chain_head": head.hash.hex()}
        work.db.add(
            Artifact(org_id=cast.NORTHLIGHT, document_id=document.id, sha256=b"x" * 32, seal=seal, **facts)
        )


def newest():
    with engine(DbRole.OPS).connect() as connection:
        return trail.head_of(connection, cast.NORTHLIGHT)


def test_heads_that_left_the_house_are_met_again(chain):
    head = newest()
    mailed(head)
    sealed(head)
    with unit_of_work(cast.mia) as work:
        work.record("client:edit", "client", uuid4())
    assert verdict().ok
    assert verdict().marks == 2
    assert str(verdict()).endswith("ok, 21 events, 2 heads from outside met")


@pytest.mark.parametrize("leave", [mailed, sealed], ids=["in a mail", "in a sealed PDF"])
def test_a_chain_that_was_written_anew_is_found_by_what_left_the_house(chain, leave):
    leave(newest())
    rewrite(chain)
    assert by_the_database().ok, "within itself the forged chain fits"
    found = verdict()
    assert not found.ok
    assert found.broken_at == EVENTS
    where = "a mail" if leave is mailed else "a sealed PDF"
    assert found.reason.startswith(f"is not the event that went out in {where} of ")


@pytest.mark.parametrize("leave", [mailed, sealed], ids=["in a mail", "in a sealed PDF"])
def test_a_tail_cut_off_with_its_head_is_found_by_what_left_the_house(chain, leave):
    leave(newest())
    cut_clean(chain)
    assert by_the_database().ok, "within itself the shorter chain fits"
    assert verdict().broken_at == 15
    assert verdict().reason.startswith(f"the trail ends before event {EVENTS}, which went out in a ")


def test_without_anything_outside_a_chain_written_anew_cannot_be_told(chain):
    """Why heads are mailed: said here, so that nobody claims more than is true."""
    rewrite(chain)
    assert verdict().ok


def test_only_the_newest_mail_that_went_out_counts_and_no_seal_makes_it_fall_over(chain):
    mailed(newest(), status="queued", sent_at=None)
    assert verdict().marks == 0
    with unit_of_work(cast.northlight) as work:
        early = work.db.exec(select(AuditEvent).where(AuditEvent.seq == 3)).one()
    mailed(trail.Head(3, early.hash))
    mailed(newest())
    assert verdict().marks == 1
    sealed(trail.Head(20, b"not thirty-two bytes"))
    assert "a sealed PDF" in verdict().reason


@pytest.mark.parametrize(
    "name", ["an event was added behind the head", "the head was turned back", "an event was inserted"]
)
def test_after_tampering_the_agency_can_work_and_the_trail_stays_broken(chain, name):
    tamper(chain, name)
    for _ in range(3):
        with unit_of_work(cast.mia) as work:
            work.record("client:edit", "client", uuid4())
    with unit_of_work(cast.adam) as work:
        assert not audit.verify(work).ok
    assert not verdict().ok
    assert not by_the_database().ok


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_event SET action = 'x'", "DELETE FROM audit_event", "TRUNCATE audit_event CASCADE"],
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
