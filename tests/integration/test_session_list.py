"""Where people are signed in, and ending it: by themselves, by an Admin for their members, and by nobody else."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlmodel import select

from contractflow.broker import connections
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotAllowed, NotFound
from contractflow.models import AuditEvent, AuthSession
from contractflow.permissions import Member, Role, Visitor
from contractflow.security.sessions import MEMBERS
from contractflow.services import accounts, audit, members, sessions
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("database", "redis")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"


async def sign_in(
    person: Member, org_id: UUID | None = None, ip: str = "203.0.113.7", agent: str = FIREFOX
) -> UUID:
    """As the way in does it: Redis first, then the row."""
    org_id = org_id or person.org_id
    _, session = await MEMBERS.begin(str(person.user_id), {"org": str(org_id)})
    with unit_of_work(Visitor(ip=ip, user_agent=agent)) as work:
        accounts.session_opened(work, UUID(session.family), person.user_id, org_id)
    return UUID(session.family)


def do(actor, verb, *arguments, **named):
    with unit_of_work(actor) as work:
        return verb(work, *arguments, **named)


async def lives(family: UUID) -> bool:
    return await MEMBERS.check(str(family)) is not None


def trail() -> list[tuple[str, str]]:
    with unit_of_work(cast.northlight) as work:
        return [(e.action, e.actor_label) for e in work.db.exec(select(AuditEvent).order_by(AuditEvent.seq))]


def row_of(family: UUID, database) -> tuple:
    with database.admin() as admin:
        query = "SELECT revoked_at IS NOT NULL, revoke_reason FROM auth_session WHERE family_id = %s"
        return admin.execute(query, [family]).fetchone()


async def test_one_sees_ones_own_devices_in_every_organisation_and_nobody_elses() -> None:
    with unit_of_work(cast.redshift) as work:
        builders.a_member(work, cast.mia.user_id, Role.VIEWER)
    here, there = await sign_in(cast.mia), await sign_in(cast.mia, cast.REDSHIFT, "2001:db8:1::9", "curl/8.5")
    await sign_in(cast.adam)
    listed = do(cast.mia, sessions.mine, str(here))
    assert [(row.id, row.device, row.place, row.org_name, row.is_this) for row in listed] == [
        (str(here), "Firefox on Linux", "203.0.113.…", "Northlight", True),
        (str(there), "curl", "2001:db8:1:…", "Redshift", False),
    ]
    assert listed[0].seen.ago == "just now"


async def test_what_has_ended_by_itself_is_not_listed() -> None:
    family = await sign_in(cast.mia)
    await connections.async_redis().delete(f"cf:family:{family}")  # idle too long
    assert do(cast.mia, sessions.mine, "") == []


async def test_ending_one_ends_it_and_stands_in_the_trail(database) -> None:
    phone, desk = await sign_in(cast.mia), await sign_in(cast.mia)
    do(cast.mia, sessions.end_one, phone)
    assert (await lives(phone), await lives(desk)) == (False, True)
    assert row_of(phone, database) == (True, "ended by the person")
    assert trail() == [("session:end", "Mia Member")]
    do(cast.mia, sessions.end_one, phone)  # twice is once
    assert trail() == [("session:end", "Mia Member")]
    with unit_of_work(cast.olivia) as work:
        event = audit.page(work, audit.Wanted()).days[0].events[0]
    assert (event.who, event.what, event.note) == (
        "Mia Member", "ended one of their own sessions", "Firefox on Linux",
    )  # fmt: skip


@pytest.mark.parametrize("who", [cast.olivia, cast.adam, cast.rita], ids=lambda m: m.name)
async def test_nobody_ends_another_persons_session_as_their_own(who: Member) -> None:
    family = await sign_in(cast.mia)
    with pytest.raises(NotFound):
        do(who, sessions.end_one, family)
    assert await lives(family)
    with pytest.raises(NotFound):
        do(who, sessions.end_one, uuid4())


async def test_all_others_end_in_every_organisation_and_this_one_stays() -> None:
    with unit_of_work(cast.redshift) as work:
        builders.a_member(work, cast.mia.user_id, Role.VIEWER)
    this, other, abroad = (
        await sign_in(cast.mia),
        await sign_in(cast.mia),
        await sign_in(cast.mia, cast.REDSHIFT),
    )
    adams = await sign_in(cast.adam)
    assert do(cast.mia, sessions.end_others, this) == 2
    assert [await lives(f) for f in (this, other, abroad, adams)] == [True, False, False, True]
    assert do(cast.mia, sessions.end_others, this) == 0
    assert trail() == [("session:end_others", "Mia Member")]


async def test_an_admin_signs_a_member_out_of_their_own_organisation_only(database) -> None:
    with unit_of_work(cast.redshift) as work:
        builders.a_member(work, cast.mia.user_id, Role.VIEWER)
    here, abroad = await sign_in(cast.mia), await sign_in(cast.mia, cast.REDSHIFT)
    assert do(cast.adam, sessions.of_colleagues) == {cast.mia.user_id: 1}
    assert do(cast.adam, sessions.end_of_member, cast.mia.membership_id) == 1
    assert (await lives(here), await lives(abroad)) == (False, True)
    assert row_of(here, database) == (True, "ended by an admin")
    assert do(cast.adam, sessions.end_of_member, cast.mia.membership_id) == 0
    assert trail() == [("member:end_sessions", "Adam Admin")]


async def test_who_may_not_end_a_members_sessions() -> None:
    family, owners = await sign_in(cast.victor), await sign_in(cast.olivia)
    for who in (cast.mia, cast.victor):
        with pytest.raises(NotAllowed, match="Only admins and above"):
            do(who, sessions.end_of_member, cast.victor.membership_id)
        with pytest.raises(NotAllowed):
            do(who, sessions.of_colleagues)
    with pytest.raises(NotAllowed, match="above your own role"):
        do(cast.adam, sessions.end_of_member, cast.olivia.membership_id)
    with pytest.raises(NotFound):
        do(cast.rita, sessions.end_of_member, cast.victor.membership_id)
    assert await lives(family)
    assert await lives(owners)
    assert trail() == []


async def test_the_gates_keep_to_the_organisation_whoever_asks() -> None:
    """Also when the service's own checks were forgotten."""
    family = await sign_in(cast.mia)
    with unit_of_work(cast.rita) as work:
        ended = work.db.execute(
            text("SELECT * FROM gate_end_sessions(:user, NULL, NULL, 'x')"), {"user": cast.mia.user_id}
        ).all()
        assert ended == []
        assert work.db.execute(text("SELECT * FROM gate_colleagues_sessions()")).all() == []
        assert work.db.execute(text("SELECT * FROM gate_own_sessions()")).all() == []
    assert await lives(family)


