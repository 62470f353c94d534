"""Every route in both themes on both screens, as everybody who can see it: nothing complains, sticks out, or shuts anybody out."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from contractflow.ops import demo_codes
from contractflow.permissions import Role
from tests.e2e import head_start, looks
from tests.e2e.people import DEMO_PASSWORD, Person
from tests.e2e.product import Product
from tests.e2e.test_content_policy import routes

pytestmark = pytest.mark.xdist_group("product")

SIZES = ((1440, 900), (390, 844))
STRANGERS = (
    "/",
    "/signup",
    "/login",
    "/login/code",
    "/portal/closed",
    "/invite/nothing",
    "/forgot",
    "/forgot?sent=1",
    "/reset/nothing",
    "/verify-email/nothing",
    "/not-me/nothing",
    "/verify",
    "/verify/nothing",
    "/lead/northlight",
    "/lead/northlight?sent=1",
    "/no/such/page",
)
PLATFORM = ("/admin/jobs", "/admin/reports", "/admin/organisations")
SUSPENDED = "/suspended"
USED_CODES: set[str] = set()
MEMBERS = {
    Role.OWNER: "olivia@northlight.test",
    Role.ADMIN: "adam@northlight.test",
    Role.MEMBER: "mia@northlight.test",
    Role.VIEWER: "victor@northlight.test",
}


async def test_what_strangers_see(meet) -> None:
    stranger = await meet("Stranger")
    await _walk(stranger, STRANGERS)
    stranger.complaints[:] = [
        said for said in stranger.complaints if "/no/such/page" not in said
    ]  # a real 404


@pytest.mark.parametrize("role", MEMBERS, ids=lambda role: role.value_text)
async def test_what_members_see(meet, product: Product, role: Role) -> None:
    """The owner's pages thoroughly; the others' for what their role changes."""
    member = await meet(role.label, MEMBERS[role])
    await member.sign_in(DEMO_PASSWORD)
    await _walk(member, _member_pages(product), thoroughly=role is Role.OWNER)


async def test_what_platform_admins_see_and_nobody_else(meet, product: Product) -> None:
    petra = await meet("Petra Lind", "petra@contractflow.test")
    await petra.sign_in(DEMO_PASSWORD, await fresh_code())
    await _walk(petra, _platform_pages(product))
    await petra.goto("/admin/jobs")
    await petra.sees("Queues", "Providers", "Cost by organisation", "Working")
    mia = await meet("Mia Sato", MEMBERS[Role.MEMBER])
    await mia.sign_in(DEMO_PASSWORD)
    for path in _platform_pages(product):
        await mia.goto(path)
        await mia.sees("There is nothing here")
    mia.forgive(*PLATFORM)  # a real 404


async def fresh_code() -> str:
    """Petra's: each counts once, so whoever signs her in again within half a minute waits for the next."""
    while (code := demo_codes.code()) in USED_CODES:
        await asyncio.sleep(1)
    USED_CODES.add(code)
    return code


async def test_what_members_of_a_suspended_organisation_see(meet) -> None:
    """Wherever they were, within a second or so, and wherever they go; until it is lifted."""
    sunny, petra = await meet("Sunny Sato"), await meet("Petra Lind", "petra@contractflow.test")
    await sunny.sign_up("Sunset Studio")
    await petra.sign_in(DEMO_PASSWORD, await fresh_code())
    await petra.goto("/admin/organisations?q=sunset")
    await petra.follow("Sunset Studio")
    await petra.press("End all sessions")
    await looks.at_dialog(petra.page, "platform_organisation._access")
    await petra.page.keyboard.press("Escape")
    await petra.press("Suspend")
    await looks.at_dialog(petra.page, "platform_dialogs._asked")
    await petra.fill({"Reason": "The last two invoices are unpaid."})
    await petra.page.get_by_role("dialog").get_by_role("button", name="Suspend", exact=True).click()
    await sunny.page.wait_for_url("**" + SUSPENDED)
    await sunny.sees("Sunset Studio is suspended", "The last two invoices are unpaid.")
    await _walk(sunny, [SUSPENDED])
    await sunny.goto("/documents")
    await sunny.page.wait_for_url("**" + SUSPENDED)
    await petra.press("Lift suspension")
    await petra.sees_toast("Open again.")
    await sunny.goto(SUSPENDED)
    await sunny.page.wait_for_url("**/home")


