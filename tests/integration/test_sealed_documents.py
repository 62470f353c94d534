"""After the last signature: sealed once, sent to everybody, downloadable by whom it concerns, verifiable by anybody."""

import hashlib
import json

import page
import pytest
from sqlmodel import select

from contractflow.broker.queue import waiting
from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, NotFound
from contractflow.integrations.signing import verify
from contractflow.jobs import signing
from contractflow.models import Artifact, AuditEvent, AuditHead, Document, Notification
from contractflow.permissions import Signer, Visitor
from contractflow.services import audit, documents, sealing, verification
from contractflow.services.sealing import keep, make, prepare
from tests import builders, cast
from tests.integration import journey
from tests.integration.journey import as_, seal
from tests.pdf_words import words_of

pytestmark = pytest.mark.usefixtures("database", "redis_url", "own_key")


@pytest.fixture
def signed():
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_signed_document(work)
        work.record("document:send", "document", document.id, document_id=document.id)
    return document, signer


def clara(document, signer) -> Signer:
    return Signer(cast.NORTHLIGHT, document.id, signer.id, signer.name, "198.51.100.7", "pytest")


def test_a_signed_document_is_sealed_once_and_everybody_is_told(signed, tmp_path):
    document, _ = signed
    first = seal(document)
    assert seal(document).id == first.id
    assert verify.check(first.content).is_genuine
    assert hashlib.sha256(first.content).digest() == first.sha256
    assert (first.kind, first.mime, first.size_bytes) == ("sealed_pdf", "application/pdf", len(first.content))
    assert first.filename == f"{document.number} Launch campaign.pdf"
    file = tmp_path / "sealed.pdf"
    file.write_bytes(first.content)
    for standard in ("PDF_A_2A", "PDF_UA_1"):
        assert page.validate_pdf(str(file), profile=getattr(page.ValidationProfile, standard)).is_compliant
    with unit_of_work(cast.northlight) as work:
        mails = work.db.exec(select(Notification).where(Notification.channel == "email")).all()
        event = work.db.exec(select(AuditEvent).where(AuditEvent.action == "artifact:seal")).one()
    assert sorted(m.recipient for m in mails) == [cast.clara.email, cast.email_of(cast.mia)]
    assert {m.kind for m in mails} == {"completed"}
    assert (event.document_id, event.entity_id) == (document.id, first.id)
    assert event.data["sha256"] == first.sha256.hex()


def test_two_workers_at_once_keep_one_file(signed):
    document, _ = signed
    with unit_of_work(cast.northlight) as work:
        contract = prepare(work, document.id)
    for _ in range(2):
        with unit_of_work(cast.northlight) as work:
            keep(work, document.id, make(contract))
    with unit_of_work(cast.northlight) as work:
        assert len(work.db.exec(select(Artifact)).all()) == 1
        assert prepare(work, document.id) is None


def test_the_certificate_prints_the_head_of_the_chain(signed):
    document, signer = signed
    with unit_of_work(cast.northlight) as work:
        head = work.db.exec(select(AuditHead).where(AuditHead.org_id == cast.NORTHLIGHT)).one()
        contract = prepare(work, document.id)
        code = work.db.get_one(Document, document.id).verify_code
    certificate = contract.certificate
    assert (certificate.chain_seq, certificate.chain_head) == (head.seq, head.hash.hex())
    assert certificate.verify_url == f"{settings().base_url}/verify/{code}"
    assert [s.email for s in certificate.signers] == [signer.email]
    assert any("One-time code" in line for line in certificate.signers[0].authentication)
    assert any("198.51.100.7" in line for line in certificate.signers[0].evidence)
    assert contract.mark == ""


def test_the_sealed_pdf_vouches_for_the_trail(signed):
    document, _ = signed
    artifact = seal(document)
    with unit_of_work(cast.adam) as work:
        verdict = audit.verify(work)
        assert (verdict.ok, verdict.marks) == (True, 1)
        printed = audit.compare(work, artifact.seal["chain_seq"], artifact.seal["chain_head"])
    assert printed.is_kept


def test_nothing_is_sealed_before_everybody_has_signed():
    with unit_of_work(cast.northlight) as work:
        document, _ = builders.a_sent_document(work)
    with unit_of_work(cast.northlight) as work:
        assert prepare(work, document.id) is None


def test_a_signature_under_other_words_is_never_sealed(signed, database):
    document, _ = signed
    with database.admin() as admin:  # as somebody who got around every rule of the database
        admin.execute(
            "UPDATE signature SET content_sha256 = sha256('other') WHERE document_id = %s", [document.id]
        )
    with pytest.raises(RuntimeError), unit_of_work(cast.northlight) as work:
        prepare(work, document.id)