async def test_after_a_new_password_every_session_ends_but_the_one_that_set_it(database) -> None:
    this, other = await sign_in(cast.mia), await sign_in(cast.mia)
    assert do(Visitor(), sessions.end_everywhere, cast.mia.user_id, "new password", but=this) == 1
    assert (await lives(this), await lives(other)) == (True, False)
    assert row_of(other, database) == (True, "new password")


async def test_what_ran_out_long_ago_keeps_its_end_and_is_not_counted(database) -> None:
    old, this, other = await sign_in(cast.mia), await sign_in(cast.mia), await sign_in(cast.mia)
    with database.admin() as admin:
        admin.execute(
            "UPDATE auth_session SET created_at = now() - interval '13 hours' WHERE family_id = %s", [old]
        )
    assert do(cast.mia, sessions.end_others, this) == 1
    assert do(Visitor(), sessions.end_everywhere, cast.mia.user_id, "new password") == 1
    assert row_of(old, database) == (False, None)
    assert row_of(other, database) == (True, "ended by the person")


async def test_also_a_session_that_no_row_tells_of_ends_with_all() -> None:
    _, unlisted = await MEMBERS.begin(str(cast.mia.user_id), {"org": str(cast.NORTHLIGHT)})
    assert do(Visitor(), sessions.end_everywhere, cast.mia.user_id, "new password") == 0
    assert not await lives(UUID(unlisted.family))


async def test_an_ended_session_is_refused_also_when_redis_did_not_hear_of_it(monkeypatch) -> None:
    """The row is the truth: Redis was away at that moment and comes back with what it knew."""
    family = await sign_in(cast.mia)

    def away():
        raise ConnectionError("away")

    with monkeypatch.context() as patch:
        patch.setattr("contractflow.security.sessions.patient_redis", away)
        do(cast.mia, sessions.end_one, family)
    assert await lives(family)
    place = do(Visitor(), sessions.place, cast.mia.user_id, cast.NORTHLIGHT, family)
    assert place is not None
    assert place.is_ended
    assert do(Visitor(), sessions.ended_among, [family, uuid4()]) == [family]


async def test_activity_is_written_down_once_a_minute(database) -> None:
    family = await sign_in(cast.mia)
    with database.admin() as admin:
        admin.execute("UPDATE auth_session SET last_seen_at = now() - interval '1 hour'")
    await connections.async_redis().hincrby(f"cf:family:{family}", "seen", -61)
    first, second = await MEMBERS.check(str(family)), await MEMBERS.check(str(family))
    assert first is not None
    assert second is not None
    assert (first.is_touched, second.is_touched) == (True, False)
    do(Visitor(), sessions.seen, family)
    with unit_of_work(cast.mia) as work:
        kept = work.db.exec(select(AuthSession)).one()
        assert work.now - kept.last_seen_at < timedelta(minutes=1)


async def test_new_rights_hasten_the_next_secret() -> None:
    cookie, session = await MEMBERS.begin(str(cast.mia.user_id), {"org": str(cast.NORTHLIGHT)})
    assert not (await MEMBERS.resolve(cookie))[1].is_due
    do(cast.northlight, sessions.renew_soon, cast.mia.user_id)
    assert (await MEMBERS.resolve(cookie))[1].is_due
    await MEMBERS.end(session.family)
    do(cast.northlight, sessions.renew_soon, cast.mia.user_id)
    assert await MEMBERS.check(session.family) is None


async def test_a_copied_cookie_is_told_once() -> None:
    family = await sign_in(cast.mia)
    for _ in range(2):
        do(dataclasses.replace(cast.northlight, name="sessions"), sessions.copied, family, cast.mia.user_id)
    assert trail() == [("session:copied", "sessions")]


@pytest.mark.parametrize(
    ("who", "theirs"),
    [
        (cast.olivia, {"Adam Admin", "Mia Member", "Victor Viewer"}),
        (cast.adam, {"Mia Member", "Victor Viewer"}),
        (cast.mia, set()),
        (cast.victor, set()),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_the_members_page_offers_it_to_whom_it_would_succeed_for(who: Member, theirs: set[str]) -> None:
    assert {row.name for row in do(who, members.page).members if row.can_end_sessions} == theirs
