"""What somebody with full access to the tables could do to a trail of twenty events: the five kinds, and their variants."""

from __future__ import annotations

from uuid import uuid4

from contractflow.db.unit_of_work import unit_of_work
from tests import cast
from tests.conftest import Database

EVENTS = 20


def write_chain() -> None:
    """Twenty events of Northlight and one of Redshift."""
    for number in range(EVENTS):
        with unit_of_work(cast.mia) as work:
            facts = {"step": number, "note": 'ünïcode ✓ " \\', "share": 0.5}
            work.record("client:edit", "client", uuid4(), document_id=uuid4(), **facts)
    with unit_of_work(cast.rita) as work:
        work.record("client:edit", "client", uuid4())


# What is found first: the number of the event, and words of the reason.
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
    "an event was deleted and the gap closed": (
        10, "does not follow",
        ["DELETE FROM audit_event WHERE org_id = %(org)s AND seq = 10",
         "UPDATE audit_event SET seq = seq + 999 WHERE org_id = %(org)s AND seq > 10",
         "UPDATE audit_event SET seq = seq - 1000 WHERE org_id = %(org)s AND seq > 1000"],
    ),
    "two events were swapped": (
        10, "does not follow",
        ["UPDATE audit_event SET seq = 1000 - seq WHERE org_id = %(org)s AND seq IN (10, 11)",
         "UPDATE audit_event SET seq = seq - 979 WHERE org_id = %(org)s AND seq IN (989, 990)"],
    ),
    "an event was inserted": (
        11, "does not follow",
        ["UPDATE audit_event SET seq = seq + 1000 WHERE org_id = %(org)s AND seq > 10",
         "UPDATE audit_event SET seq = seq - 999 WHERE org_id = %(org)s AND seq > 1000",
         """INSERT INTO audit_event SELECT (event).* FROM (
               SELECT jsonb_populate_record(e, jsonb_build_object('seq', 11)) AS event FROM audit_event e
                WHERE org_id = %(org)s AND seq = 5) copied"""],
    ),
    "an event was added behind the head": (
        EVENTS, "behind the head",
        ["""INSERT INTO audit_event SELECT (event).* FROM (
              SELECT jsonb_populate_record(e, jsonb_build_object('seq', 21)) AS event FROM audit_event e
               WHERE org_id = %(org)s AND seq = 20) copied"""],
    ),
    "the hashed text is no JSON any more": (
        EVENTS, "differs",
        ["UPDATE audit_event SET canonical = '{' WHERE org_id = %(org)s AND seq = 20",
         "UPDATE audit_event SET hash = sha256(prev_hash || convert_to(canonical, 'UTF8')) WHERE org_id = %(org)s AND seq = 20",
         "UPDATE audit_head SET hash = (SELECT hash FROM audit_event WHERE org_id = %(org)s AND seq = 20) WHERE org_id = %(org)s"],
    ),
    "the newest events were cut off": (EVENTS, "newest", ["DELETE FROM audit_event WHERE org_id = %(org)s AND seq > 15"]),
    "everything was deleted": (EVENTS, "newest", ["DELETE FROM audit_event WHERE org_id = %(org)s"]),
    "the head was turned back": (
        EVENTS, "",
        ["""UPDATE audit_head SET seq = 15, hash = (SELECT hash FROM audit_event WHERE org_id = %(org)s AND seq = 15)
            WHERE org_id = %(org)s"""],
    ),
}  # fmt: skip

CUT = (
    "DELETE FROM audit_event WHERE org_id = %(org)s AND seq > 15",
    "UPDATE audit_head SET seq = 15, hash = (SELECT hash FROM audit_event WHERE org_id = %(org)s AND seq = 15)"
    " WHERE org_id = %(org)s",
)

REWRITE = """
DO $$ DECLARE e audit_event; head bytea := audit_genesis('{org}'); BEGIN
  UPDATE audit_event SET data = '{{"forged": true}}' WHERE org_id = '{org}' AND seq = 5;
  FOR e IN SELECT * FROM audit_event WHERE org_id = '{org}' ORDER BY seq LOOP
    e.canonical := audit_facts(e)::text;
    e.prev_hash := head;
    head := sha256(head || convert_to(e.canonical, 'UTF8'));
    UPDATE audit_event SET canonical = e.canonical, prev_hash = e.prev_hash, hash = head
     WHERE org_id = e.org_id AND seq = e.seq;
  END LOOP;
  UPDATE audit_head SET hash = head WHERE org_id = '{org}';
END $$;
"""


def tamper(database: Database, name: str) -> None:
    with database.admin() as admin:
        for statement in TAMPERING[name][2]:
            admin.execute(statement, {"org": cast.NORTHLIGHT})


def cut_clean(database: Database) -> None:
    """The newest five events, and the head with them: nothing inside the database tells."""
    with database.admin() as admin:
        for statement in CUT:
            admin.execute(statement, {"org": cast.NORTHLIGHT})


def rewrite(database: Database) -> None:
    """Event 5 says something else, and every hash from there to the head fits again: nothing inside tells."""
    with database.admin() as admin:
        admin.execute(REWRITE.format(org=cast.NORTHLIGHT))
