"""The steps of the journey, each as one person takes it through the screen. Tests that start later take these first."""

from __future__ import annotations

from playwright.async_api import expect

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
    await member.press("Add client")
    await member.fill({"Client": company, "Contact name": contact.name, "Contact email": contact.email})
    await member.press("Add client")
    await member.page.wait_for_url("**/clients/*")
    await expect(member.page.get_by_role("table", name="Contacts")).to_contain_text(contact.email)


async def new_document(member: Person, title: str, client: str = "Bright Foods") -> str:
    """Client, kind, brief, and a plan of two halves; returns the new document's address."""
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
    await member.press("Create document")
    await member.page.wait_for_url("**/documents/*-*")
    return member.page.url
