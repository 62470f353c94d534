"""An address is confirmed by the mailed link and the person together, once; before that nothing goes to a client."""

from __future__ import annotations

from uuid import UUID

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, NotAllowed
from contractflow.models import AppUser
from contractflow.permissions import Member, Visitor
from contractflow.services import accounts, documents, links
from contractflow.services.identity import verifying
from tests import builders, cast
from tests.conftest import Database
from tests.integration.identity.browsing import PASSWORD, Browser, expire_links, mailed_token, mails, trail

pytestmark = pytest.mark.usefixtures("redis", "database")
NORA = "nora@nova.test"


async def member_of(browser: Browser) -> Member:
    user_id = await browser.who()
    assert user_id
    with unit_of_work(Visitor()) as work:
        place = accounts.memberships(work, user_id)[0]
    return Member(user_id, place.org_id, place.membership_id, place.role, place.user_name)


def is_confirmed(member: Member) -> bool:
    with unit_of_work(member) as work:
        return work.db.get_one(AppUser, member.user_id).email_verified_at is not None


async def test_who_signed_up_confirms_with_one_click(database: Database) -> None:
    browser = Browser()
    await browser.sign_up(NORA)
    nora = await member_of(browser)
    assert not is_confirmed(nora)
    token = await mailed_token(database, NORA, "verify_email")
    answer = await browser.post("/auth/verify-email", token=token)
    assert answer.headers["location"] == "/settings/profile?done=confirmed"
    assert is_confirmed(nora)
    assert "user:confirm_email" in trail(database)
    assert mails(database, NORA, "welcome")
    again = await browser.post("/auth/verify-email", token=token)
    assert await browser.errors(again) == {"form": "This link was used already. It works once."}


async def test_on_another_device_the_password_is_asked_and_nobody_is_signed_in(database: Database) -> None:
    browser, phone = Browser(), Browser()
    await browser.sign_up(NORA)
    token = await mailed_token(database, NORA, "verify_email")
    wrong = await phone.post("/auth/verify-email", token=token, password="not the password")
    assert (await phone.errors(wrong)).keys() == {"password"}
    nothing = await phone.post("/auth/verify-email", token=token)
    assert (await phone.errors(nothing)).keys() == {"password"}
    assert not is_confirmed(await member_of(browser))
    right = await phone.post("/auth/verify-email", token=token, password=PASSWORD)
    assert right.headers["location"] == "/login?reason=confirmed"
    assert await phone.who() is None
    assert is_confirmed(await member_of(browser))
    assert (await phone.sign_in(NORA)).headers["location"] == "/home"


async def test_passwords_of_a_link_cannot_be_tried_for_ever(database: Database) -> None:
    await Browser().sign_up(NORA)
    token = await mailed_token(database, NORA, "verify_email")
    for _ in range(10):
        await Browser().post("/auth/verify-email", token=token, password="not the password")
    phone = Browser()
    late = await phone.post("/auth/verify-email", token=token, password=PASSWORD)
    assert "Too many attempts" in (await phone.errors(late))["form"]


async def test_a_link_confirms_no_account_but_its_own(database: Database) -> None:
    nora, eve = Browser(), Browser()
    await nora.sign_up(NORA)
    await eve.sign_up("eve@evil.test")
    token = await mailed_token(database, NORA, "verify_email")
    answer = await eve.post("/auth/verify-email", token=token)
    assert (await eve.errors(answer)).keys() == {"password"}
    with unit_of_work(await member_of(eve)) as work, pytest.raises(Exception, match="another account"):
        verifying.confirm(work, token)
    assert not is_confirmed(await member_of(eve))
    assert not is_confirmed(await member_of(nora))


async def test_an_expired_and_an_unknown_link_say_so(database: Database) -> None:
    browser = Browser()
    await browser.sign_up(NORA)
    token = await mailed_token(database, NORA, "verify_email")
    expire_links(database)
    answer = await browser.post("/auth/verify-email", token=token)
    assert await browser.errors(answer) == {"form": "This link has expired."}
    with unit_of_work(Visitor()) as work:
        assert verifying.page(work, token).problem == "This link has expired."
        assert verifying.page(work, "nothing").problem.startswith("This link does not exist")


