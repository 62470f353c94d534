"""Two rival agencies with something in every table, and what an attacker from one would like of the other.

Whatever Northlight keeps to itself carries the word SECRET, so that an answer that tells of it is noticed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import SQLModel, col, select

from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.models import (
    ApprovalRound,
    Artifact,
    Bounce,
    Client,
    Contact,
    Project,
    Subscription,
    WebhookEvent,
)
from contractflow.permissions import Member, Role, Signer, System
from contractflow.security.links import token_hash
from contractflow.services import accounts, links
from contractflow.workflows.document import Status
from contractflow.workflows.signer import SignerStatus
from tests import builders, cast

SECRET = "zqnorth"  # in everything Northlight keeps to itself
BLOCK = "b1"
LINES = {cast.NORTHLIGHT: 200}
"""Its trail is the longer one: some of its lines have numbers that no line of Redshift has."""
Ids = dict[str, Any]
Row = TypeVar("Row", bound=SQLModel)
ID_OF = {
    "app_user": "user_id",
    "draft_job": "draft_id",
    "document_version": "version_id",
    "one_time_token": "token_id",
}


@dataclass
class World:
    """`theirs` are two sets of ids of Northlight, around a draft and around a signed document; `ours` is Redshift's own.

    `other` is a client of Northlight who signs another document; `clara` signed the one that is attacked.
    """

    theirs: dict[str, Ids]
    ours: Ids
    clara: Signer
    other: Signer
    known_to_other: set[str]
    others_version: UUID

    def sets(self, name: str = "") -> list[Ids]:
        """The sets of ids to attack `name` with: what is about rewriting a clause gets one around a rewrite as well."""
        is_rewriting = any(word in name for word in ("rewrit", "writing_state", "live_state"))
        asked = self.theirs if is_rewriting else [each for each in self.theirs if each != "rewrite"]
        return [self.theirs[each] for each in asked]

    def nowhere(self, like: Ids) -> Ids:
        """The same words with ids that nothing has."""
        return {word: uuid4() if isinstance(value, UUID) else value for word, value in like.items()}

    def row(self, kind: type[Row], ids: Ids) -> Row:
        """The row of Northlight that `ids` name, as somebody inside would hold it."""
        table = str(kind.__tablename__)
        with unit_of_work(cast.northlight) as work:
            return work.db.get_one(kind, ids[ID_OF.get(table, f"{table}_id")])


def build() -> World:
    with unit_of_work(cast.northlight) as work:
        signed, draft, clara = _everything_of(work, cast.olivia, SECRET)
        other, known, version = _another_client(work)
    with unit_of_work(cast.redshift) as work:
        signed_there, draft_there, _ = _everything_of(work, cast.rita, "redshift")
    ours = {**signed_there, **draft_there}
    for ids, slug in ((signed, "north"), (ours, "red")):
        ids["event_row_id"] = _a_webhook(slug, ids["org_id"])
        ids.update(_an_integration(System(ids["org_id"], "test"), SECRET if slug == "north" else "redshift"))
    around_draft = {**signed, **draft}
    rewrite = {**around_draft, "draft_id": draft.pop("rewrite_id")}
    return World(
        {"draft": around_draft, "signed": {**draft, **signed}, "rewrite": rewrite},
        ours,
        clara,
        other,
        known | {str(signed["logo_id"])},  # every client of an organisation sees its logo
        version,
    )


def _everything_of(work: UnitOfWork, owner: Member, word: str) -> tuple[Ids, Ids, Signer]:
    client = builders.a_client(work, name=f"{word} client", notes=f"{word} notes")
    contact = builders.a_contact(
        work,
        client,
        name=f"{word} contact",
        email=f"{word}.contact@client.test",
        title=word,
        is_primary=False,
    )
    common = {
        "org_id": owner.org_id, "slug": "northlight" if owner is cast.olivia else "redshift", "user_id": owner.user_id, "client_id": client.id, "contact_id": contact.id,
        **_people(work, owner, word), **_shelf(work, owner, client, word),
    }  # fmt: skip
    signed, person = _a_signed_one(work, client, owner, word)
    draft = _a_draft(work, client, contact, owner, word)
    return {**common, **signed}, draft, person


def _people(work: UnitOfWork, owner: Member, word: str) -> Ids:
    invite = builders.a_token(
        work, "invite", email=f"{word}.guest@new.test", role=Role.MEMBER, created_by=owner.user_id
    )
    family = uuid4()
    work.db.execute(
        text("SELECT gate_session_opened(:family, :user, :org, '192.0.2.9', :agent)"),
        {"family": family, "user": owner.user_id, "org": owner.org_id, "agent": f"{word} browser"},
    )
    order = {"id": str(invite.id), "tier": "growth", "interval": "month", "at": "2026-01-01T00:00:00Z"}
    work.db.add(Subscription(org_id=owner.org_id, tier="scale", seats=50, checkout={**order, "earlier": []}))
    heir = cast.adam.membership_id if owner is cast.olivia else _a_colleague_of_rita(work)
    offer = builders.an_offer(work, owner.membership_id, heir)
    return {
        "membership_id": owner.membership_id, "token_id": invite.id, "family_id": family, "offer_id": offer.id,
        "heir_id": heir, **_factors(work, owner, word),
    }  # fmt: skip


def _factors(work: UnitOfWork, owner: Member, word: str) -> Ids:
    """A passkey and a remembered browser, which only the gates can make, and only for who is there."""
    said = {
        "user": str(owner.user_id), "name": f"{word} passkey", "agent": f"{word} browser",
        "one": hashlib.sha256(word.encode()).digest(), "until": work.now + timedelta(days=1),
    }  # fmt: skip
    ids = {}
    for query in (
        "SELECT set_config('app.user_id', :user, true)",
        "SELECT gate_passkey_add(:one, :one, 0, :name, '', false)",
        "SELECT gate_device_trust(CAST(:user AS uuid), :one, '192.0.2.9', :agent, :until)",
    ):
        work.db.execute(text(query), {name: said[name] for name in said if f":{name}" in query})
    ids["passkey_id"] = work.db.scalar(
        text("SELECT id FROM gate_passkeys(CAST(:user AS uuid))"), {"user": said["user"]}
    )
    ids["device_id"] = work.db.scalar(text("SELECT id FROM gate_trusted_devices()"))
    work.db.execute(text("SELECT set_config('app.user_id', '', true)"))
    return ids


def _a_colleague_of_rita(work: UnitOfWork) -> UUID:
    person = accounts.register(work, "Ronan Rival", "ronan@redshift.test", cast.PASSWORD_HASH)
    return builders.a_member(work, person, Role.VIEWER).id


def _shelf(work: UnitOfWork, owner: Member, client: Client, word: str) -> Ids:
    clause = builders.a_template(
        work, name=f"{word} clause", about=f"{word} about", body=[{"id": "preferred", "md": f"{word} words"}]
    )
    template = builders.a_template(
        work,
        kind="document",
        category="sow",
        name=f"{word} template",
        body=[{"id": BLOCK, "md": f"## {word} part"}],
    )
    project = Project(org_id=owner.org_id, client_id=client.id, name=f"{word} project", currency="EUR")
    lead = builders.a_lead(work, name=f"{word} lead", email=f"{word}@lead.test", message=f"{word} message")
    work.db.add(project)
    work.db.flush()
    logo = builders.a_logo(work)
    rule = {"field": "kind", "operator": "is", "value": "nda", "currency": ""}
    policy = builders.a_policy(work, name=f"{word} policy", rules=[rule])
    return {
        "policy_id": policy.id,
        "template_id": template.id,
        "clause_id": clause.id,
        "project_id": project.id,
        "lead_id": lead.id,
        "logo_id": logo.id,
    }


def _a_signed_one(work: UnitOfWork, client: Client, owner: Member, word: str) -> tuple[Ids, Signer]:
    blocks = [{"id": BLOCK, "md": f"# {word} contract\n\n{word} promises."}]
    document, signer = builders.a_signed_document(
        work, client=client, title=f"{word} contract", blocks=blocks, verify_code=f"{word}CODE"
    )
    signer.token_hmac = token_hash(links.signing_token(signer.id, document.sent_version_id))
    invoice = builders.opened(work, builders.an_invoice(work, document, label=f"{word} deposit"))
    invoice.pay_token_hmac = token_hash(links.invoice_token(invoice.id))
    payment = builders.a_payment(
        work, invoice, 10, provider_ref=f"{word} transfer", recorded_by=owner.user_id
    )
    comment = builders.a_comment(work, document.id, member_id=owner.membership_id, body=f"{word} remark")
    asked = builders.a_comment(
        work,
        document.id,
        member_id=None,
        contact_id=signer.contact_id,
        visibility="shared",
        body=f"{word} question",
    )
    notification = builders.a_notification(
        work, document_id=document.id, recipient=f"{word}.contact@client.test", payload={"title": word}
    )
    line = builders.a_notification(
        work,
        channel="in_app",
        kind="joined",
        user_id=owner.user_id,
        payload={"name": word, "member": f"{word} guest", "org": word},
    )
    content = f"%PDF {word}".encode()
    artifact = Artifact(
        org_id=document.org_id, document_id=document.id, kind="attachment", filename=f"{word}.pdf", mime="application/pdf",
        size_bytes=len(content), content=content, sha256=hashlib.sha256(content).digest(),
    )  # fmt: skip
    work.db.add(artifact)
    for _ in range(LINES.get(document.org_id, 1)):
        work.record("document:look", "document", document.id, document_id=document.id, words=word)
    work.db.flush()
    ids = {
        "document_id": document.id, "version_id": document.sent_version_id, "signer_id": signer.id, "block_id": BLOCK,
        "invoice_id": invoice.id, "payment_id": payment.id, "comment_id": comment.id, "artifact_id": artifact.id,
        "notification_id": notification.id, "line_id": line.id, "asked_id": asked.id,
    }  # fmt: skip
    return ids, Signer(document.org_id, document.id, signer.id, signer.name)


def _a_draft(work: UnitOfWork, client: Client, contact: Contact, owner: Member, word: str) -> Ids:
    blocks = [{"id": BLOCK, "md": f"# {word} draft\n\n{word} ideas."}]
    document = builders.a_document(work, client, title=f"{word} draft", brief={"scope": f"{word} brief"})
    text_ = builders.content(document, blocks=blocks)
    version = builders.a_version(work, document, content=text_)
    builders.a_signer(work, document, contact)
    approver = owner if owner is cast.rita else cast.adam
    approval = builders.an_approval(work, document, approver)
    round_ = work.db.exec(select(ApprovalRound).where(col(ApprovalRound.document_id) == document.id)).one()
    job = builders.a_draft_job(work, document, brief={"scope": f"{word} brief"})
    builders.an_attempt(work, job)
    told = {"wish": "shorter", "md": blocks[0]["md"], "heading": f"# {word} draft", "others": []}
    rewrite = builders.a_draft_job(
        work, document, kind="clause", block_id=BLOCK, brief={"scope": word, "rewrite": told}
    )
    return {
        "rewrite_id": rewrite.id, "document_id": document.id, "version_id": version.id, "approval_id": approval.id, "draft_id": job.id,
        "approval_round_id": round_.id,
        "block_id": BLOCK,
    }  # fmt: skip


def _another_client(work: UnitOfWork) -> tuple[Signer, set[str], UUID]:
    """Of Northlight as well, with a document in his own hands; what is his carries no SECRET."""
    client = builders.a_client(work, name="Nuts and Bolts")
    contact = builders.a_contact(work, client, name="Nero Nuts", email="nero@nuts.test")
    document = builders.a_document(work, client, title="His own contract")
    version = builders.a_version(work, document)
    signer = builders.a_signer(work, document, contact)
    document.expires_at = work.now + timedelta(days=30)
    document.sent_version_id, document.sent_at, document.status = version.id, work.now, Status.SENT
    signer.status, signer.invited_at = SignerStatus.INVITED, work.now
    signer.token_hmac = token_hash(links.signing_token(signer.id, version.id))
    signer.token_expires_at = document.expires_at
    work.db.flush()
    known = {str(row.id) for row in (client, contact, document, version, signer)} | {
        str(each) for each in (document.org_id, document.owner_id, document.created_by)
    }
    return Signer(document.org_id, document.id, signer.id, signer.name), known, version.id


def _an_integration(actor: System, word: str) -> Ids:
    """After a line of the trail, which a message tells of."""
    with unit_of_work(actor) as work:
        endpoint = builders.an_endpoint(work, words=word)
        newest = text("SELECT max(seq) FROM audit_event WHERE org_id = :org_id")
        work.db.add(
            Bounce(org_id=actor.org_id, address=f"{word}@gone.test", kind="bounced", reason=f"{word} reason")
        )
        row = builders.a_delivery(work, endpoint, work.db.scalar(newest, {"org_id": actor.org_id}), word)
        return {"endpoint_id": endpoint.id, "delivery_id": row.id}


def _a_webhook(slug: str, org_id: UUID) -> UUID:
    event = WebhookEvent(
        org_id=org_id, provider="paddle", event_id=f"evt_{slug}", event_type="transaction.paid",
        occurred_at=datetime(2027, 1, 1, tzinfo=UTC), payload={"said": SECRET if slug == "north" else slug},
        payload_sha256=b"\0" * 32, status="processed",
    )  # fmt: skip
    with unit_of_work(System(org_id, "test"), role=DbRole.WORKER) as work:
        work.db.add(event)
        return event.id
