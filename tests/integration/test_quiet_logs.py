"""A whole journey, from signing up to the last payment, and what every logger had to say: nothing that opens a door, and nobody's name."""

from __future__ import annotations

import asyncio
import io
import logging
import re
import sys
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from psycopg.rows import dict_row
from sqlalchemy import text
from sqlmodel import select

from contractflow import observability
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.integrations.signing import keys
from contractflow.jobs import mail
from contractflow.models import Invoice, Subscription
from contractflow.permissions import Signer as SignerActor
from contractflow.services import documents, invoices, links, members, orgs, payments
from contractflow.services.payments import TypedPayment
from contractflow.state.portal import PortalState
from contractflow.web.threads import perform
from tests import cast
from tests.integration import journey
from tests.integration.hostile import stage
from tests.integration.journey import as_
from tests.sandbox import Sandbox

pytestmark = pytest.mark.timeout(240)

NAME, EMAIL, AGENCY = "Zelda Quietname", "zelda.quiet@quietmail.test", "Quietname Studio"
PASSWORD, WRONG = "four quiet green hills", "five loud yellow dales"
GUEST = "gustav.guest@quietmail.test"
IBAN = "DE89370400440532013000"
PROMISE = "We build a quiet website"
_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_TOKEN = re.compile(r"[\w~-]{20,}")


