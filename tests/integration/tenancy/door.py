"""People in front of the door: a browser each, with the cookies of whoever they are."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from contractflow.broker import connections
from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Member, Signer, Visitor
from contractflow.security.cookies import VISITOR, new_visitor
from contractflow.security.keyring import keyring
from contractflow.security.links import token_hash
from contractflow.security.sessions import MEMBERS, SIGNERS
from contractflow.services import accounts, links, portal_links
from contractflow.services.portal_links import LinkKind, PortalLink, Target
from tests import cast
from tests.integration.tenancy.world import World
from tests.integration.web.test_door import Browser

WHO = ("Rita", "another client", "nobody")


@asynccontextmanager
async def someone(who: str, world: World, address: str) -> AsyncIterator[Browser]:
    """A browser of theirs, signed in as far as they can be."""
    async with Browser(address) as browser:
        browser.cookies[VISITOR] = new_visitor(keyring())
        if who == "Rita":
            await sign_in(browser, cast.rita)
        elif who == "another client":
            await open_portal(browser, world.other, world.others_version)
        yield browser


async def sign_in(browser: Browser, person: Member) -> None:
    cookie, session = await MEMBERS.begin(str(person.user_id), {"org": str(person.org_id)})
    browser.cookies[MEMBERS.kind.cookie] = cookie
    await asyncio.to_thread(_enter, person, UUID(session.family))


def _enter(person: Member, family: UUID) -> None:
    with unit_of_work(Visitor()) as work:
        accounts.session_opened(work, family, person.user_id, person.org_id)


async def open_portal(browser: Browser, signer: Signer, version_id: UUID) -> None:
    hashed = token_hash(links.signing_token(signer.signer_id, version_id))
    target = Target(signer.org_id, signer.document_id, signer.signer_id)
    link = PortalLink(LinkKind.SIGNING, hashed, target, signer.signer_id, signer.name)
    with unit_of_work(Visitor()) as work:
        assert portal_links.look_up(work, LinkKind.SIGNING, hashed) == target
    cookie, _ = await SIGNERS.begin(str(signer.signer_id), link.facts)
    browser.cookies[SIGNERS.kind.cookie] = cookie


async def close() -> None:
    """Before the event loop of a test ends."""
    await connections.close_async()
