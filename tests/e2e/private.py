"""What no log may hold, whatever was done and however much a process is asked to say."""

from __future__ import annotations

import re

import httpx

from tests.e2e.people import DEMO_PASSWORD, PASSWORD
from tests.e2e.product import Product

_PEOPLE = (
    "SELECT email FROM app_user UNION SELECT name FROM app_user UNION SELECT email FROM contact"
    " UNION SELECT name FROM contact UNION SELECT email FROM lead UNION SELECT name FROM lead"
)
_BANNER = "  Sign in as"
"""`up` prints the demo agency's sign-ins itself, for whoever tries it."""


def found_in_the_log(product: Product) -> list[str]:
    """The lines of the product's processes that hold an address, a name, a password, a link or a code of somebody's."""
    lines = [line for line in product.up.said.splitlines() if not line.startswith(_BANNER)]
    private = re.compile("|".join(rf"\b{re.escape(words)}\b" for words in sorted(_private(product))))
    return [line for line in lines if private.search(line)]


def _private(product: Product) -> set[str]:
    people = {text for (text,) in product.rows(_PEOPLE) if "@" in text or " " in text}
    mails = httpx.get(f"{product.up.sandbox_url}/mail.json", timeout=30).json()
    links = {part for mail in mails for link in mail["links"] for part in re.findall(r"[\w-]{40,}", link)}
    codes = {code for mail in mails for code in re.findall(r"(?m)^\s*(\d{6})\s*$", mail["text"])}
    return people | links | codes | {PASSWORD, DEMO_PASSWORD}
