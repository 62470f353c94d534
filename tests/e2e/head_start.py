"""How tests that begin in the middle get there: by the product's own verbs, as the demo agency's people."""

from __future__ import annotations

import secrets
from uuid import UUID

from contractflow.integrations.ai.brief import Brief as Order
from contractflow.integrations.ai.library import compose
from contractflow.permissions import Member, Role
from contractflow.services import clients, documents
from tests.e2e.people import Person
from tests.e2e.product import Product
from tests.integration.journey import as_, look, new_client, new_document

TEXT = compose(
    Order(
        kind="sow", title="Website relaunch", agency="Northlight", client="Bright Foods",
        scope="A new website.\nA launch campaign.", total="€1,000.00",
    )
)  # fmt: skip


def demo_member(product: Product, role: Role) -> Member:
    """One of the demo agency's four people."""
    found = product.rows(
        "SELECT m.user_id, m.org_id, m.id, u.name FROM membership m JOIN app_user u ON u.id = m.user_id"
        " JOIN org o ON o.id = m.org_id WHERE o.name = 'Northlight' AND m.role = %s ORDER BY o.created_at LIMIT 1",
        role.value_text,
    )
    user_id, org_id, membership_id, name = found[0]
    return Member(user_id, org_id, membership_id, role, name, "127.0.0.1", "pytest")


def written(product: Product, contact: Person, title: str = "Website relaunch", text: str = TEXT) -> UUID:
    """A document of Mia's with a text, for a new client whose contact signs."""
    with product.inside():
        mia = demo_member(product, Role.MEMBER)
        client = as_(mia, clients.add, new_client(contact_name=contact.name, contact_email=contact.email))
        new = new_document(client, title=title)
        document: UUID = as_(mia, documents.create, new, idempotency_key=secrets.token_hex(8))
        if text:
            as_(mia, documents.add_block, document, "", text)
        return document


def sent(product: Product, contact: Person, title: str = "Website relaunch") -> UUID:
    """Approved by Adam and sent by Mia: the contact has a mail."""
    document = written(product, contact, title)
    with product.inside():
        mia, adam = demo_member(product, Role.MEMBER), demo_member(product, Role.ADMIN)
        as_(mia, documents.submit, document)
        as_(adam, documents.approve, document, look(adam, document).current_version_id)
        as_(mia, documents.send, document)
    return document
