"""Every HTTP route of contractflow.api, and every page: asked for what belongs to Northlight."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import httpx
from reflex_base.registry import RegistrationContext
from starlette.routing import Route

from contractflow.api import routes
from contractflow.broker import connections
from contractflow.contractflow import app
from tests import cast
from tests.integration.tenancy.answers import Answer
from tests.integration.tenancy.arguments import ALIASES
from tests.integration.tenancy.door import WHO, someone
from tests.integration.tenancy.known import CLIENTS_SEE
from tests.integration.tenancy.ledger import Ledger, told
from tests.integration.tenancy.world import SECRET, World

PARAMETER = re.compile(r"{(\w+)(?::\w+)?}|\[+(?:\.\.\.)?(\w+)\]+")
PASSWORDS = {"token": "signer_id", "code": "document_id", "hashed": "signer_id", "link": "user_id"}
"""Parts of an address that are secrets themselves: whoever knows an id has not got them."""

MEANT = {"POST /auth/forgot": {"notification"}}
"""What a route does for whose address was typed, whoever types it: here, a mail to them."""


def endpoints() -> list[tuple[str, str]]:
    """(method, path) of every route."""
    found = [route for route in routes() if isinstance(route, Route)]
    assert len(found) == len(routes()), "say how to attack a route that is none of starlette's plain ones"
    return [
        (m, route.path)
        for route in found
        for m in sorted(route.methods or ())
        if m not in ("HEAD", "OPTIONS")
    ]


def pages() -> list[str]:
    """The address of every page."""
    with app.set_contexts():
        found = RegistrationContext.ensure_context().decorated_pages
        return sorted(f"/{kwargs['route'].lstrip('/')}" for _, kwargs in found)


def filled(path: str, ids: dict[str, Any]) -> str:
    """The address with ids in the places of its parameters. Raises LookupError for one that nobody has said a word about."""

    def one(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        return quote(str(ids[PASSWORDS.get(name) or ALIASES.get(name, name)]))

    return PARAMETER.sub(one, path)


async def attack_routes(world: World, ledger: Ledger, address: str) -> list[Answer]:
    secrets = ledger.secrets()
    return [
        await _attack(world, ledger, address, (method, path), who, secrets)
        for method, path in endpoints() for who in WHO
    ]  # fmt: skip


async def _attack(
    world: World, ledger: Ledger, address: str, what: tuple[str, str], who: str, secrets: set[str]
) -> Answer:
    method, path = what
    before = ledger.digest()
    ids = world.theirs["signed"]
    got = [await _ask(world, address, what, who, ids)]
    empty = await _ask(world, address, what, who, world.nowhere(world.sets()[0]))
    after = ledger.digest()
    answer = Answer(f"{method} {path}", who, " or ".join(sorted({_said(each) for each in got})))
    changed = {table for table in before if before[table] != after[table]} - MEANT.get(answer.target, set())
    answer.wrong += [f"{table} of Northlight changed" for table in sorted(changed)]
    answer.wrong += [f"it tells {SECRET}" for each in got if SECRET in each.text + str(each.headers)]
    named = [value for ids in world.sets() for value in ids.values()]
    own = world.known_to_other if who == "another client" else set()
    answer.wrong += [f"it tells {one}" for each in got for one in told(each.text, secrets - own, named)]
    if who == "another client" and answer.target in CLIENTS_SEE:
        answer.said = CLIENTS_SEE[answer.target]
        return answer
    answer.wrong += [
        f"{_said(each)} is not {_said(empty)}" for each in got if _likeness(each) != _likeness(empty)
    ]
    answer.wrong += (
        ["a fault"] if any(each.status_code >= 500 and "health" not in path for each in got) else []
    )
    if "id" in path and any(each.status_code == 403 for each in got):
        answer.wrong.append("it says that there is something")
    return answer


async def _ask(
    world: World, address: str, what: tuple[str, str], who: str, ids: dict[str, Any]
) -> httpx.Response:
    """One request by a browser that begins anew, so that no limit and no ended session stands before the wall."""
    method, path = what
    connections.request_redis().flushdb()
    async with someone(who, world, address) as browser:
        where = filled(path, ids)
        if method == "GET":
            return await browser.get(where)
        return await browser.post(where, _form(ids))


def _form(ids: dict[str, Any]) -> dict[str, str]:
    """What forms ask for, with the address of somebody of Northlight (or of nobody), and ids that no form asks for."""
    exists = ids["org_id"] == cast.NORTHLIGHT
    named = ("org_id", "user_id", "membership_id", "family_id", "document_id", "signer_id")
    return {
        "email": cast.email_of(cast.olivia) if exists else f"{ids['user_id'].hex}@nowhere.test",
        "password": "not their password at all", "new_password": "not their password at all",
        "name": "Rita", "agency": "Redshift", "token": str(ids["token_id"]), "code": "123456",
        "next": f"/documents/{ids['document_id']}",
        **{name: str(ids[name]) for name in named},
    }  # fmt: skip


def _said(answer: httpx.Response) -> str:
    where = answer.headers.get("location", "").split("?")[0]
    return f"{answer.status_code}" + (f" to {_plain(where)}" if where else "")


def _likeness(answer: httpx.Response) -> tuple[object, ...]:
    """What an outsider sees, but for what is new every time."""
    words = (answer.headers.get("location", ""), answer.text)
    return answer.status_code, *(_plain(each) for each in words), len(answer.headers.get_list("set-cookie"))


def _plain(words: str) -> str:
    words = re.sub(r'"(challenge|ticket)": ?"[^"]+"|nonce="[^"]+"', "…", words)
    words = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "…", words)
    words = re.sub(
        r"olivia@northlight\.test|[0-9a-f]{32}@nowhere\.test", "…", words
    )  # typed, and shown again
    return re.sub(r"again=[\w-]+|Reference \w+", "…", words)


async def attack_pages(world: World, address: str) -> list[Answer]:
    """A page is a file without data, the same for everybody; here is who is sent away from it at the door."""
    answers = []
    for path in pages():
        for who in ("another client", "nobody"):
            async with someone(who, world, address) as browser:
                got = await browser.get(filled(path, world.sets()[0]))
            said = _said(got) if got.status_code == 303 else "the page, without data"
            answers.append(Answer(path, who, said, [SECRET] if SECRET in got.text else []))
    return answers
