"""A small world with something on every page, its people's tabs, and what events and requests do to it."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import psycopg
from reflex.istate.manager.memory import StateManagerMemory
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor
from reflex_base.registry import RegistrationContext

from contractflow.api import api
from contractflow.contractflow import app
from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Member
from contractflow.security.cookies import VISITOR, new_visitor, visitor_id
from contractflow.security.keyring import keyring
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.services import documents, links
from contractflow.web.arrivals import Refused, look_at
from contractflow.web.guard import SessionGuard
from contractflow.web.headers import SecurityHeaders
from contractflow.web.policy import PLATFORM_ADMIN, PUBLIC, SIGNER, rule_of
from contractflow.web.principal import HEADER, Families
from tests import builders, cast
from tests.integration import journey
from tests.integration.tenancy.ledger import Ledger

ORIGIN = "http://flow.test"
FAULT = "Something went wrong on our side"
SECONDS_OF_A_BACKGROUND_EVENT = 1.0


# What stands in a form that is filled in well.
RIGHT: dict[str, str] = {
    "name": "Bright Foods", "email": "new@brightfoods.test", "currency": "EUR", "contact_name": "Cara Client",
    "contact_email": "cara@brightfoods.test", "contact_title": "CEO", "legal_name": "Bright Foods Ltd", "address": "1 High Street",
    "is_consumer": "on", "role": "member", "amount": "10.00", "received_on": "2026-01-02", "reference": "transfer 7", "reason": "Because.",
    "comment": "Say more.", "message": "Please sign.", "note": "Sent today.", "wish": "Shorter, please.", "code": "123456",
    "signature_kind": "typed", "typed_name": "Clara Client", "signature": "[]", "agreed_intent": "on", "is_confirmed": "on",
    "kind": "sow", "title": "Website", "scope": "A website.", "term": "Two months", "tone": "plain", "length": "standard",
    "must_haves": "Copywriting", "jurisdiction": "Ireland", "variables": "start date", "holder": "Northlight Ltd",
    "iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "bank": "Commerzbank", "due_days": "14", "password": "four quiet green hills",
    "label": "Deposit", "md": "We build it.", "base": "x",
}  # fmt: skip


@dataclass(frozen=True)
class Ids:
    """What the pages are about."""

    document: UUID
    version: UUID
    block: str
    words: str
    sent: UUID
    invoice: UUID
    token: str
    """Of the link that the client of `sent` has in a mail."""

    @property
    def query(self) -> dict[str, str]:
        return {"document_id": str(self.document), "invoice_id": str(self.invoice)}


def build() -> Ids:
    """Northlight has a draft, a document that its client is about to sign, and one that is being paid."""
    draft, clara = journey.a_draft(), journey.ready_to_sign()
    version = journey.look(cast.mia, clara.document_id).sent_version_id
    page = journey.as_(cast.mia, documents.one, draft)
    with unit_of_work(cast.northlight) as work:
        signed, _ = builders.a_signed_document(work)
        invoice = builders.opened(work, builders.an_invoice(work, signed)).id
    assert version
    token = links.signing_token(clara.signer_id, version)
    return Ids(
        draft, UUID(page.version_id), page.blocks[0].id, page.blocks[0].md, clara.document_id, invoice, token
    )


@dataclass
class Answer:
    """What a browser hears: commands, and what changed on its page."""

    commands: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    delta: dict[str, Any] = field(default_factory=dict)

    @property
    def is_fault(self) -> bool:
        return FAULT in str(self.commands)

    @property
    def is_refused(self) -> bool:
        errors = [values.get("errors_rx_state_") for values in self.delta.values()]
        warned = any(args.get("level") == "error" for _, args in self.commands)
        sent_away = any(
            "/login" in str(args.get("path")) or "closed" in str(args.get("path"))
            for _, args in self.commands
        )
        return warned or sent_away or any(errors)


class Stage:
    """`changed` asks the database whether anything was written since the last question."""

    def __init__(self, ids: Ids, admin: psycopg.Connection) -> None:
        self.ids, self.admin, self.ledger = ids, admin, Ledger(admin, ())
        self._seen, self._digest = self._last_write(), self.ledger.digest(but_others=False)

    def changed(self) -> list[str]:
        now = self._last_write()
        if now == self._seen:  # no transaction has even begun to write
            return []
        before, self._digest, self._seen = self._digest, self.ledger.digest(but_others=False), now
        return [table for table in self._digest if self._digest[table] != before.get(table)]

    def _last_write(self) -> str:
        row = self.admin.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text").fetchone()
        assert row
        return str(row[0])


class Tab:
    """One tab of somebody, whose state stays from event to event, as Reflex keeps it."""

    def __init__(self, families: Families) -> None:
        self.families, self.states = families, StateManagerMemory()

    async def send(self, name: str, payload: dict[str, Any], query: dict[str, str]) -> Answer:
        """Through our look at what arrives, and if that lets it pass, through Reflex, the policy and the handler."""
        answer = Answer()

        class Namespace:
            async def emit_update(self, update: Any, token: str) -> None:
                answer.delta.update(update.delta or {})
                answer.commands.extend(
                    (event.payload["op"], event.payload["args"] | event.payload["args"].get("options", {}))
                    for event in update.events
                    if event.name == "_cf_ui"
                )

        where = {"path": "/x", "asPath": "/x", "pathname": "/x", "query": query}
        with app.set_contexts():
            try:
                look_at({"name": name, "payload": payload, "router_data": where})
            except Refused as refused:
                answer.commands.append(("toast", {"level": "error", "message": refused.said}))
                return answer
            background = RegistrationContext.get().event_handlers[name].handler.is_background
            headers = {HEADER: self.families.packed(), "user-agent": "pytest", "origin": ORIGIN}
            event = Event(
                name=name,
                payload=payload,
                router_data={**where, "headers": headers, "ip": "192.0.2.1", "token": "t", "sid": "s"},
            )
            processor = BaseStateEventProcessor(
                middleware=app, backend_exception_handler=app.backend_exception_handler
            )
            processor.configure(state_manager=self.states, event_namespace=Namespace())
            async with processor:
                waiting = (await processor.enqueue("t", event)).wait_all()
                try:
                    await asyncio.wait_for(waiting, SECONDS_OF_A_BACKGROUND_EVENT if background else 30)
                except TimeoutError:
                    assert background, name
                except Exception:  # noqa: BLE001, S110  the handler of exceptions says it to the browser
                    pass
                await asyncio.sleep(0.02)  # the handler of exceptions answers a moment later
        return answer


async def tabs(ids: Ids) -> dict[str, Tab]:
    """Somebody of everybody who can open a socket."""
    return {
        "a stranger": Tab(Families(visitor="v1")),
        "the owner": Tab(await _member(cast.olivia)),
        "a viewer": Tab(await _member(cast.victor)),
        "the client": Tab(await _signer(ids)),
    }


async def _member(person: Member) -> Families:
    _, session = await MEMBERS.begin(str(person.user_id), {"org": str(person.org_id)})
    return Families(member=session.family, visitor="v2")


async def _signer(ids: Ids) -> Families:
    async with client() as http:
        answer = await http.get(f"/portal/open/{ids.token}", headers={"accept": "text/html"})
    return await families_of(answer.headers["set-cookie"].partition(";")[0].partition("=")[2])


async def families_of(cookie: str) -> Families:
    """Of a client's browser, with the cookie that a mailed link gave it."""
    _, session = await SIGNERS.resolve(cookie)
    assert session
    return Families(signer=session.family, visitor="v3")


