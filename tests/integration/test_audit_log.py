"""The audit log as it is read: who did what, from where, what it was and is; narrowed, paged, proved step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlmodel import select

from contractflow.db import trail
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid, NotAllowed
from contractflow.models import AuditEvent
from contractflow.permissions import System
from contractflow.services import audit, clients, documents
from contractflow.services.audit import Wanted
from contractflow.services.audit.reading import PAGE
from contractflow.web.proving import proof
from tests import cast
from tests.integration import journey
from tests.integration.journey import as_
from tests.integration.tampering import EVENTS, tamper, write_chain

pytestmark = pytest.mark.usefixtures("database", "redis_url")

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:127.0) Gecko/20100101 Firefox/127.0"


def log(actor=cast.adam, before="", **wanted):
    return as_(actor, audit.page, Wanted(**wanted), before)


def entries(**wanted):
    return [entry for day in log(**wanted).days for entry in day.events]


def said(**wanted):
    return [f"{entry.who} {entry.what}" for entry in entries(**wanted)]


def last():
    with unit_of_work(cast.northlight) as work:
        return work.db.exec(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()


def test_an_entry_says_who_what_from_where_and_what_it_was_and_is():
    adam = replace(cast.adam, ip="203.0.113.9", user_agent=FIREFOX)
    with unit_of_work(adam) as work:
        work.record("member:change_role", "membership", uuid4(), changes={"role": ("member", "admin")})
    (entry,) = entries()
    assert (entry.who, entry.person) == ("Adam Admin", str(cast.adam.user_id))
    assert entry.place == "203.0.113.9 · Firefox on Windows"
    assert entry.changes == ["Role: Member → Admin"]
    assert entry.number == "1"


def test_what_is_stored_is_called_as_the_pages_call_it():
    changes = {
        "tier": ("growth", "scale"),
        "name": ("big_deals", "Big deals"),
        "position": (3, 2),
        "is_consumer": (False, True),
    }
    facts = {"from": "trialing", "to": "active", "changes": changes}
    with unit_of_work(System(cast.NORTHLIGHT, "paddle")) as work:
        work.record("subscription:activate", "subscription", uuid4(), **facts)
    (entry,) = entries()
    assert (entry.who, last().actor_label) == ("Paddle", "paddle")
    assert entry.changes[0] == "State: Trial → Active"
    assert sorted(entry.changes[1:]) == [
        "Name: big_deals → Big deals",
        "Position: 3 → 2",
        "Private person: no → yes",
        "Tier: Growth → Scale",
    ]


def test_a_move_shows_the_state_before_and_after_and_its_document():
    document_id = journey.in_review()
    submitted = entries()[1]
    with unit_of_work(cast.mia) as work:
        number = documents.one(work, document_id).number
    assert submitted.changes == ["State: Draft → In review"]
    assert (submitted.document, submitted.document_key) == (f"{number} Website relaunch", number)


def test_nothing_of_the_text_of_a_document_is_in_the_log():
    document_id = journey.in_review()
    as_(
        cast.adam,
        documents.request_changes,
        document_id,
        journey.look(cast.adam, document_id).current_version_id,
        "No.",
    )
    with unit_of_work(cast.northlight) as work:
        events = work.db.exec(select(AuditEvent)).all()
    assert len(events) > 5
    assert not [e for e in events if "We build the website" in e.canonical or "fee is due" in e.canonical]


def test_members_and_viewers_may_not_read_it_and_rivals_see_their_own():
    write_chain()
    for person in (cast.mia, cast.victor):
        with pytest.raises(NotAllowed, match=r"Only admins and above can read the audit log\."):
            log(person)
        with pytest.raises(NotAllowed):
            as_(person, audit.standing)
    assert sum(len(day.events) for day in log(cast.rita).days) == 1


def test_it_is_narrowed_by_person_kind_document_and_time():
    document_id = journey.in_review()
    with unit_of_work(cast.mia) as work:
        number = documents.one(work, document_id).number
    as_(cast.adam, documents.approve, document_id, journey.look(cast.adam, document_id).current_version_id)
    as_(cast.adam, clients.add, journey.new_client(name="Red Foods", contact_email="r@red.test"))
    assert {e.who for e in entries(person=str(cast.adam.user_id))} == {"Adam Admin"}
    assert {e.what for e in entries(kind="clients")} == {"added a client"}
    assert said(kind="clients", person=str(cast.adam.user_id)) == ["Adam Admin added a client"]
    assert "approved this version" in {e.what for e in entries(document=number)}
    assert said(document=str(document_id)) == said(document=number.lower() + " ")
    assert said(document=number, kind="clients") == []
    today = datetime.now(UTC).date().isoformat()
    assert len(entries(since=today, until=today)) == len(entries()) > 5
    assert entries(until="2000-01-01") == entries(since="2999-01-01") == []


def test_times_and_days_are_those_of_the_organisation_and_the_tooltip_says_utc_as_well(database):
    with database.admin() as admin:
        admin.execute("UPDATE org SET timezone = 'Asia/Tokyo' WHERE id = %s", [cast.NORTHLIGHT])
        with unit_of_work(cast.mia) as work:
            work.record("client:edit", "client", uuid4())
        admin.execute("UPDATE audit_event SET at = '2026-03-01 22:30:00+00'")
    ((day, (entry,)),) = [(day.label, day.events) for day in log().days]
    assert (day, entry.clock) == ("Monday, 02 March 2026", "07:30")
    assert entry.exact == "02 Mar 2026, 07:30 JST (01 Mar, 22:30 UTC)"
    assert len(entries(since="2026-03-02", until="2026-03-02")) == 1
    assert entries(until="2026-03-01") == []


def test_kinds_of_actor_who_are_no_members():
    with unit_of_work(System(cast.NORTHLIGHT, "seals")) as work:
        work.record("artifact:seal", "artifact", uuid4())
    with unit_of_work(System(cast.NORTHLIGHT, "paddle")) as work:
        work.record("payment:confirm", "payment", uuid4())
    assert said(person="system") == ["ContractFlow sealed the PDF"]
    assert said(person="provider") == ["Paddle confirmed a payment"]
    assert said(person="contact") == []


@pytest.mark.parametrize(
    ("name", "typed", "says"),
    [
        ("person", "nobody", "no such person"),
        ("kind", "secrets", "no such kind"),
        ("document", "CF-1999-00001", "No document has this number"),
        ("document", "x" * 5000, "No document has this number"),
        ("since", "yesterday", "Enter a day"),
        ("since", "9999-12-31", "Enter a day"),
        ("until", "0001-01-01", "Enter a day"),
    ],
)
def test_a_filter_that_cannot_be_says_so_beside_itself(name, typed, says):
    with pytest.raises(Invalid, match=says) as refusal:
        log(**{name: typed})
    assert refusal.value.field == name
    with pytest.raises(Invalid, match=says):
        as_(cast.adam, audit.export, "csv", Wanted(**{name: typed}))


def test_the_last_day_is_not_before_the_first():
    with pytest.raises(Invalid, match="before the first"):
        log(since="2026-02-01", until="2026-01-31")


def test_pages_follow_each_other_by_key_also_while_it_grows():
    for number in range(PAGE + 10):
        with unit_of_work(cast.mia) as work:
            work.record("client:edit", "client", uuid4(), step=number)
    first = log(person=str(cast.mia.user_id))
    assert len([e for day in first.days for e in day.events]) == PAGE
    assert first.older == f"/settings/audit?person={cast.mia.user_id}&before=11"
    with unit_of_work(cast.mia) as work:
        work.record("client:edit", "client", uuid4())
    second = log(person=str(cast.mia.user_id), before="11")
    assert [e.number for day in second.days for e in day.events] == [str(n) for n in range(10, 0, -1)]
    assert second.older == ""
    for odd in ("x", "-1", "²", "9" * 99):
        with pytest.raises(Invalid):
            log(before=odd)


def test_somebody_who_left_or_signed_can_be_chosen_too():
    signer = journey.signed()
    page = log(person=str(signer.signer_id))
    assert {e.who for day in page.days for e in day.events} == {cast.clara.name}
    assert page.people[-1] == type(page.people[-1])(str(signer.signer_id), cast.clara.name)
    assert {choice.label for choice in log().people} >= {"Mia Member", "Any client", "ContractFlow itself"}


def test_verifying_remembers_who_when_and_what():
    write_chain()
    assert as_(cast.adam, audit.standing).checked == ""
    verdict = as_(cast.adam, audit.verify)
    assert verdict.ok
    standing = as_(cast.olivia, audit.standing)
    assert standing.outcome == "20 entries, unbroken."
    assert standing.checked.endswith("UTC, by Adam Admin")
    assert standing.seq == "21", "the proof is an entry itself"
    with pytest.raises(NotAllowed, match="verify"):
        as_(cast.mia, audit.verify)


def test_a_broken_trail_says_where(database):
    write_chain()
    tamper(database, "an event was deleted")
    assert not as_(cast.adam, audit.verify).ok
    standing = as_(cast.adam, audit.standing)
    assert not standing.is_ok
    assert standing.outcome == "Entry 11: an event is missing before this one."


async def test_the_page_proves_step_by_step_and_stops_with_the_permission(monkeypatch):
    monkeypatch.setattr("contractflow.web.proving.TOLD_EVERY", 0)
    monkeypatch.setattr(trail.go_on, "__defaults__", (6,))
    write_chain()
    asked = []

    async def perform(verb, *args):
        asked.append(verb.__name__)
        return as_(cast.adam, verb, *args)

    assert [told async for told in proof(perform)] == [(0, 20), (6, 20), (12, 20), (18, 20), (20, 20), (0, 0)]
    assert asked == ["begin", "go_on", "go_on", "go_on", "go_on", "conclude"]
    assert last().data == {"ok": True, "events": EVENTS, "marks": 0}

    async def demoted(verb, *args):
        return as_(cast.adam if verb.__name__ == "begin" else cast.mia, verb, *args)

    told = []
    with pytest.raises(NotAllowed):
        async for progress in proof(demoted):
            told.append(progress)  # noqa: PERF401  what came before the refusal is to be seen
    assert told == [(0, 21), (0, 0)], "the page is told that nothing runs any more"


def test_a_head_that_somebody_holds_is_compared():
    write_chain()
    with unit_of_work(cast.northlight) as work:
        event = work.db.exec(select(AuditEvent).where(AuditEvent.seq == 7)).one()
    held = event.hash.hex()
    assert as_(cast.adam, audit.compare, " 7 ", held.upper()).is_kept
    other = as_(cast.adam, audit.compare, "7", "0" * 64)
    assert (other.is_kept, "written anew" in other.words) == (False, True)
    beyond = as_(cast.adam, audit.compare, "1,234", held)
    assert (beyond.is_kept, "no entry 1,234" in beyond.words) == (False, True)
    for number, digest, field in (("x", held, "number"), ("7", "abc", "digest"), ("0", held, "number")):
        with pytest.raises(Invalid) as refusal:
            as_(cast.adam, audit.compare, number, digest)
        assert refusal.value.field == field
    with pytest.raises(NotAllowed):
        as_(cast.mia, audit.compare, "7", held)
    assert not as_(cast.rita, audit.compare, "7", held).is_kept