async def test_sending_again_ends_the_earlier_link(database: Database) -> None:
    browser = Browser()
    await browser.sign_up(NORA)
    earlier = await mailed_token(database, NORA, "verify_email")
    nora = await member_of(browser)
    with unit_of_work(nora) as work:
        verifying.send_again(work)
    newer = await mailed_token(database, NORA, "verify_email")
    assert newer != earlier
    with unit_of_work(nora) as work:
        assert "newer one" in verifying.page(work, earlier).problem
        page = verifying.page(work, newer)
    assert (page.problem, page.email, page.is_yours) == ("", NORA, True)
    assert "user:ask_confirmation" in trail(database)
    with unit_of_work(nora) as work:
        verifying.confirm(work, newer)
        verifying.send_again(work)
    assert len(mails(database, NORA, "verify_email")) == 2


async def test_nothing_goes_to_a_client_before(database: Database) -> None:
    with database.admin() as admin:
        admin.execute("UPDATE app_user SET email_verified_at = NULL WHERE id = %s", (cast.mia.user_id,))
    with unit_of_work(cast.mia) as work:
        document = builders.a_document(work, owner_id=cast.mia.membership_id)
    with pytest.raises(NotAllowed, match="Confirm your e-mail address"), unit_of_work(cast.mia) as work:
        documents.send(work, document.id)
    assert said_before_sending(document.id) == (False, "4 of these are not met yet.")
    with database.admin() as admin:
        admin.execute("UPDATE app_user SET email_verified_at = now() WHERE id = %s", (cast.mia.user_id,))
    with pytest.raises(IllegalMove), unit_of_work(cast.mia) as work:  # now the table decides
        documents.send(work, document.id)
    assert said_before_sending(document.id) == (True, "3 of these are not met yet.")


def said_before_sending(document_id: UUID) -> tuple[bool, str]:
    """Whether the pre-flight takes the address for confirmed, and what it says is missing altogether."""
    with unit_of_work(cast.mia) as work:
        page = documents.one(work, document_id)
        (check,) = [one for one in page.checks if "address" in one.words]
    assert "Open the link in the mail" in check.why
    return check.is_met, page.unmet


async def test_the_owner_of_an_address_is_told_and_nobody_else(database: Database) -> None:
    """Signing up with Mia's address looks like any sign-up; only Mia's mailbox knows."""
    eve, real = Browser(), cast.email_of(cast.mia)
    answer = await eve.sign_up(real)
    assert answer.headers["location"] == "/home"
    assert [mail["kind"] for mail in mails(database, real)] == ["already_known"]
    await eve.post("/auth/logout")
    assert (await eve.sign_in(real)).headers["location"] == "/home"
    with unit_of_work(await member_of(eve)) as work:
        verifying.send_again(work)
    assert [mail["kind"] for mail in mails(database, real)] == ["already_known"] * 2
    assert not is_confirmed(await member_of(eve))


async def test_a_claimed_address_is_lost_to_who_proves_it_first(database: Database) -> None:
    early, owner = Browser(), Browser()
    await early.sign_up(NORA)
    await owner.sign_up(NORA)
    token = await mailed_token(database, NORA, "verify_email")
    assert "done=confirmed" in (await owner.post("/auth/verify-email", token=token)).headers["location"]
    claim = UUID(mails(database, NORA, "verify_email")[1]["token_id"])
    answer = await early.post("/auth/verify-email", token=links.person_token(claim))
    assert "belongs to another account" in (await early.errors(answer))["form"]
    assert (await Browser().sign_in(NORA)).headers["location"] == "/home"
    assert not is_confirmed(await member_of(early))


async def test_an_unconfirmed_account_opens_only_where_it_was_made() -> None:
    browser = Browser()
    await browser.sign_up(NORA)
    await browser.post("/auth/logout")
    elsewhere = Browser()
    refused = await elsewhere.sign_in(NORA)
    assert "do not belong together" in (await elsewhere.errors(refused))["form"]
    assert (await browser.sign_in(NORA)).headers["location"] == "/home"
