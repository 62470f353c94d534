"""Every dialog of the members' and the platform's pages is opened once, in both themes: it shuts nobody out.

Most are opened here, page by page; those that a journey opens anyhow are looked at there. `looks.at_dialog` names each by
the function that draws it, so that one nobody opens is found.
"""

from __future__ import annotations

import ast
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from playwright.async_api import expect

from contractflow.ops.serving import ROOT
from contractflow.permissions import Role
from contractflow.services import approval_policies, clients, comments, documents, projects, templates
from contractflow.services.approval_policies import Rule, Step, TypedPolicy
from contractflow.services.projects import NewProject
from tests.e2e import head_start, looks
from tests.e2e.head_start import demo_member
from tests.e2e.people import DEMO_PASSWORD, Person
from tests.e2e.product import Product
from tests.e2e.test_every_page import fresh_code
from tests.integration.journey import as_, new_client
from tests.pictures import png

pytestmark = [pytest.mark.xdist_group("product"), pytest.mark.timeout(240)]

Dialogs = Sequence[tuple[str, str]]
"""(drawn by, what is pressed): "A > B" is the item B of the menu A, "A …" the first whose name begins so."""

ASKING_TEMPLATES = (
    "SELECT id FROM template WHERE org_id = %s AND kind = 'document' AND status = 'published'"
    " AND variables::text <> '[]' ORDER BY name LIMIT 2"
)
BEGUN_TEMPLATES = "SELECT id FROM template WHERE org_id = %s AND kind = 'document' AND status = 'draft'"
QUALIFIED_LEADS = "SELECT id FROM lead WHERE org_id = %s AND status = 'qualified' LIMIT 1"
CLIENT: Dialogs = (
    ("client_people._edit_form", "More > Edit"),
    ("client_people._contact_form", "Add contact"),
    ("client_people._merge_form", "More > Merge into another client"),
)
PROJECT: Dialogs = (
    ("project._reach", "Mark reached: Final payment"),
    ("project._rename", "More > Rename"),
    ("project._cancel", "More > Cancel project"),
)
INVOICE: Dialogs = (
    ("invoice_dialogs.record_dialog", "Record payment"),
    ("invoice_dialogs.void_dialog", "More > Void"),
)
DRAFT: Dialogs = (
    ("document_dialogs._redraft", "More > Draft with AI again"),
    ("clause_search.clause_search", "Insert a clause"),
    ("suggestions.suggestions", "Suggest missing clauses"),
    ("clause_block._tools", "Remove"),
    ("comment_thread._own", "Delete comment"),
)
BLOCKED: Dialogs = (
    ("review_dialogs._ask_another", "Ask somebody else"),
    ("review_dialogs._override", "Override the approval"),
    ("review_dialogs._pass_on", "Ask somebody else than Adam Brandt"),
)
IN_REVIEW: Dialogs = (("document_dialogs._changes", "Request changes"),)
SENT: Dialogs = (
    ("document_dialogs._recall", "More > Recall"),
    ("document_dialogs._void", "More > Void"),
)
MEMBERS: Dialogs = (
    ("member_dialogs._invite", "Invite member"),
    ("member_dialogs._role", "Actions for Adam Brandt > Change role"),
    ("member_dialogs._suspend", "Actions for Adam Brandt > Suspend"),
)
TEMPLATE: Dialogs = (
    ("template_dialogs._describe", "More > Rename"),
    ("template_dialogs._variable", "Change …"),
    ("template_dialogs._discard", "More > Discard"),
)
FIXED: dict[str, Dialogs] = {
    "/clients": (("clients._form", "Add client"),),
    "/projects": (("projects._form", "Open project"),),
    "/templates": (("shelf._form", "New template"),),
    "/settings/approvals": (("approval_policies._tools", "Remove Large contracts"),),
    "/settings/members": MEMBERS,
    "/settings/security": (("security_sessions._end_others", "End all others"),),
}
MIAS: dict[str, Dialogs] = {
    "/settings/members": (("member_dialogs._leave", "Leave this organisation"),),
    "/settings/profile": (("account_end.delete_dialog", "Delete account"),),
}


async def test_the_dialogs_of_an_owner(meet, product: Product) -> None:
    olivia, at_home, clara = (
        await meet("Olivia", "olivia@northlight.test"),
        await meet("Olivia", "olivia@northlight.test"),
        await meet("Clara Client"),
    )
    await at_home.sign_in(DEMO_PASSWORD)
    await olivia.sign_in(DEMO_PASSWORD)
    pages = FIXED | _made(product, clara)
    for path, dialogs in pages.items():
        await _open_each(olivia, path, dialogs)
    await olivia.goto("/settings/organisation")
    picture = {"name": "logo.png", "mimeType": "image/png", "buffer": png(96, 96)}
    await olivia.page.locator("input[name=logo]").set_input_files(picture)  # type: ignore[arg-type]
    await olivia.press("Save logo")
    await _open_each(olivia, "", (("organisation_logo._remove", "Remove logo"),))
    await olivia.press("Remove logo")
    await olivia.page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    await expect(olivia.button("Remove logo")).to_have_count(0)
    adam = demo_member(product, Role.ADMIN)
    with product.inside():
        for (begun,) in product.rows(BEGUN_TEMPLATES, adam.org_id):
            as_(adam, templates.discard, begun)


