"""Deleting one's own account: not while one is needed, with what becomes of one's work, and for good."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import ConfirmFirst, IllegalMove, Invalid, NotSignedIn
from contractflow.models import AppUser, Document, Membership
from contractflow.permissions import Role, Visitor
from contractflow.security.passwords import hash_password
from contractflow.services import members
from contractflow.services.identity import signing_in
from contractflow.web.refusals import refusal
from contractflow.workflows.membership import MembershipStatus
from tests import builders, cast
from tests.conftest import Database
from tests.integration.identity.browsing import PASSWORD, Browser, is_signed_out, mails, trail
from tests.integration.journey import a_draft, as_
from tests.integration.web.at_the_door import enrol

pytestmark = pytest.mark.usefixtures("redis", "database")
MIA = cast.email_of(cast.mia)
MIA_NOW = replace(cast.mia, is_confirmed=True)


async def test_nothing_of_it_signs_in_any_more_and_the_address_is_free(database: Database) -> None:
    as_(Visitor(), signing_in.change_password, cast.mia.user_id, await hash_password(PASSWORD))
    browser = Browser()
    await browser.sign_in(MIA)
    document_id = a_draft()
    enrol(cast.mia)
    as_(MIA_NOW, members.delete_account, f" {MIA.upper()} ", cast.adam.membership_id)
    assert await is_signed_out(browser)
    assert (await browser.sign_in(MIA)).headers["location"].startswith("/login?again=")
    assert as_(Visitor(), signing_in.credentials, MIA, [cast.mia.user_id]) == []
    with unit_of_work(cast.northlight) as work:
        place = work.db.get_one(Membership, cast.mia.membership_id)
        person = work.db.get_one(AppUser, cast.mia.user_id)
        assert (place.status, person.name) == (MembershipStatus.REMOVED, "Mia Member")
        assert person.email == f"{person.id}@deleted.invalid"
        assert work.db.get_one(Document, document_id).owner_id == cast.adam.membership_id
    with database.admin() as admin:
        kept = (
            "SELECT password_hash, totp_secret_enc, recovery_hashes FROM user_credential WHERE user_id = %s"
        )
        assert admin.execute(kept, [cast.mia.user_id]).fetchone() == (None, None, [])
    assert "user:delete_account" in trail(database)
    assert [mail["kind"] for mail in mails(database, MIA, "account_deleted")] == ["account_deleted"]
    assert (await Browser().sign_up(MIA)).headers["location"] == "/home"
    assert mails(database, MIA, "verify_email")  # not “you have an account already”


async def test_who_goes_reads_that_at_the_door_though_the_session_ends_a_moment_later() -> None:
    as_(Visitor(), signing_in.change_password, cast.mia.user_id, await hash_password(PASSWORD))
    browser = Browser()
    await browser.sign_in(MIA)
    assert (await browser.get("/login")).headers["location"] == "/home"
    for reason in ("left", "deleted"):
        assert "location" not in (await browser.get(f"/login?reason={reason}")).headers
        assert "ended" not in str(refusal(NotSignedIn(), f"/login?reason={reason}"))
    assert "reason=ended" in str(refusal(NotSignedIn(), "/documents"))


def test_not_without_a_confirmation_the_address_and_somebody_for_the_documents() -> None:
    a_draft()
    with pytest.raises(ConfirmFirst):
        as_(replace(cast.mia, is_confirmed=False), members.delete_account, MIA)
    with pytest.raises(Invalid) as typed:
        as_(MIA_NOW, members.delete_account, "mia", cast.adam.membership_id)
    assert typed.value.field == "typed_email"
    with pytest.raises(Invalid) as alone:
        as_(MIA_NOW, members.delete_account, MIA)
    assert alone.value.field == "heir"
    end = as_(MIA_NOW, members.account_end)
    assert (end.why_not, end.documents) == ("", 1)
    assert {choice.label for choice in end.heirs} == {"Adam Admin", "Olivia Owner"}


def test_not_while_one_owns_an_organisation_or_belongs_to_another(database: Database) -> None:
    olivia = replace(cast.olivia, is_confirmed=True)
    with pytest.raises(IllegalMove, match="You own Northlight"):
        as_(olivia, members.delete_account, cast.email_of(cast.olivia))
    assert "You own Northlight" in as_(olivia, members.account_end).why_not
    as_(cast.redshift, builders.a_member, cast.mia.user_id, Role.VIEWER)
    with pytest.raises(IllegalMove, match="You belong to Redshift as well"):
        as_(MIA_NOW, members.delete_account, MIA)
    with database.admin() as admin:
        admin.execute("UPDATE app_user SET is_platform_admin = true WHERE id = %s", [cast.adam.user_id])
    with pytest.raises(IllegalMove, match="demoted first"):
        as_(replace(cast.adam, is_confirmed=True), members.delete_account, cast.email_of(cast.adam))


def test_the_database_itself_deletes_nobody_who_has_a_place(database: Database) -> None:
    with unit_of_work(cast.mia) as work:
        assert work.db.scalar(text("SELECT gate_delete_account()")) is False
    with unit_of_work(Visitor()) as work:
        assert work.db.scalar(text("SELECT gate_delete_account()")) is False
