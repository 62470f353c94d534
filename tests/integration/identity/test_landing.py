"""Where a sign-in lands for somebody who belongs to several organisations."""

from __future__ import annotations

from uuid import UUID

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Role, Visitor
from contractflow.security.passwords import hash_password
from contractflow.security.sessions import MEMBERS
from contractflow.services.identity import signing_in
from tests import builders, cast
from tests.conftest import Database
from tests.integration.identity.browsing import PASSWORD, Browser
from tests.integration.journey import as_

LATER = [UUID("0cc00000-0000-7000-8000-000000000001"), UUID("0cc00000-0000-7000-8000-000000000002")]
"""Ids of places that are newer than those of the cast."""

pytestmark = pytest.mark.usefixtures("redis", "database")


@pytest.fixture
async def mia() -> Browser:
    """First a member of Northlight, then of Redshift."""
    as_(Visitor(), signing_in.change_password, cast.mia.user_id, await hash_password(PASSWORD))
    as_(cast.redshift, builders.a_member, cast.mia.user_id, Role.VIEWER, id=LATER[0])
    return Browser()


async def landed(browser: Browser) -> UUID:
    await browser.sign_in(cast.email_of(cast.mia))
    _, session = await MEMBERS.resolve(browser.cookies[MEMBERS.kind.cookie])
    assert session
    return UUID(session.facts["org"])


async def leave_after(browser: Browser, org_id: UUID) -> None:
    await browser.post("/auth/switch", org=str(org_id))
    await browser.post("/auth/logout")


async def test_in_the_oldest_before_any_was_used_and_then_in_the_last_used(mia: Browser) -> None:
    assert await landed(mia) == cast.NORTHLIGHT
    await leave_after(mia, cast.REDSHIFT)
    assert await landed(mia) == cast.REDSHIFT
    await leave_after(mia, cast.NORTHLIGHT)
    assert await landed(Browser()) == cast.NORTHLIGHT  # also in a browser that knows nothing


async def test_not_in_a_suspended_one_while_another_is_open(mia: Browser, database: Database) -> None:
    await landed(mia)  # Northlight was used last
    await mia.post("/auth/logout")
    with database.admin() as admin:
        suspend = "UPDATE org SET suspended_at = now(), suspend_reason = 'Unpaid.' WHERE id = %s"
        admin.execute(suspend, [cast.NORTHLIGHT])
        assert await landed(mia) == cast.REDSHIFT
        await mia.post("/auth/logout")
        admin.execute(suspend, [cast.REDSHIFT])
    assert await landed(mia) == cast.REDSHIFT  # all are: where one was last, the page says why


async def test_what_another_person_uses_counts_for_nobody_else(mia: Browser) -> None:
    with unit_of_work(cast.redshift) as work:
        builders.a_member(work, cast.victor.user_id, Role.VIEWER, id=LATER[1])
    as_(Visitor(), signing_in.change_password, cast.victor.user_id, await hash_password(PASSWORD))
    victor = Browser()
    await victor.sign_in(cast.email_of(cast.victor))
    await leave_after(victor, cast.REDSHIFT)
    assert await landed(mia) == cast.NORTHLIGHT
