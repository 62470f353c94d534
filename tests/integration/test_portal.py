"""Signing without an account: each step, what it refuses, and what it leaves behind."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound, TooMany
from contractflow.models import Document, DocumentVersion, Invoice, Notification, OneTimeToken, Signature
from contractflow.services import documents, portal
from tests import cast
from tests.integration.journey import as_, look, mailed_code, ready_to_sign, sent, signed, signer_of, trail

pytestmark = pytest.mark.usefixtures("database", "redis_url")

STROKES = json.dumps([[[10, 20], [40, 60], [90, 30]]])


def sign(clara, **other):
    typed = {"kind": "typed", "typed_name": clara.name, "agreed_intent": True}
    as_(clara, portal.sign, **typed | other)


def test_a_member_is_no_signer():
    for verb in (portal.one, portal.consent, portal.request_code):
        with pytest.raises(NotAllowed):
            as_(cast.olivia, verb)


def test_the_first_look_is_recorded_once():
    clara = signer_of(sent())
    for _ in range(2):
        page = as_(clara, portal.one)
    assert (page.step, page.org, page.status) == ("consent", "Northlight", "sent")
    assert "website" in page.blocks[0].html
    assert trail(cast.mia, clara.document_id).count("signer:view") == 1


def test_consent_is_kept_word_for_word():
    clara = signer_of(sent())
    for _ in range(2):
        as_(clara, portal.consent)
    assert as_(clara, portal.one).step == "code"
    assert trail(cast.mia, clara.document_id).count("signer:consent") == 1


def test_no_code_before_consent():
    clara = signer_of(sent())
    with pytest.raises(IllegalMove, match="Agree"):
        as_(clara, portal.request_code)


def test_the_code_goes_to_the_signers_address_and_is_not_stored():
    clara = signer_of(sent())
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    code = mailed_code(clara)
    query = select(Notification).where(Notification.kind == "signing_code")
    mail = as_(cast.northlight, lambda work: work.db.exec(query).one())
    assert mail.recipient == cast.clara.email
    assert code not in json.dumps(mail.payload)


def test_five_wrong_tries_use_the_code_up():
    clara = signer_of(sent())
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    right = mailed_code(clara)
    wrong = "000000" if right != "000000" else "111111"
    assert [as_(clara, portal.verify_code, wrong) for _ in range(5)] == [False] * 5
    assert as_(clara, portal.verify_code, right) is False
    as_(clara, portal.request_code)
    assert as_(clara, portal.verify_code, mailed_code(clara)) is True


def test_a_code_lives_ten_minutes(database):
    clara = signer_of(sent())
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    with database.admin() as admin:
        admin.execute(
            "UPDATE one_time_token SET expires_at = now() - interval '1 second' WHERE purpose = 'signing_otp'"
        )
    assert as_(clara, portal.verify_code, mailed_code(clara)) is False


def test_only_the_newest_code_counts():
    clara = signer_of(sent())
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    old = mailed_code(clara)
    as_(clara, portal.request_code)
    assert old == mailed_code(clara) or as_(clara, portal.verify_code, old) is False


def test_codes_are_rationed():
    clara = signer_of(sent())
    as_(clara, portal.consent)
    for _ in range(5):
        as_(clara, portal.request_code)
    with pytest.raises(TooMany) as refused:
        as_(clara, portal.request_code)
    assert 0 < refused.value.retry_after <= timedelta(hours=1).total_seconds() + 1


def test_signing_needs_the_steps_before():
    clara = signer_of(sent())
    with pytest.raises(IllegalMove, match="Agree"):
        sign(clara)
    as_(clara, portal.consent)
    with pytest.raises(IllegalMove, match="code"):
        sign(clara)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("typed_name", {"typed_name": "  "}),
        ("typed_name", {"typed_name": "x" * 1000}),
        ("agreed_intent", {"agreed_intent": False}),
        ("signature", {"kind": ""}),
        ("signature", {"kind": "drawn", "drawn": "", "agreed_intent": False}),
        ("signature", {"kind": "drawn", "drawn": "[]"}),
        ("signature", {"kind": "drawn", "drawn": '[[["a", 1]]]'}),
    ],
)
def test_what_cannot_be_a_signature_is_said_and_nothing_is_signed(field, typed):
    clara = ready_to_sign()
    with pytest.raises(Invalid) as refused:
        sign(clara, **typed)
    assert refused.value.field == field
    if typed.get("drawn") == "":
        assert refused.value.message == "Draw your signature."
    assert look(cast.mia, clara.document_id).status == "sent"


@pytest.mark.parametrize("typed", [{}, {"kind": "drawn", "drawn": STROKES}])
def test_the_last_signature_signs_the_document(typed):
    clara = ready_to_sign()
    for _ in range(2):
        sign(clara, **typed)
    row = look(cast.mia, clara.document_id)
    assert row.status == "signed"
    signature = as_(cast.northlight, lambda work: work.db.exec(select(Signature)).one())
    version = as_(cast.northlight, lambda work: work.db.get_one(DocumentVersion, row.sent_version_id))
    assert signature.content_sha256 == version.content_sha256
    assert "sign “Website relaunch”" in signature.intent_text
    assert trail(cast.mia, clara.document_id).count("document:sign") == 1
    kinds = as_(cast.northlight, lambda work: set(work.db.exec(select(Notification.kind))))
    assert {"document_signed", "invoice"} <= kinds


def test_the_deposit_goes_out_by_itself():
    clara = signed()
    query = select(Invoice.label, Invoice.status, Invoice.total_minor).where(
        col(Invoice.document_id) == clara.document_id
    )
    rows = as_(cast.northlight, lambda work: sorted(tuple(row) for row in work.db.exec(query)))
    assert rows == [("Deposit", "open", 40_000), ("Final payment", "scheduled", 60_000)]
    page = as_(clara, portal.one)
    assert (page.step, [i.amount for i in page.invoices]) == ("pay", ["€400.00"])


def test_declining_needs_a_reason_and_tells_the_owner():
    clara = signer_of(sent())
    as_(clara, portal.one)
    with pytest.raises(Invalid):
        as_(clara, portal.decline, "\n")
    for _ in range(2):
        as_(clara, portal.decline, "Too expensive.")
    row = look(cast.mia, clara.document_id)
    assert (row.status, row.closed_reason) == ("declined", "Too expensive.")
    query = select(Notification.recipient).where(
        Notification.kind == "declined", Notification.channel == "email"
    )
    assert as_(cast.northlight, lambda work: work.db.exec(query).all()) == ["mia@northlight.test"]
    with pytest.raises(IllegalMove, match="no longer open"):
        sign(clara)


def test_after_a_recall_nothing_can_be_signed():
    clara = ready_to_sign()
    as_(cast.mia, documents.recall, clara.document_id)
    with pytest.raises(IllegalMove):
        sign(clara)
    assert as_(clara, portal.one).step == "closed"
    assert as_(clara, portal.one).blocks == []


def test_a_signer_sees_one_document_and_nothing_else():
    clara = signer_of(sent())
    other = sent_again()

    def everything(work):
        return [
            {
                row.document_id if hasattr(row, "document_id") else row.id
                for row in work.db.exec(select(model))
            }
            for model in (Document, DocumentVersion, Signature, Invoice)
        ]

    assert other not in set().union(*as_(clara, everything))
    with pytest.raises((NotFound, NotAllowed)):
        as_(clara, documents.one, other)


def test_the_database_refuses_a_signature_on_other_content():
    clara = ready_to_sign()

    def forge(work):
        row = work.db.get_one(Document, clara.document_id)
        work.db.add(
            Signature(
                org_id=clara.org_id, document_id=clara.document_id, signer_id=clara.signer_id,
                version_id=row.sent_version_id, kind="typed", typed_name="Clara", intent_text="x",
                content_sha256=bytes(32), consent_sha256=bytes(32), ip="192.0.2.9", user_agent="x",
            )
        )  # fmt: skip

    with pytest.raises(DBAPIError):
        as_(clara, forge)


def test_the_code_rows_hold_no_code():
    clara = signer_of(sent())
    as_(clara, portal.consent)
    as_(clara, portal.request_code)
    rows = as_(
        cast.northlight,
        lambda work: work.db.execute(text("SELECT to_jsonb(t)::text FROM one_time_token t")).scalars().all(),
    )
    assert as_(cast.northlight, lambda work: len(work.db.exec(select(OneTimeToken)).all())) == len(rows)
    assert not any(mailed_code(clara) in row for row in rows)


def sent_again():
    from contractflow.services import clients
    from tests.integration.journey import TEXT, new_client, new_document

    client_id = as_(cast.mia, clients.add, new_client(name="Other", contact_email="otto@other.test"))
    document_id = as_(cast.mia, documents.create, new_document(client_id), idempotency_key="other")
    as_(cast.mia, documents.add_block, document_id, "", TEXT)
    as_(cast.mia, documents.submit, document_id)
    as_(cast.adam, documents.approve, document_id, look(cast.adam, document_id).current_version_id)
    as_(cast.mia, documents.send, document_id)
    return document_id