def test_a_drawn_signature_is_printed():
    with unit_of_work(cast.northlight) as work:
        document, signer = builders.a_sent_document(work)
        builders.a_verified_signer(work, signer)
        strokes = [[[10.0, 100.0], [200.0, 40.0], [400.0, 150.0]]]
        builders.a_signature(work, document, signer, kind="drawn", strokes=strokes)
        signer.status, document.status, document.signed_at = "signed", "signed", work.now
        work.record("signer:sign", "signer", signer.id, document_id=document.id)
    with unit_of_work(cast.northlight) as work:
        contract = prepare(work, document.id)
    assert contract.signatures[0].kind == "drawn"
    assert "<path d=" in contract.signatures[0].strokes_svg


# downloading


def test_what_one_downloads_is_the_sealed_file_or_a_marked_copy(signed):
    document, signer = signed
    for reader in (cast.victor, clara(document, signer)):
        with unit_of_work(reader) as work:
            copy = sealing.download(work, document.id)
        assert copy.content.startswith(b"%PDF-")
        assert not verify.check(copy.content).is_sealed
    sealed = seal(document)
    for reader in (cast.victor, clara(document, signer)):
        with unit_of_work(reader) as work:
            assert sealing.download(work, document.id).content == sealed.content


def test_a_draft_without_words_cannot_be_printed():
    with unit_of_work(cast.northlight) as work:
        document = builders.a_document(work)
    with pytest.raises(IllegalMove), unit_of_work(cast.mia) as work:
        sealing.preview(work, document.id)


def test_nobody_else_gets_it(signed):
    document, _ = signed
    seal(document)
    with unit_of_work(cast.northlight) as work:
        other, other_signer = builders.a_sent_document(work)
    for stranger in (cast.rita, clara(other, other_signer)):
        for take in (sealing.download, sealing.preview):
            with pytest.raises(NotFound), unit_of_work(stranger) as work:
                take(work, document.id)


# verifying


def test_a_stranger_with_the_code_learns_little_and_can_check_a_file(signed):
    document, _ = signed
    sealed = seal(document)
    with unit_of_work(cast.northlight) as work:
        code = work.db.get_one(Document, document.id).verify_code
    with unit_of_work(Visitor()) as work:
        assert verification.find(work, code) == (cast.NORTHLIGHT, document.id)
    with unit_of_work(cast.northlight) as work:
        seen = verification.by_code(work, code)
        genuine = verification.check_file(work, code, sealed.content)
        changed = verification.check_file(work, code, sealed.content + b" ")
        foreign = verification.check_file(work, code, b"hello")
    assert [s.name for s in seen.signers] == ["C. Client"]
    assert (seen.number, seen.is_sealed, seen.file_sha256) == (document.number, True, sealed.sha256.hex())
    assert document.title not in json.dumps(seen.__dict__, default=str)
    assert cast.clara.email not in json.dumps(seen.__dict__, default=str)
    assert (genuine.is_genuine, changed.is_genuine, foreign.is_genuine) == (True, False, False)
    assert changed.summary == "This file was changed after it was sealed. Do not rely on it."
    assert foreign.summary == "This file carries no seal."


def test_the_sealed_file_of_another_document_does_not_pass_for_this_one(signed):
    document, _ = signed
    seal(document)
    with unit_of_work(cast.northlight) as work:
        other, _ = builders.a_signed_document(work)
    stolen = seal(other)
    with unit_of_work(cast.northlight) as work:
        code = work.db.get_one(Document, document.id).verify_code
        verdict = verification.check_file(work, code, stolen.content)
    assert not verdict.is_genuine
    assert verdict.summary == "This file carries our seal, but belongs to another document."


@pytest.mark.parametrize("code", ["", "x", "unknown-code-1234", "a" * 500, "' OR 1=1 --"])
def test_a_code_that_leads_nowhere(code):
    with pytest.raises(NotFound), unit_of_work(Visitor()) as work:
        verification.find(work, code)


def test_the_sweep_finds_what_was_never_sealed(signed):
    document, _ = signed
    use_role(DbRole.WORKER)
    assert signing.sweep() == 1
    assert waiting("general") == 1
    assert signing.sweep() == 1
    assert waiting("general") == 1  # woken twice is woken once
    seal(document)
    use_role(DbRole.WORKER)
    assert signing.sweep() == 0


def test_the_sealed_file_says_that_the_approval_was_overridden_and_why():
    document_id = journey.in_review()
    version = journey.look(cast.adam, document_id).current_version_id
    as_(cast.olivia, documents.override_approval, document_id, version, "The launch is on Monday.")
    as_(cast.mia, documents.send, document_id)
    overridden = words_of(seal(journey.signed(document_id)).content)
    assert "Olivia Owner sent it without the approval it needed: The launch is on Monday." in overridden
    assert "Olivia Owner overrode the approval" in overridden

    plain = words_of(seal(journey.signed(as_sent_by_the_rules())).content)
    assert "Mia Member" in plain
    assert "without the approval it needed" not in plain


def as_sent_by_the_rules():
    document_id = journey.a_draft(key="k2")
    as_(cast.mia, documents.submit, document_id)
    as_(cast.adam, documents.approve, document_id, journey.look(cast.adam, document_id).current_version_id)
    as_(cast.mia, documents.send, document_id)
    return document_id
