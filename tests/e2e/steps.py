"""The steps of the journey, each as one person takes it through the screen. Tests that start later take these first."""

from __future__ import annotations

import asyncio
import re
from typing import Any, Literal

from playwright.async_api import Locator, expect

from contractflow.integrations.signing import verify
from tests.e2e.people import PASSWORD, Person

SCOPE = "Strategy, design and build of the new website, and a launch campaign on paid social for six weeks."


async def invite(owner: Person, colleague: Person, role: str = "Admin") -> None:
    """The owner invites; the colleague joins from the mail and lands on Home."""
    await owner.goto("/settings/members")
    await owner.press("Invite member")
    await owner.fill({"Work email": colleague.email})
    await owner.choose("Role", role)
    await owner.press("Send invitation")
    await owner.sees_toast("Invitation sent.")
    await expect(owner.page.get_by_role("table", name="Invited")).to_contain_text(colleague.email)
    await colleague.open_mail("invite", "/invite/")
    await expect(colleague.field("Work email")).to_have_value(colleague.email)
    await colleague.fill({"Your name": colleague.name, "Password": PASSWORD})
    await colleague.press("Join")
    await colleague.page.wait_for_url("**/home")


async def add_client(member: Person, contact: Person, company: str = "Bright Foods") -> None:
    await member.goto("/clients")
    await member.page.get_by_role("banner").get_by_role("button", name="Add client").click()
    await member.choose("Currency", "EUR")
    await member.fill({"Client": company, "Contact name": contact.name, "Contact email": contact.email})
    await member.press("Add client")
    await member.page.wait_for_url("**/clients/*")
    await expect(member.page.get_by_role("table", name="Contacts")).to_contain_text(contact.email)


async def fill_in_new_document(member: Person, title: str, client: str = "Bright Foods") -> None:
    """Client, kind, brief, and a plan of two halves."""
    await member.goto("/documents/new")
    await member.choose("Client", client)
    await member.choose("Kind", "Statement of work")
    await member.fill(
        {"Title": title, "Scope": SCOPE, "Must-haves": "Two rounds of revisions", "Total": "12,000.00"}
    )
    await member.field("Total").blur()
    await member.press("50 % deposit")
    await expect(member.page.get_by_role("group", name="Payment plan").get_by_label("Amount")).to_have_count(
        2
    )


async def new_document(member: Person, title: str) -> str:
    """Returns the new document's address."""
    await fill_in_new_document(member, title)
    await member.press("Create document")
    await member.page.wait_for_url("**/documents/*-*")
    return member.page.url


async def set_up_payments(owner: Person) -> None:
    """Bank details, and cards through Paddle."""
    await owner.goto("/settings/payments")
    await owner.fill({"Account holder": "Northlight GmbH", "IBAN": "DE89 3704 0044 0532 0130 00"})
    await owner.press("Save")
    await owner.sees_toast("Saved.")
    await owner.press("Connect Paddle")
    await owner.page.get_by_role("dialog").get_by_role("checkbox").check()
    await owner.page.get_by_role("dialog").get_by_role("button", name="Connect Paddle").click()
    await expect(owner.pill("Connected")).to_be_visible()


# -- the draft


def live(reader: Person) -> Locator:
    """The draft while it is written."""
    return reader.page.get_by_role("region", name="Draft being written")


def blocks(reader: Person) -> Locator:
    """The blocks on the paper, written or being written."""
    return reader.page.get_by_role("article", name="Contract text").locator(".cf-block")


async def order_draft(author: Person) -> None:
    await author.press("Draft with AI")
    await expect(author.page.locator(".cf-pill", has_text=re.compile("^(Queued|Writing)$"))).to_be_visible()


async def see_it_written(*readers: Person, blocks_at_least: int = 2) -> None:
    """Everybody sees several blocks while it is still being written."""
    for reader in readers:
        await expect(live(reader).locator(".cf-block").nth(blocks_at_least - 1)).to_be_visible()


async def see_it_finished(*readers: Person) -> None:
    for reader in readers:
        await expect(live(reader)).to_have_count(0, timeout=30_000)
        await expect(reader.pill("Ready")).to_be_visible()


async def shown_text(reader: Person) -> str:
    """What stands on the paper, typeset."""
    return "\n".join(await blocks(reader).locator(".cf-text").all_inner_texts())


def without_markup(markdown: str) -> list[str]:
    """The words of what was written, as `shown_text(…).split()` has them."""
    return re.sub(r"\*\*|^- |^## ", "", markdown, flags=re.MULTILINE).split()


async def edit(author: Person, heading: str, more: str) -> None:
    """Add a sentence at the end of the block under that heading; the editor saves by itself."""
    version = author.fact("Version")
    before = await version.inner_text()
    await author.page.get_by_role("button", name=f"Edit {heading}").click()
    area = author.page.get_by_role("textbox", name=f"Edit {heading}")
    await area.press_sequentially(f" {more}")
    await expect(version).not_to_have_text(before)
    await expect(saved(author)).to_be_visible()
    await area.press("Escape")
    await expect(blocks(author).filter(has_text=more)).to_be_visible()


async def open_clause(author: Person) -> Locator:
    """The first one, as it is edited."""
    await author.page.get_by_role("button", name=re.compile(r"^Edit 1\.")).click()
    return author.page.get_by_role("textbox", name=re.compile(r"^Edit 1\."))


def saved(author: Person) -> Locator:
    """What the clause being edited says when it is."""
    return author.page.locator(".cf-block--editing").get_by_text("Saved", exact=True)


# -- review and sending


async def submit(author: Person) -> None:
    await author.press("Submit for review")
    await expect(author.pill("In review")).to_be_visible()
    await expect(author.pill("Waiting").first).to_be_visible()


async def approve(approver: Person) -> None:
    await approver.press("Approve")
    await expect(approver.pill("Approved").first).to_be_visible()


async def request_changes(approver: Person, comment: str) -> None:
    await approver.press("Request changes")
    await approver.fill({"Comment": comment})
    await approver.press("Request changes")
    await approver.sees_toast("Sent back")


async def send(author: Person) -> None:
    await author.press("Send to client")
    await author.page.get_by_role("dialog").get_by_role("button", name="Send to client").click()
    await expect(author.pill("Sent")).to_be_visible()


# -- the client


async def agree_and_prove(client: Person) -> None:
    """Agree, ask for a code, and enter the one that was mailed."""
    await client.press("I agree")
    await client.press("Send me a code")
    await enter_code(client)


async def enter_code(client: Person, press: Literal["click", "dblclick"] = "click") -> None:
    mail = await client.product.mail(client.email, "Your code")
    found = re.search(r"\b(\d{6})\b", mail["text"])
    assert found, mail["text"]
    await client.fill({"Code": found[1]})
    await getattr(client.button("Continue"), press)()
    await expect(client.button("Sign document")).to_be_visible()


async def sealed_pdf_of(mail: dict[str, Any], reader: Person) -> bytes:
    """The PDF that came with the mail, which has to carry our seal."""
    pdf = await reader.product.attachment(mail, ".pdf")
    assert pdf.startswith(b"%PDF")
    with reader.product.inside():
        report = await asyncio.to_thread(verify.check, pdf)  # it runs a loop of its own
    assert report.is_genuine, report
    return pdf


async def download(reader: Person, press: Locator) -> bytes:
    async with reader.page.expect_download() as coming:
        await press.click()
    return (await (await coming.value).path()).read_bytes()