async def test_the_dialogs_of_a_member_and_of_the_platform(meet) -> None:
    mia = await meet("Mia", "mia@northlight.test")
    await mia.sign_in(DEMO_PASSWORD)
    for path, dialogs in MIAS.items():
        await _open_each(mia, path, dialogs)
    await mia.page.keyboard.press("Control+k")
    await looks.at_dialog(mia.page, "palette.palette")
    petra = await meet("Petra Lind", "petra@contractflow.test")
    await petra.sign_in(DEMO_PASSWORD, await fresh_code())
    for drawn_by, press in (
        ("security_policy._require", "Require a second factor"),
        ("security_policy._waive", "Require it no longer"),
    ):
        await _open_each(petra, "/settings/security", ((drawn_by, press),))
        await petra.press(press)
        await petra.page.get_by_role("dialog").get_by_role("button").last.click()
        await expect(petra.button(press)).to_have_count(0)


async def _open_each(person: Person, path: str, dialogs: Dialogs) -> None:
    if path:
        await person.goto(path)
        await expect(person.page.locator("[aria-busy=true]")).to_have_count(0)
    for drawn_by, press in dialogs:
        button, _, item = press.partition(" > ")
        name = re.compile(f"^{re.escape(button.removesuffix('…'))}{'' if button.endswith('…') else '$'}")
        await person.page.get_by_role("button", name=name).filter(visible=True).first.click()
        if item:
            await person.page.get_by_role("menuitem", name=item, exact=True).click()
        await looks.at_dialog(person.page, drawn_by)
        await person.page.keyboard.press("Escape")
        await expect(person.page.locator(looks.DIALOG)).to_have_count(0)


def _made(product: Product, contact: Person) -> dict[str, Dialogs]:
    """A page in each of the states that ask something, made by the product's own verbs."""
    blocked, sent = _blocked(product, contact), head_start.sent(product, contact)
    approved = head_start.written(product, contact)
    draft = head_start.written(product, contact)
    with product.inside():
        olivia, adam, mia = (demo_member(product, role) for role in (Role.OWNER, Role.ADMIN, Role.MEMBER))
        as_(olivia, comments.start, draft, "", "Who wrote this?", key=secrets.token_hex(8))
        as_(mia, documents.submit, approved)
        version = product.rows("SELECT current_version_id FROM document WHERE id = %s", approved)[0][0]
        as_(adam, documents.approve, approved, version)
        published, other = (key for (key,) in product.rows(ASKING_TEMPLATES, adam.org_id))
        revised = as_(adam, templates.revise, other)
    client, project, invoice = _signed(product, contact)
    (lead,) = product.rows(QUALIFIED_LEADS, adam.org_id)[0]
    return {
        f"/clients/{client}": CLIENT,
        f"/projects/{project}": PROJECT,
        f"/invoices/{invoice}": INVOICE,
        f"/documents/{draft}": DRAFT,
        f"/documents/{draft}/compare": (("compare._restore", "Restore version 1"),),
        f"/documents/{blocked}": (*IN_REVIEW, *BLOCKED),
        f"/documents/{approved}": (("document_dialogs._send", "Send to client"),),
        f"/documents/{sent}": SENT,
        f"/templates/{revised}": TEMPLATE,
        f"/templates/{published}": (("template_dialogs._archive", "More > Archive"),),
        f"/leads/{lead}": (("lead._refusal", "More > Disqualify"),),
    }


def _blocked(product: Product, contact: Person) -> UUID:
    """A document of Mia's that three have to approve, of whom she is one: it waits for two, and nobody is left to ask."""
    olivia, adam, mia = (demo_member(product, role) for role in (Role.OWNER, Role.ADMIN, Role.MEMBER))
    people = tuple(str(one.membership_id) for one in (olivia, adam, mia))
    wished = TypedPolicy("All three", (Rule("kind", "is", "nda"),), (Step("Three", "some", 3, people),))
    document = head_start.written(product, contact, kind="nda")
    with product.inside():
        policy = as_(adam, approval_policies.save, None, wished)
        as_(mia, documents.submit, document)
        as_(adam, approval_policies.remove, policy)
    return document


def _signed(product: Product, contact: Person) -> tuple[UUID, UUID, UUID]:
    """A client, its project with a milestone, and the deposit's open invoice."""
    with product.inside():
        mia = demo_member(product, Role.MEMBER)
        client = as_(mia, clients.add, new_client(contact_name=contact.name, contact_email=contact.email))
        project = as_(mia, projects.add, NewProject(str(client), "Every dialog"))
    document = head_start.signed_for(product, str(client), str(project), "Signed for every dialog")
    invoice = "SELECT id FROM invoice WHERE document_id = %s AND status = 'open'"
    return client, project, product.rows(invoice, document)[0][0]


# -- which there are


def test_every_dialog_is_looked_at() -> None:
    """Whoever draws a new one opens it here, or names it where a journey opens it."""
    named = {
        name
        for file in Path(__file__).parent.glob("*.py")
        for name in re.findall(r'"(\w+\.\w+)"', file.read_text())
    }
    assert [drawn for drawn in _drawn() if drawn not in named] == []


MAKERS = ("dialog", "confirm", "_dialog")


def _drawn() -> Iterator[str]:
    """The functions of pages and components that make one; a helper they share is none itself."""
    for folder in ("pages", "components"):
        for file in sorted((ROOT / "contractflow" / folder).glob("*.py")):
            for function in ast.parse(file.read_text()).body:
                if _name(function) not in ("", *MAKERS) and any(map(_makes_one, ast.walk(function))):
                    yield f"{file.stem}.{_name(function)}"


def _name(statement: ast.stmt) -> str:
    return statement.name if isinstance(statement, ast.FunctionDef) else ""


def _makes_one(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MAKERS