def client() -> httpx.AsyncClient:
    """To our routes behind the guard, from a browser that was here before; what raises there raises here."""
    door = SecurityHeaders(SessionGuard(api(), ORIGIN))
    cookie = f"{VISITOR}={new_visitor(keyring())}"
    assert visitor_id(keyring(), cookie.partition("=")[2])
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=door, raise_app_exceptions=False),
        base_url=ORIGIN, headers={"origin": ORIGIN, "sec-fetch-site": "same-origin", "cookie": cookie},
    )  # fmt: skip


@dataclass(frozen=True)
class Handler:
    name: str
    verb: Callable[..., Any]
    rule: object

    @property
    def hints(self) -> dict[str, Any]:
        return {
            one.name: one.annotation for one in list(inspect.signature(self.verb).parameters.values())[1:]
        }

    @property
    def places(self) -> list[str]:
        """Where a text can stand: "argument" or "argument.field"; one empty one when nothing is taken."""
        return [
            place
            for name, hint in self.hints.items()
            for place in (
                [f"{name}.{one}" for one in self.fields if one in RIGHT]
                if str(hint).startswith("dict")
                else [name]
            )
        ] or [""]

    def payload(self, ids: Ids, place: str, text: str) -> dict[str, Any]:
        """What is right, but for `text` at `place`."""
        argument, _, name = place.partition(".")
        made = {each: self._right(each, hint, ids) for each, hint in self.hints.items()}
        if name:
            made[argument][name] = text
        elif argument and self.hints[argument] is str:
            made[argument] = text
        elif argument and str(self.hints[argument]).startswith("list"):
            made[argument] = [text, text]
        return made

    def _right(self, name: str, hint: Any, ids: Ids) -> Any:
        if hint is bool:
            return True
        if hint in (int, float):
            return 1
        if str(hint).startswith("dict"):
            return {one: RIGHT[one] for one in self.fields if one in RIGHT}
        right = {
            "block_id": ids.block,
            "document_id": str(ids.document),
            "version_id": str(ids.version),
            "base": ids.words,
        }.get(name, RIGHT.get(name, "x"))
        return [right] if str(hint).startswith("list") else right

    @property
    def fields(self) -> list[str]:
        """Every word that its module might look up in a form."""
        return sorted(
            set(re.findall(r'"([a-z][a-z_]{1,24})"', inspect.getsource(inspect.getmodule(self.verb))))
        )[:60]  # type: ignore[arg-type]

    @property
    def whose(self) -> str:
        if self.rule is PUBLIC:
            return "a stranger"
        return "the client" if self.rule is SIGNER else "the owner"


def handlers() -> list[Handler]:
    """Of all pages; the platform's own are not for anybody here."""
    with app.set_contexts():
        known = RegistrationContext.get().event_handlers
        return [
            Handler(name, one.handler.fn, rule)
            for name, one in sorted(known.items())
            if one.states[0].__module__.startswith("contractflow.")
            and (rule := rule_of(name)) is not None
            and rule is not PLATFORM_ADMIN
        ]


def leads_elsewhere(location: str) -> bool:
    parts = urlsplit(location)
    return bool(location) and (
        f"{parts.scheme}://{parts.netloc}" not in ("://", ORIGIN) or location.startswith(("//", "/\\"))
    )
