"""How tests that begin in the middle get there: by the product's own verbs, as the demo agency's people."""

from __future__ import annotations

import secrets
from uuid import UUID

from contractflow.integrations.ai.brief import Brief as Order
from contractflow.integrations.ai.library import compose
from contractflow.permissions import Member, Role, Signer
from contractflow.security.links import one_time_code
from contractflow.services import clients, documents, portal
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


def written(
    product: Product, contact: Person, title: str = "Website relaunch", text: str = TEXT, **other: str
) -> UUID:
    """A document of Mia's with a text, for a new client whose contact signs."""
    with product.inside():
        mia = demo_member(product, Role.MEMBER)
        client = as_(mia, clients.add, new_client(contact_name=contact.name, contact_email=contact.email))
        return _written(mia, client, text, title=title, **other)


def _written(author: Member, client: UUID | str, text: str, **other: str) -> UUID:
    key = secrets.token_hex(8)
    document: UUID = as_(author, documents.create, new_document(client, **other), idempotency_key=key)
    if text:
        as_(author, documents.add_block, document, "", text)
    return document


def signed_for(product: Product, client: str, project: str, title: str) -> UUID:
    """A document of Mia's for that project, signed by the client's first contact: its deposit is invoiced."""
    with product.inside():
        document = _written(demo_member(product, Role.MEMBER), client, TEXT, title=title, project_id=project)
    send(product, document)
    sign(product, document)
    return document


def sent(product: Product, contact: Person, title: str = "Website relaunch") -> UUID:
    """Approved by Adam and sent by Mia: the contact has a mail."""
    document = written(product, contact, title)
    send(product, document)
    return document


def write(product: Product, document: UUID) -> None:
    """A text into a document of Mia's."""
    with product.inside():
        as_(demo_member(product, Role.MEMBER), documents.add_block, document, "", TEXT)


def send(product: Product, document: UUID) -> None:
    """A draft of Mia's: submitted, approved by Adam, sent."""
    with product.inside():
        mia, adam = demo_member(product, Role.MEMBER), demo_member(product, Role.ADMIN)
        as_(mia, documents.submit, document)
        as_(adam, documents.approve, document, look(adam, document).current_version_id)
        as_(mia, documents.send, document)


def sign(product: Product, document: UUID) -> None:
    """By its one signer, as their mailed link and code let them."""
    org_id, signer_id, name = product.rows(
        "SELECT org_id, id, name FROM signer WHERE document_id = %s", document
    )[0]
    signer = Signer(org_id, document, signer_id, name, "127.0.0.1", "pytest")
    newest = "SELECT id FROM one_time_token WHERE subject_id = %s ORDER BY id DESC LIMIT 1"
    with product.inside():
        for step in (portal.one, portal.consent, portal.request_code):
            as_(signer, step)
        assert as_(signer, portal.verify_code, one_time_code(product.rows(newest, signer_id)[0][0]))
        as_(signer, portal.sign, kind="typed", typed_name=name, agreed_intent=True)