async def test_what_clients_see(meet, product: Product) -> None:
    """The two pages of a document that waits for a signature and of one that is signed."""
    clara = await meet("Clara Client")
    document = head_start.sent(product, clara)
    await clara.open_mail("to sign", "/portal/open/")
    await _walk(
        clara, [f"/portal/documents/{document}", "/portal/documents/01a00000-0000-7000-8000-000000000000"]
    )
    callum = await meet("Callum Reid", "callum@fernhill.test")
    await callum.open_mail("Invoice", "/portal/pay/")
    await _walk(callum, [callum.page.url.removeprefix(product.url)])


def test_every_route_is_walked(product: Product) -> None:
    """Whoever adds a page adds it here, or gives the demo agency what it shows."""
    walked = {
        *STRANGERS,
        *_platform_pages(product),
        SUSPENDED,
        *_member_pages(product),
        "/portal/documents/x",
        "/portal/invoices/x",
    }
    left = [route for route in routes() if not any(_matches(route, path) for path in walked)]
    assert left == []


def _matches(route: str, path: str) -> bool:
    parts, given = route.split("/"), path.split("?", maxsplit=1)[0].split("/")
    return len(parts) == len(given) and all(
        a == b or a.startswith("[") for a, b in zip(parts, given, strict=True)
    )


def _member_pages(product: Product) -> list[str]:
    """The fixed ones, and of every state one document, invoice and client of the demo agency."""
    fixed = [
        route for route in routes()
        if "[" not in route and route not in (*STRANGERS, SUSPENDED) and not route.startswith(("/portal", "/admin"))
    ]  # fmt: skip
    return [
        *sorted(fixed),
        *_of_every("document", product),
        *_of_every("invoice", product),
        *_of_every("client", product)[:1],
        *_of_the_shelf(product),
        *_of_every("lead", product),
        *_of_every("project", product),
        *(f"/settings/integrations/{key}" for (key,) in product.rows("SELECT id FROM endpoint LIMIT 1")),
        *(f"/settings/approvals/{key}" for (key,) in product.rows("SELECT id FROM approval_policy LIMIT 1")),
        "/settings/approvals/new",
        "/leads?view=board",
        "/leads?status=all&q=hotel",
        f"{_of_every('document', product)[0]}/compare",
        "/documents/01a00000-0000-7000-8000-000000000000",
        "/organisations/01a00000-0000-7000-8000-000000000000",
    ]


def _platform_pages(product: Product) -> list[str]:
    (org_id,) = product.rows("SELECT id FROM org WHERE name = 'Northlight' ORDER BY created_at LIMIT 1")[0]
    one = "/admin/organisations"
    return [*PLATFORM, f"{one}/{org_id}", f"{one}/01a00000-0000-7000-8000-000000000000", f"{one}?q=nobody"]


def _of_every(table: str, product: Product) -> list[str]:
    state = "id" if table == "client" else "status"
    found = product.rows(
        f"SELECT DISTINCT ON ({state}) id FROM {table}"
        " WHERE org_id = (SELECT id FROM org WHERE name = 'Northlight' ORDER BY created_at LIMIT 1)"
    )
    return [f"/{table}s/{key}" for (key,) in found]


def _of_the_shelf(product: Product) -> list[str]:
    """A template, a clause, a document that begins with the template, and what is not there."""
    found = product.rows("SELECT DISTINCT ON (kind) kind, id FROM template ORDER BY kind, name")
    ids = dict(found)
    return [
        f"/templates/{ids['document']}", f"/clauses/{ids['clause']}", f"/templates/{ids['clause']}",
        f"/documents/new?template={ids['document']}", "/clauses?status=draft",
    ]  # fmt: skip


async def _walk(person: Person, paths: list[str] | tuple[str, ...], *, thoroughly: bool = True) -> None:
    wrong = []
    for path in paths:
        await person.goto(path)
        await expect(person.page.locator("[aria-busy=true]")).to_have_count(0)
        await expect(person.page.get_by_role("heading").first).to_be_visible()
        for width, height in SIZES if thoroughly else SIZES[:1]:
            await person.page.set_viewport_size({"width": width, "height": height})
            wrong += [f"{path} {width}: {what}" for what in await looks.unfit(person.page)]
        for theme in looks.THEMES if thoroughly else ():
            await looks.wear(person.page, theme)
            wrong += [f"{path} {theme}: {what}" for what in await looks.unusable(person.page)]
    assert wrong == []