@pytest.fixture(params=["local", "test"], ids=["for people", "for machines"])
def said(
    request, database, redis, sandbox: Sandbox, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[io.StringIO]:
    """Everything that any logger says at any level, written as our processes write it."""
    heard = io.StringIO()
    for name, value in {
        "ENVIRONMENT": request.param, "LOG_LEVEL": "debug", "SMTP_URL": sandbox.smtp_url, "DATA_DIR": str(tmp_path), "BASE_URL": stage.ORIGIN,
    }.items():  # fmt: skip
        monkeypatch.setenv(f"CONTRACTFLOW_{name}", value)
    settings.cache_clear()
    keys.signer.cache_clear()
    sandbox.clear()
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = root.handlers[:]
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", heard)
        observability._start_logs("test")
    yield heard
    root.handlers[:] = handlers
    root.setLevel(level)
    settings.cache_clear()
    keys.signer.cache_clear()


async def test_a_whole_journey_leaves_nothing_personal_in_any_log(
    said: io.StringIO, sandbox: Sandbox, database
) -> None:
    known = {
        "password": {PASSWORD, WRONG},
        "bank account": {IBAN},
        "text": {PROMISE},
        "cookie": set[str](),
        "link": set[str](),
        "code": set[str](),
    }
    known["name"] = {NAME, AGENCY, cast.clara.name, *(one.name for one in (cast.olivia, cast.adam, cast.mia))}
    known["address"] = {
        EMAIL,
        GUEST,
        cast.clara.email,
        *(cast.email_of(one) for one in (cast.olivia, cast.adam, cast.mia)),
    }
    known["key"] = {
        settings().link_key.get_secret_value(),
        settings().session_keys.get_secret_value().partition(":")[2],
    }

    known["cookie"] |= await _come_and_go()
    clara, invoice_token = await asyncio.to_thread(_sell)
    known["cookie"] |= await _open_and_mistype(clara, invoice_token)
    await asyncio.to_thread(_deliver_all, database)
    await _break_down()
    logging.getLogger("somebody.else").warning(
        "mail to %s with %s", EMAIL, f"https://flow.test/portal/open/{invoice_token}?token=abc"
    )

    for person in (EMAIL, GUEST, cast.clara.email, cast.email_of(cast.adam), cast.email_of(cast.mia)):
        for one in sandbox.mail(person):
            known["link"] |= {
                token for link in one["links"] for token in _TOKEN.findall(link.rpartition("/")[2])
            }
            known["code"] |= set(_CODE.findall(one["text"])) if "code" in one["subject"] else set()
    known["link"] |= {invoice_token}
    assert all(known.values()), known

    heard = said.getvalue()
    assert "[e-mail]" in heard  # the journey did make loggers talk
    assert "somebody.else" in heard
    found = [
        (kind, next(line for line in heard.splitlines() if word in line)[:300])
        for kind, words in known.items()
        for word in words
        if word in heard
    ]
    assert found == []


async def _come_and_go() -> set[str]:
    """Sign up twice, in with a wrong and a right password, forget it, report a violation, out again; the cookies that were set."""
    cookies: set[str] = set()
    form = {"name": NAME, "email": EMAIL, "password": PASSWORD, "agency": AGENCY}
    async with stage.client() as http:
        for path, more in (
            ("/auth/signup", {}), ("/auth/signup", {}), ("/auth/login", {"password": WRONG}), ("/auth/login", {}), ("/auth/forgot", {}),
            ("/auth/refresh", {}), ("/auth/logout", {}),
        ):  # fmt: skip
            jar = "; ".join([http.headers["cookie"], *sorted(cookies)])
            answer = await http.post(path, data=form | more, headers={"cookie": jar, "accept": "text/html"})
            assert answer.status_code < 500
            cookies |= _set_by(answer)
    return {cookie.partition("=")[2] for cookie in cookies}


def _set_by(answer: httpx.Response) -> set[str]:
    pairs = {line.partition(";")[0] for line in answer.headers.get_list("set-cookie")}
    return {pair for pair in pairs if len(pair.partition("=")[2]) > 20}


def _sell() -> tuple[SignerActor, str]:
    """From the bank details to a paid invoice; the client, and the token of their payment link."""
    as_(
        cast.olivia,
        orgs.save_bank_details,
        holder=NAME,
        iban=IBAN,
        bic="COBADEFFXXX",
        bank="Commerzbank",
        due_days="14",
    )
    plan = Subscription(org_id=cast.NORTHLIGHT, tier="scale", seats=50)
    as_(cast.northlight, lambda work: work.db.add(plan))
    as_(cast.olivia, members.invite, GUEST, "member")
    clara = journey.signed()
    journey.seal(clara)
    as_(cast.mia, documents.one, clara.document_id)
    rows = as_(cast.adam, lambda work: list(work.db.exec(select(Invoice))))
    for number, row in enumerate(rows):
        if row.number is None:
            as_(cast.adam, invoices.issue_now, row.id)
        amount = f"{row.total_minor / 100:.2f}"
        as_(
            cast.adam,
            payments.record_typed,
            row.id,
            TypedPayment(amount, "2026-01-02", NAME),
            idempotency_key=str(number),
        )
    assert journey.look(cast.adam, clara.document_id).status == "paid"
    return clara, links.invoice_token(rows[0].id)


async def _open_and_mistype(clara: SignerActor, invoice_token: str) -> set[str]:
    """The mailed links, one of nobody, and a wrong code over the socket; the cookies that were set."""
    sent = journey.look(cast.mia, clara.document_id).sent_version_id
    assert sent
    cookies: set[str] = set()
    async with stage.client() as http:
        for path in (
            f"/portal/open/{links.signing_token(clara.signer_id, sent)}",
            f"/portal/pay/{invoice_token}",
            "/portal/open/of-nobody",
        ):
            cookies |= _set_by(await http.get(path, headers={"accept": "text/html"}))
    tab = stage.Tab(await stage.families_of(min(cookies).partition("=")[2]))
    for typed in ("000000", f"000000 {NAME}"):
        await tab.send(f"{PortalState.get_full_name()}.check_code", {"form": {"code": typed}}, {})
    await tab.send("nobody.declared", {"form": {"code": PASSWORD}}, {})
    return {cookie.partition("=")[2] for cookie in cookies}


def _deliver_all(database) -> None:
    use_role(DbRole.WORKER)
    with database.admin() as admin:
        admin.row_factory = dict_row
        for row in admin.execute("SELECT org_id, id FROM notification WHERE channel = 'email'").fetchall():
            mail.deliver(str(row["org_id"]), str(row["id"]))
    use_role(DbRole.APP)


async def _break_down() -> None:
    """A fault of ours in the middle of something personal: the traceback is logged, and the statement."""

    def breaks(work: Any) -> None:
        work.db.execute(
            text("SELECT CAST(:name AS integer), :email, :password"),
            {"name": NAME, "email": EMAIL, "password": PASSWORD},
        )

    try:
        await perform(cast.olivia, breaks)
    except Exception:
        logging.getLogger("contractflow.web.refusals").exception("an event handler failed, reference %s", "0")
