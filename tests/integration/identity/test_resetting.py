"""A forgotten password: the same answer for everybody, a link that works once, and everybody else is signed out."""

from __future__ import annotations

import asyncio

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Visitor
from contractflow.security.passwords import hash_password
from contractflow.services.identity import resetting, signing_in
from contractflow.web import later
from tests import cast
from tests.conftest import Database
from tests.integration.identity.browsing import (
    Browser,
    expire_links,
    is_signed_out,
    mailed_token,
    mails,
    trail,
)
from tests.integration.web.at_the_door import enrol

pytestmark = pytest.mark.usefixtures("redis", "database")
MIA = cast.email_of(cast.mia)
OLD, NEW = "four quiet green hills", "seven loud red rivers"


@pytest.fixture(autouse=True)
async def _with_a_password(database: Database) -> None:
    hashed = await hash_password(OLD)
    with unit_of_work(Visitor()) as work:
        signing_in.change_password(work, cast.mia.user_id, hashed)


async def ask(browser: Browser, email: str = MIA) -> str:
    answer = await browser.post("/auth/forgot", email=email)
    await later.settled()
    return answer.headers["location"]


async def test_the_answer_is_the_same_whose_ever_the_address_is(database: Database) -> None:
    with database.admin() as admin:
        admin.execute("UPDATE app_user SET email_verified_at = NULL WHERE id = %s", (cast.victor.user_id,))
    addresses = (MIA, MIA.upper(), "nobody@northlight.test", cast.email_of(cast.victor))
    assert {await ask(Browser(), email) for email in addresses} == {"/forgot?sent=1"}
    assert len(mails(database, MIA, "reset_password")) == 2
    assert mails(database, "nobody@northlight.test") == mails(database, cast.email_of(cast.victor)) == []


async def test_the_link_sets_a_password_once_and_signs_everybody_out(database: Database) -> None:
    thief, mia = Browser(), Browser()
    await thief.sign_in(MIA, OLD)
    assert await thief.who() == cast.mia.user_id
    await ask(mia)
    token = await mailed_token(database, MIA, "reset_password")
    answer = await mia.post("/auth/reset", token=token, password=NEW)
    assert answer.headers["location"] == "/login?reason=password"
    assert await mia.who() is None
    assert await is_signed_out(thief)
    assert (await thief.sign_in(MIA, OLD)).headers["location"].startswith("/login?again=")
    assert (await mia.sign_in(MIA, NEW)).headers["location"] == "/home"
    assert mails(database, MIA, "password_changed")[0]["how"] == "with a link from a mail"
    assert "user:reset_password" in trail(database)
    again = await mia.post("/auth/reset", token=token, password="nine slow blue clouds")
    assert await mia.errors(again) == {"form": "This link was used already. It works once."}
    assert (await Browser().sign_in(MIA, NEW)).headers["location"] == "/home"


async def test_it_does_not_go_around_the_second_factor(database: Database) -> None:
    enrol(cast.mia)
    mia = Browser()
    await ask(mia)
    token = await mailed_token(database, MIA, "reset_password")
    await mia.post("/auth/reset", token=token, password=NEW)
    assert await mia.who() is None
    assert (await mia.sign_in(MIA, NEW)).headers["location"].startswith("/login/code")
    assert await mia.who() is None, "whoever reads the mailbox has the password, and not the app"


async def test_older_links_die_and_all_of_them_after_half_an_hour(database: Database) -> None:
    browser = Browser()
    await ask(browser)
    older = await mailed_token(database, MIA, "reset_password")
    await ask(browser)
    newer = await mailed_token(database, MIA, "reset_password")
    refused = await browser.post("/auth/reset", token=older, password=NEW)
    assert "newer one" in (await browser.errors(refused))["form"]
    with database.admin() as admin:
        left = admin.execute(
            "SELECT extract(epoch FROM expires_at - created_at) FROM one_time_token WHERE purpose = 'reset_password'"
            " AND revoked_at IS NULL"
        ).fetchone()
    assert left
    assert abs(float(left[0]) - 1800) < 5
    expire_links(database)
    late = await browser.post("/auth/reset", token=newer, password=NEW)
    assert await browser.errors(late) == {"form": "This link has expired."}


async def test_the_database_holds_no_link_and_a_weak_password_does_not_spend_it(database: Database) -> None:
    browser = Browser()
    await ask(browser)
    token = await mailed_token(database, MIA, "reset_password")
    with database.admin() as admin:
        everything = str(admin.execute("SELECT * FROM one_time_token").fetchall())
        everything += str(admin.execute("SELECT * FROM notification").fetchall())
    assert token not in everything
    for weak in ("short", "northlight2026", "MiaMember2026!", "password12345"):
        refused = await browser.post("/auth/reset", token=token, password=weak)
        assert (await browser.errors(refused)).keys() == {"password"}, weak
    assert (
        (await browser.post("/auth/reset", token=token, password=NEW))
        .headers["location"]
        .startswith("/login")
    )


async def test_of_two_at_once_one_wins(database: Database) -> None:
    await ask(Browser())
    token = await mailed_token(database, MIA, "reset_password")
    browsers = [Browser() for _ in range(4)]
    for browser in browsers:
        await browser.get()
    words = [f"{number} loud red rivers" for number in ("one", "two", "three", "four")]
    answers = await asyncio.gather(
        *(b.post("/auth/reset", token=token, password=w) for b, w in zip(browsers, words, strict=True))
    )
    assert [a.headers["location"] for a in answers].count("/login?reason=password") == 1


async def test_one_kind_of_link_is_not_another(database: Database) -> None:
    await Browser().sign_up("nora@nova.test")
    token = await mailed_token(database, "nora@nova.test", "verify_email")
    browser = Browser()
    answer = await browser.post("/auth/reset", token=token, password=NEW)
    assert (await browser.errors(answer))["form"].startswith("This link does not exist")
    with unit_of_work(Visitor()) as work:
        assert resetting.page(work, token).problem.startswith("This link does not exist")


async def test_who_has_left_every_organisation_still_gets_a_link(database: Database) -> None:
    with database.admin() as admin:
        admin.execute("UPDATE membership SET status = 'removed' WHERE user_id = %s", (cast.mia.user_id,))
    await ask(Browser())
    assert mails(database, MIA, "reset_password")


async def test_asking_for_others_is_limited_and_uses_up_nobody_elses(database: Database) -> None:
    eve, mia = Browser(), Browser()
    answers = [await ask(eve) for _ in range(8)]
    assert answers[:5] == ["/forgot?sent=1"] * 5
    assert all(answer.startswith("/forgot?again=") for answer in answers[5:])
    unknown = [await ask(Browser(eve.ip), "nobody@northlight.test") for _ in range(6)]
    assert unknown[:5] == ["/forgot?sent=1"] * 5
    assert unknown[5].startswith("/forgot?again=")
    assert await ask(mia) == "/forgot?sent=1"
    assert len(mails(database, MIA, "reset_password")) == 6
