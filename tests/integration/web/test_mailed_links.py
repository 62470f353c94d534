"""A mailed link opens a portal session for one document, which ends when the link does; an invitation is accepted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import select

from contractflow.api import api
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid, NotFound, PortalClosed
from contractflow.models import AuditEvent, OneTimeToken, Org, Subscription
from contractflow.models import Signer as SignerRow
from contractflow.models.columns import uuid7
from contractflow.permissions import Role, System, Visitor
from contractflow.security.links import link_token, token_hash
from contractflow.security.passwords import hash_password
from contractflow.security.sessions import MEMBERS, SIGNERS, Session, Verdict
from contractflow.services import accounts, invitations
from contractflow.services.identity import signing_in
from contractflow.services.portal_links import LinkKind
from contractflow.web.guard import SessionGuard
from contractflow.web.principal import read_signer
from tests import builders, cast

pytestmark = pytest.mark.usefixtures("redis", "database")

ORIGIN = "http://ours.test"
PASSWORD = "four quiet green hills"


async def call(method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
    transport = httpx.ASGITransport(SessionGuard(api(), ORIGIN), client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as http:
        return await http.request(method, path, data=form, headers={"origin": ORIGIN, "accept": "text/html"})


def cookie_of(answer: httpx.Response, name: str) -> str | None:
    lines = [line for line in answer.headers.get_list("set-cookie") if line.startswith(name + "=")]
    return lines[-1].partition("=")[2].partition(";")[0] if lines else None


async def portal_session(answer: httpx.Response) -> Session:
    verdict, session = await SIGNERS.resolve(cookie_of(answer, SIGNERS.kind.cookie))
    assert verdict is Verdict.OK
    assert session
    return session


def a_mailed_document() -> tuple[str, SignerRow]:
    with unit_of_work(cast.northlight) as work:
        _, signer = builders.a_sent_document(work)
        token = link_token("signing", signer.id)
        signer.token_hmac = token_hash(token)
    return token, signer


async def test_a_link_opens_its_document_as_its_signer_and_no_other() -> None:
    token, signer = a_mailed_document()
    answer = await call("GET", f"/portal/open/{token}")
    assert answer.headers["location"] == f"/portal/documents/{signer.document_id}"
    client = await read_signer(await portal_session(answer), Visitor())
    assert (client.org_id, client.document_id, client.signer_id) == (
        signer.org_id,
        signer.document_id,
        signer.id,
    )
    assert client.name == signer.name


async def test_an_open_portal_closes_with_its_link() -> None:
    token, signer = a_mailed_document()
    session = await portal_session(await call("GET", f"/portal/open/{token}"))
    with unit_of_work(cast.northlight) as work:
        work.db.get(SignerRow, signer.id).token_hmac = token_hash("another")
    with pytest.raises(PortalClosed):
        await read_signer(session, Visitor())
    assert await SIGNERS.check(session.family) is None
    assert (await call("GET", f"/portal/open/{token}")).headers["location"] == "/portal/closed"


async def test_an_invoices_link_acts_as_the_client_of_its_document() -> None:
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_signed_document(work)
        invoice = builders.opened(work, builders.an_invoice(work, document))
        token = link_token("invoice", invoice.id)
        invoice.pay_token_hmac = token_hash(token)
    answer = await call("GET", f"/portal/pay/{token}")
    assert answer.headers["location"] == f"/portal/invoices/{invoice.id}"
    session = await portal_session(answer)
    assert session.facts["kind"] == LinkKind.INVOICE
    assert (await read_signer(session, Visitor())).signer_id == signer.id


async def test_one_kind_of_link_does_not_open_the_other() -> None:
    token, _ = a_mailed_document()
    assert (await call("GET", f"/portal/pay/{token}")).headers["location"] == "/portal/closed"


def an_invitation(email: str = "nora@northlight.test", **other: object) -> tuple[str, OneTimeToken]:
    row_id = uuid7()
    token = link_token("invite", row_id)
    fields = {"id": row_id, "email": email, "role": Role.ADMIN, "token_hmac": token_hash(token), **other}
    with unit_of_work(cast.northlight) as work:
        return token, builders.a_token(work, "invite", **fields)


async def test_an_invitation_makes_a_member_once() -> None:
    token, row = an_invitation()
    form = {"token": token, "name": "Nora New", "password": PASSWORD}
    answer = await call("POST", "/auth/join", form)
    assert answer.headers["location"] == "/home"
    _, session = await MEMBERS.resolve(cookie_of(answer, MEMBERS.kind.cookie))
    assert session
    with unit_of_work(cast.northlight) as work:
        joined = next(
            row for row in accounts.memberships(work, signing_in.credentials(work, row.email)[0].user_id)
        )
        assert (joined.org_id, joined.role, joined.user_name) == (cast.NORTHLIGHT, Role.ADMIN, "Nora New")
    again = await call("POST", "/auth/join", form)
    assert again.headers["location"].startswith(f"/invite/{token}?again=")
    assert cookie_of(again, MEMBERS.kind.cookie) is None


async def test_wrong_passwords_of_a_known_address_are_as_many_as_at_sign_in() -> None:
    with unit_of_work(cast.redshift) as work:
        sam = accounts.register(work, "Sam Second", "sam@redshift.test", await hash_password(PASSWORD))
        signing_in.proved(work, sam)
    token, _ = an_invitation("sam@redshift.test")
    for _ in range(10):
        await call("POST", "/auth/join", {"token": token, "name": "Eve", "password": "another password!"})
    refused = await call("POST", "/auth/join", {"token": token, "name": "", "password": PASSWORD})
    assert refused.headers["location"].startswith("/invite/")
    with unit_of_work(Visitor()) as work:
        assert accounts.memberships(work, sam) == []


async def test_somebody_with_an_account_joins_with_its_password() -> None:
    with unit_of_work(cast.redshift) as work:
        sam = accounts.register(work, "Sam Second", "sam@redshift.test", await hash_password(PASSWORD))
        signing_in.proved(work, sam)
    token, _ = an_invitation("sam@redshift.test")
    wrong = await call("POST", "/auth/join", {"token": token, "name": "Eve", "password": "another password!"})
    assert wrong.headers["location"].startswith("/invite/")
    right = await call("POST", "/auth/join", {"token": token, "name": "", "password": PASSWORD})
    assert right.headers["location"] == "/home"


@pytest.mark.parametrize("ended", ["revoked_at", "used_at", "expires_at"])
def test_an_ended_invitation_says_why_and_lets_nobody_in(ended: str) -> None:
    token, row = an_invitation(**{ended: datetime.now(UTC) - timedelta(hours=1)})
    with unit_of_work(Visitor()) as work:
        assert invitations.invitation(work, token).problem.startswith("This invitation")
    with unit_of_work(cast.northlight) as work, pytest.raises(Invalid, match="This invitation"):
        invitations.join(work, row.id, None, "Nora", "hash")


def test_an_invitation_of_another_agency_does_not_exist() -> None:
    _, row = an_invitation()
    with unit_of_work(cast.redshift) as work, pytest.raises(NotFound):
        invitations.join(work, row.id, None, "Nora", "hash")
    with unit_of_work(Visitor()) as work, pytest.raises(NotFound):
        invitations.invitation(work, "no such token")


def test_a_new_agency_has_an_owner_a_trial_and_an_address_of_its_own() -> None:
    slugs = []
    for email in ("one@new.test", "two@new.test"):
        org_id = uuid7()
        with unit_of_work(System(org_id, "sign-up")) as work:
            user_id = accounts.sign_up(work, " Nora\n New ", email, "hash", "Café Zoë & Söhne")
        with unit_of_work(System(org_id, "test")) as work:
            slugs.append(work.db.get(Org, org_id).slug)
            place = accounts.membership(work, user_id, org_id)
            assert (place.role, place.user_name, place.org_name) == (
                Role.OWNER,
                "Nora New",
                "Café Zoë & Söhne",
            )
            trial = work.db.exec(select(Subscription)).one()
            assert (trial.tier, trial.seats) == ("growth", 10)
            assert work.db.exec(select(AuditEvent.action)).all() == ["org:create", "template:stock"]
    assert slugs[0] == "cafe-zoe-sohne"
    assert slugs[1].startswith("cafe-zoe-sohne-")
