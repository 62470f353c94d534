"""Another address: asked for with the password, confirmed at the new one, and undone from the old one."""

from __future__ import annotations

import pytest
from sqlmodel import select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid
from contractflow.models import AppUser, AuditEvent
from contractflow.permissions import Visitor
from contractflow.security.passwords import hash_password
from contractflow.services.identity import changing_email, profile, signing_in
from tests import cast
from tests.conftest import Database
from tests.integration.identity.browsing import Browser, is_signed_out, mailed_token, mails, trail

pytestmark = pytest.mark.usefixtures("redis", "database")
MIA, NEW = cast.email_of(cast.mia), "mia@elsewhere.test"
PASSWORD = "four quiet green hills"


@pytest.fixture
async def mia(database: Database) -> Browser:
    """Mia, signed in."""
    hashed = await hash_password(PASSWORD)
    with unit_of_work(Visitor()) as work:
        signing_in.change_password(work, cast.mia.user_id, hashed)
    browser = Browser()
    await browser.sign_in(MIA)
    return browser


def address() -> str:
    with unit_of_work(cast.mia) as work:
        return work.db.get_one(AppUser, cast.mia.user_id).email


async def ask(browser: Browser, email: str = NEW, password: str = PASSWORD) -> str:
    return (await browser.post("/auth/email", email=email, present_password=password)).headers["location"]


async def test_nothing_changes_before_the_new_address_is_proved(mia: Browser, database: Database) -> None:
    assert await ask(mia) == "/settings/profile?done=email"
    assert address() == MIA
    with unit_of_work(cast.mia) as work:
        assert profile.page(work).awaited == NEW
    assert mails(database, MIA)[0]["kind"] == "email_change_asked"
    assert mails(database, MIA)[0]["new_email"] == NEW
    token = await mailed_token(database, NEW, "change_email")
    await mia.post("/auth/verify-email", token=token)
    assert address() == NEW
    assert mails(database, MIA)[0]["kind"] == "email_changed"
    assert [a for a in trail(database) if a.startswith("user:")] == [
        "user:ask_email_change",
        "user:change_email",
    ]
    assert (await Browser().sign_in(NEW)).headers["location"] == "/home"
    assert (await Browser().sign_in(MIA)).headers["location"].startswith("/login?again=")


async def test_the_present_password_is_asked_and_typed_things_stay(mia: Browser, database: Database) -> None:
    refused = await mia.post("/auth/email", email=NEW, present_password="wrong password!")
    assert (await mia.errors(refused)).keys() == {"present_password"}
    assert await mia.kept(refused) == {"email": NEW}
    for email in (MIA, "no address", "a@b", "x" * 250 + "@y.test"):
        answer = await mia.post("/auth/email", email=email, present_password=PASSWORD)
        assert (await mia.errors(answer)).keys() == {"email"}, email
    assert mails(database, NEW) == []


async def test_a_stranger_asks_for_nothing(database: Database) -> None:
    stranger = Browser()
    answer = await stranger.post("/auth/email", email=NEW, present_password=PASSWORD)
    assert (await stranger.errors(answer)).keys() == {"form"}
    assert mails(database, NEW) == []


async def test_whose_the_new_address_is_only_its_mailbox_learns(mia: Browser, database: Database) -> None:
    taken = cast.email_of(cast.adam)
    assert await ask(mia, taken) == await ask(mia, NEW) == "/settings/profile?done=email"
    assert [mail["kind"] for mail in mails(database, taken)] == ["already_known"]
    with unit_of_work(cast.mia) as work:
        assert profile.page(work).awaited == NEW


async def test_an_address_that_was_proved_by_another_meanwhile_is_refused(
    mia: Browser, database: Database
) -> None:
    await ask(mia)
    other = Browser()
    await other.sign_up(NEW)
    await other.post("/auth/verify-email", token=await mailed_token(database, NEW, "verify_email"))
    answer = await mia.post("/auth/verify-email", token=await mailed_token(database, NEW, "change_email"))
    assert "belongs to another account" in (await mia.errors(answer))["form"]
    assert address() == MIA


async def test_taking_it_back_before_ends_the_link(mia: Browser, database: Database) -> None:
    await ask(mia)
    token = await mailed_token(database, NEW, "change_email")
    for _ in range(2):
        with unit_of_work(cast.mia) as work:
            changing_email.cancel(work)
    assert trail(database).count("user:cancel_email_change") == 1
    answer = await mia.post("/auth/verify-email", token=token)
    assert "taken back" in (await mia.errors(answer))["form"]
    assert address() == MIA


@pytest.mark.parametrize("is_confirmed", [False, True], ids=["asked", "changed"])
async def test_this_was_not_me(mia: Browser, database: Database, is_confirmed: bool) -> None:
    """The thief is out, their password is worth nothing, and the person chooses a new one from the old address."""
    thief, person = mia, Browser()
    await ask(thief)
    if is_confirmed:
        await thief.post("/auth/verify-email", token=await mailed_token(database, NEW, "change_email"))
        assert address() == NEW
    token = await mailed_token(database, MIA, "email_changed" if is_confirmed else "email_change_asked")
    answer = await person.post("/auth/not-me", token=token)
    assert answer.headers["location"] == "/login?reason=undone"
    assert address() == MIA
    assert await is_signed_out(thief)
    assert (await thief.sign_in(MIA)).headers["location"].startswith("/login?again=")
    left = await thief.post("/auth/verify-email", token=await mailed_token(database, NEW, "change_email"))
    assert "again=" in left.headers["location"]
    reset = await mailed_token(database, MIA, "reset_password")
    await person.post("/auth/reset", token=reset, password="seven loud red rivers")
    assert (await person.sign_in(MIA, "seven loud red rivers")).headers["location"] == "/home"
    again = await person.post("/auth/not-me", token=token)
    assert "used already" in (await person.errors(again))["form"]
    assert "user:undo_email_change" in trail(database)


async def test_a_second_change_does_not_shut_out_who_undoes_the_first(
    mia: Browser, database: Database
) -> None:
    await ask(mia)
    await mia.post("/auth/verify-email", token=await mailed_token(database, NEW, "change_email"))
    await ask(mia, "third@elsewhere.test")
    await mia.post(
        "/auth/verify-email", token=await mailed_token(database, "third@elsewhere.test", "change_email")
    )
    assert address() == "third@elsewhere.test"
    await Browser().post("/auth/not-me", token=await mailed_token(database, MIA, "email_changed"))
    assert address() == MIA


async def test_nobody_is_mailed_without_end(mia: Browser) -> None:
    answers = [await ask(mia, f"mia{number}@elsewhere.test") for number in range(7)]
    assert answers[:5] == ["/settings/profile?done=email"] * 5
    assert all("again=" in answer for answer in answers[5:])


def test_a_name_is_changed_once_and_checked() -> None:
    with unit_of_work(cast.mia) as work:
        profile.rename(work, " Mia\tMarie ")
    with unit_of_work(cast.mia) as work:
        profile.rename(work, "Mia Marie")
        assert profile.page(work).name == "Mia Marie"
    with pytest.raises(Invalid), unit_of_work(cast.mia) as work:
        profile.rename(work, " ")
    with unit_of_work(cast.olivia) as work:
        renamed = [e for e in work.db.exec(select(AuditEvent)) if e.action == "user:rename"]
        assert [(e.data["before"], e.data["after"]) for e in renamed] == [("Mia Member", "Mia Marie")]
