"""Mails that come back: nobody waits in vain, nothing more goes there, and whoever may says that it works again."""

from __future__ import annotations

import asyncio
import json
import time
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from contractflow.api import api
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotAllowed, NotFound
from contractflow.integrations.outgoing import signing
from contractflow.jobs import mail as jobs
from contractflow.models import AuditEvent, Bounce, Notification
from contractflow.permissions import Visitor
from contractflow.services import bounces, documents, invoices, members, notifications
from contractflow.services.identity import signing_in
from contractflow.web.guard import SessionGuard
from tests import cast
from tests.integration import journey
from tests.integration.journey import as_
from tests.sandbox import Sandbox, running_sandbox

CLARA = cast.clara.email
MIA = cast.email_of(cast.mia)
SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
ORIGIN = "http://ours.test"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(autouse=True)
def _worker(database, redis_url, sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    monkeypatch.setenv("CONTRACTFLOW_SMTP_URL", sandbox.smtp_url)
    monkeypatch.setenv("CONTRACTFLOW_MAIL_WEBHOOK_SECRET", SECRET)
    settings.cache_clear()


def mails(kind: str = "") -> list[Notification]:
    query = select(Notification).where(col(Notification.channel) == "email").order_by(col(Notification.id))
    found = as_(cast.northlight, lambda work: list(work.db.exec(query)))
    return [row for row in found if not kind or row.kind == kind]


def deliver() -> None:
    use_role(DbRole.WORKER)
    for row in mails():
        jobs.deliver(str(row.org_id), str(row.id))
    use_role(DbRole.APP)


def marked() -> list[Bounce]:
    query = select(Bounce).where(col(Bounce.lifted_at).is_(None))
    return as_(cast.northlight, lambda work: list(work.db.exec(query)))


def actions(prefix="bounce:") -> list[str]:
    query = (
        select(AuditEvent.action)
        .where(col(AuditEvent.action).startswith(prefix))
        .order_by(col(AuditEvent.seq))
    )
    return as_(cast.olivia, lambda work: list(work.db.exec(query)))


def tell_mia(key: str = "k") -> None:
    with unit_of_work(cast.northlight) as work:
        facts = {"name": "Mia", "member": "Nina", "org": "Northlight"}
        notifications.queue(work, "joined", recipient=MIA, user_id=cast.mia.user_id, dedupe_key=key, **facts)


@pytest.fixture
def unreached(sandbox):
    """A document that went out to nobody: its request came back."""
    sandbox.faults(smtp=[{"kind": "permanent", "to": CLARA}])
    document_id = journey.sent()
    deliver()
    return document_id


def test_a_request_to_sign_that_came_back_is_told_to_the_owner_and_shown_on_the_document(unreached, sandbox):
    (request,) = mails("sign_request")
    assert (request.status, "550" in (request.error or "")) == ("bounced", True)
    (mark,) = marked()
    assert (mark.address, mark.kind) == (CLARA, "bounced")
    assert actions() == ["bounce:mark"]
    (told,) = mails("mail_returned")
    assert (told.user_id, told.document_id) == (cast.mia.user_id, unreached)
    deliver()
    (letter,) = sandbox.mail(MIA)[:1]
    assert CLARA in letter["subject"]
    for reader, can_send in ((cast.mia, True), (cast.adam, True), (cast.victor, False)):
        (signer,) = as_(reader, documents.one, unreached).signers
        assert ("550" in signer.returned, signer.can_send_again) == (True, can_send)


def test_nothing_more_goes_there_and_who_waits_hears_that_as_well(unreached, sandbox):
    with unit_of_work(cast.northlight) as work:
        facts = {"name": "Clara", "title": "Website", "org": "Northlight", "reason": "Other plans."}
        notifications.queue(work, "voided", recipient=CLARA, dedupe_key="v", document_id=unreached, **facts)
    deliver()
    assert mails("voided")[0].status == "suppressed"
    assert len(mails("mail_returned")) == 2
    assert sandbox.mail(CLARA) == []
    assert actions() == ["bounce:mark"]


def test_an_invoice_that_came_back_is_said_on_its_page_and_sent_once_more(sandbox):
    sandbox.faults(smtp=[{"kind": "permanent", "to": CLARA}])
    clara = journey.signed()
    deliver()
    (deposit,) = mails("invoice")
    invoice_id = UUID(deposit.payload["invoice_id"])
    for reader in (cast.mia, cast.victor):
        found = as_(reader, invoices.one, invoice_id).reminders
        assert (found.returned_to, "550" in found.returned_why) == (CLARA, True)
    assert as_(cast.mia, bounces.lift_of_signer, clara.signer_id) == 1  # not the request: that is signed
    assert as_(cast.mia, invoices.one, invoice_id).reminders.returned_to == ""
    deliver()
    assert {kind: mails(kind)[0].status for kind in ("sign_request", "invoice")} == {
        "sign_request": "bounced",
        "invoice": "sent",
    }


def test_an_invoice_that_nobody_owes_is_not_sent_once_more(sandbox):
    sandbox.faults(smtp=[{"kind": "permanent", "to": CLARA}])
    clara = journey.signed()
    deliver()
    invoice_id = UUID(mails("invoice")[0].payload["invoice_id"])
    as_(cast.adam, invoices.void, invoice_id, "Not agreed.")
    assert as_(cast.mia, bounces.lift_of_signer, clara.signer_id) == 0


def test_what_somebody_asks_for_at_the_screen_is_sent_all_the_same(unreached, sandbox):
    with unit_of_work(cast.northlight) as work:
        notifications.queue(
            work, "signing_code", recipient=CLARA, dedupe_key="c", document_id=unreached,
            name="Clara", title="Website", org="Northlight", code_id=unreached,
        )  # fmt: skip
    deliver()
    assert len(sandbox.mail(CLARA)) == 1


def test_the_owner_says_that_it_works_again_and_the_request_goes_out(unreached, sandbox):
    signer_id = journey.signer_of(unreached).signer_id
    with pytest.raises(NotAllowed):
        as_(cast.victor, bounces.lift_of_signer, signer_id)
    with pytest.raises(NotFound):
        as_(cast.rita, bounces.lift_of_signer, signer_id)
    assert as_(cast.mia, bounces.lift_of_signer, signer_id) == 1
    assert as_(cast.mia, bounces.lift_of_signer, signer_id) == 0
    assert (marked(), actions()) == ([], ["bounce:mark", "bounce:lift"])
    deliver()
    assert mails("sign_request")[0].status == "sent"
    assert [mail["subject"] for mail in sandbox.mail(CLARA)]


def test_a_members_address_is_shown_to_admins_who_hear_of_it_and_lift_it(sandbox):
    sandbox.faults(smtp=[{"kind": "permanent", "to": MIA}])
    tell_mia()
    deliver()
    assert {row.user_id for row in mails("member_mail_returned")} == {cast.olivia.user_id, cast.adam.user_id}
    rows = {row.name: row for row in as_(cast.adam, members.page).members}
    assert (bool(rows["Mia Member"].returned), rows["Mia Member"].can_lift, rows["Adam Admin"].returned) == (
        True,
        True,
        "",
    )
    tell_mia("again")
    deliver()
    assert [row.status for row in mails("joined")] == ["bounced", "suppressed"]
    with pytest.raises(NotAllowed):
        as_(cast.victor, bounces.lift_of_member, cast.mia.membership_id)
    as_(cast.mia, bounces.lift_of_member, cast.mia.membership_id)
    as_(cast.adam, bounces.lift_of_member, cast.mia.membership_id)
    assert (marked(), actions()) == ([], ["bounce:mark", "bounce:lift"])


def test_who_proves_an_address_lifts_its_mark_everywhere(sandbox, database):
    sandbox.faults(smtp=[{"kind": "permanent", "to": MIA}])
    tell_mia()
    deliver()
    with database.admin() as admin:
        admin.execute("UPDATE app_user SET email_verified_at = NULL WHERE id = %s", (cast.mia.user_id,))
    as_(Visitor(), signing_in.proved, cast.mia.user_id)
    assert marked() == []


def test_a_mail_that_is_not_wanted_says_nothing_about_the_address(sandbox):
    sandbox.faults(smtp=["policy"])
    tell_mia()
    deliver()
    assert (mails("joined")[0].status, marked()) == ("failed", [])


def test_it_is_marked_in_the_organisation_whose_mail_it_was(unreached):
    assert as_(cast.redshift, bounces.standing, [CLARA]) == {}


# ---- What the mail vendor says afterwards ----------------------------------------------------------------------------


async def post(said, *, secret=SECRET, at=None, **headers):
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    signed = signing.headers("evt_1", int(time.time() if at is None else at), body, [secret])
    transport = httpx.ASGITransport(SessionGuard(api(), ORIGIN), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        return (await http.post("/api/webhooks/mail", content=body, headers=signed | headers)).status_code


@pytest.mark.usefixtures("redis")
async def test_the_vendor_says_later_that_it_came_back_once_or_twice(sandbox):
    document_id = journey.sent()
    await asyncio.to_thread(deliver)
    (request,) = mails("sign_request")
    assert request.status == "sent"
    said = {"type": "bounced", "message_id": request.provider_ref, "reason": "550 5.1.1\nno such\tmailbox"}
    assert await post(said | {"type": "delayed"}) == 200
    assert marked() == []
    assert [await post(said), await post(said)] == [200, 200]
    (mark,) = marked()
    assert (mark.address, mark.reason) == (CLARA, "550 5.1.1 no such mailbox")
    assert mails("sign_request")[0].status == "bounced"
    assert [row.document_id for row in mails("mail_returned")] == [document_id]
    assert actions() == ["bounce:mark"]


@pytest.mark.usefixtures("redis")
async def test_nobody_else_can_say_so(sandbox, monkeypatch):
    journey.sent()
    await asyncio.to_thread(deliver)
    said = {"type": "complained", "message_id": mails("sign_request")[0].provider_ref}
    assert await post(said, secret=signing.new_secret()) == 401
    assert await post(said, at=time.time() - 301) == 401
    assert await post(said, **{"webhook-id": "evt_2"}) == 401
    assert [await post(bad) for bad in (b"{", b"[]", b'{"type": "bounced"}', {**said, "message_id": 7})] == [
        400
    ] * 4
    assert await post({**said, "message_id": "<nobody@mail.test>"}) == 200
    assert marked() == []
    monkeypatch.delenv("CONTRACTFLOW_MAIL_WEBHOOK_SECRET")
    settings.cache_clear()
    assert await post(said) == 401


REPORT = """\
From: MAILER-DAEMON@mx.test
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I am sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; {address}
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1
 no such mailbox

--b
Content-Type: {kind}

Message-ID: {message_id}
Subject: To sign

--b--
"""
AS_MAIL = {"content-type": "message/rfc822"}


@pytest.mark.usefixtures("redis")
async def test_the_report_of_a_mail_server_says_the_same():
    journey.sent()
    await asyncio.to_thread(deliver)
    (request,) = mails("sign_request")
    facts = {"address": CLARA, "kind": "text/rfc822-headers", "message_id": request.provider_ref}
    failed = REPORT.format(**facts, action="failed").encode()
    for other in ("delayed", "delivered"):
        assert await post(REPORT.format(**facts, action=other).encode(), **AS_MAIL) == 200
    for broken in (
        b"",
        b"Subject: Hello\n\nHow are you?",
        failed.replace(b"Action", b"Traction"),
        failed[:300],
    ):
        assert await post(broken, **AS_MAIL) == 400
    assert await post(failed) == 400, "it says that it is JSON, and is none"
    assert marked() == []
    assert [
        await post(failed.replace(b"text/rfc822-headers", b"message/rfc822"), **AS_MAIL) for _ in "12"
    ] == [200, 200]
    (mark,) = marked()
    assert (mark.address, mark.kind, mark.reason) == (CLARA, "bounced", "550 5.1.1 no such mailbox")
    assert await post(failed, **AS_MAIL, **{"webhook-signature": "v1,forged"}) == 401
