"""Home: what waits for whom, what one click does about exactly what was seen, and what it never does."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, NotAllowed, NotFound
from contractflow.models import Document, Lead, Payment, Signer
from contractflow.services import comments, documents, home, invoices, payments, portal
from contractflow.services.documents import expiring
from contractflow.workflows.document import Approval, Generation, Status
from tests import builders, cast
from tests.integration.journey import (  # fmt: skip
    a_draft,
    approved,
    as_,
    in_review,
    look,
    sent,
    signed,
    signer_of,
    statements,
    trail,
)

pytestmark = pytest.mark.usefixtures("database", "redis_url")


def waiting(person):
    """(why, what) of everything that waits."""
    return [(row.kind, row.href) for row in as_(person, home.queue).rows]


def the(person, kind):
    (row,) = [row for row in as_(person, home.queue).rows if row.kind == kind]
    return row


def click(person, row):
    return as_(person, home.act, row.kind, UUID(row.id), UUID(row.seen) if row.seen else None)


def test_an_approval_is_one_click_on_exactly_the_version_that_was_seen():
    document = in_review()
    row = the(cast.adam, "approve")
    assert (row.action, row.words, row.who, row.amount) == (
        "Approve",
        "Website relaunch",
        "Bright Foods",
        "€1,000.00",
    )
    assert ("approve", row.href) not in waiting(cast.mia)
    with pytest.raises(NotAllowed):
        click(cast.mia, row)
    block = as_(cast.mia, documents.one, document).blocks[0]
    as_(cast.mia, documents.save_block, document, block.id, "Something else.", block.digest)
    with pytest.raises((IllegalMove, NotAllowed)):
        click(cast.adam, row)
    assert look(cast.mia, document).approval_status is Approval.STALE
    again = the(cast.mia, "stale")
    assert click(cast.mia, again) == "Submitted for review."
    with pytest.raises(IllegalMove):
        click(cast.adam, row)  # what stood on the screen before
    assert click(cast.adam, the(cast.adam, "approve")) == "Approved."
    assert look(cast.mia, document).approval_status is Approval.APPROVED
    assert trail(cast.northlight, document).count("document:approve") == 1
    assert waiting(cast.adam) == []


def test_what_is_approved_is_sent_and_a_double_click_sends_once():
    document = approved()
    row = the(cast.mia, "approved")
    with pytest.raises(NotAllowed):
        click(cast.victor, row)
    assert click(cast.mia, row) == "Sent. The client has a mail with a link."
    click(cast.mia, row)
    assert look(cast.mia, document).status is Status.SENT
    assert trail(cast.northlight, document).count("document:send") == 1


def test_what_is_about_to_run_out_is_reminded_of_once_a_day():
    document = sent()
    assert [kind for kind, _ in waiting(cast.mia)] == []
    with unit_of_work(cast.northlight) as work:
        row = work.db.get_one(Document, document)
        row.expires_at = work.now + timedelta(days=3)
    row = the(cast.mia, "expiring")
    assert row.since.startswith("until ")
    with pytest.raises(NotAllowed):
        click(cast.victor, row)
    for _ in range(2):
        assert click(cast.mia, row).startswith("Reminded")
    assert trail(cast.northlight, document).count("signer:remind") == 1
    signer = signer_of(document).signer_id
    assert as_(cast.northlight, lambda work: work.db.get_one(Signer, signer).reminder_count) == 1
    as_(signer_of(document), portal.decline, "Too late.")
    with pytest.raises(IllegalMove):
        click(cast.mia, row)
    assert click(cast.mia, the(cast.mia, "declined")) == "Back in draft."


def test_what_ran_out_is_extended():
    document = sent()
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Document, document).expires_at = work.now - timedelta(minutes=1)
    as_(cast.northlight, expiring.expire, document)
    assert click(cast.mia, the(cast.mia, "expired")).startswith("Thirty more days")
    assert look(cast.mia, document).status is Status.SENT


def test_a_reported_transfer_is_recorded_in_full_once():
    document = signed().document_id
    invoice = UUID(as_(cast.adam, invoices.of_document, document)[0].id)
    as_(signer_of(document), payments.report_transfer, invoice, "Sent this morning")
    row = the(cast.adam, "transfer")
    assert (row.action, row.amount) == ("Record payment", "€400.00")
    assert "transfer" not in [kind for kind, _ in waiting(cast.mia)]
    with pytest.raises(NotAllowed):
        click(cast.mia, row)
    for _ in range(2):
        assert click(cast.adam, row).startswith("Payment recorded")
    paid = as_(cast.adam, invoices.one, invoice)
    assert (paid.pill, len(paid.payments)) == ("paid", 1)
    assert trail(cast.northlight, document).count("payment:record") == 1
    with pytest.raises(NotFound):
        as_(cast.adam, home.act, "transfer", invoice, uuid4())


def test_a_transfer_that_came_to_nothing_is_not_recorded_any_more():
    document = signed().document_id
    invoice = UUID(as_(cast.adam, invoices.of_document, document)[0].id)
    as_(signer_of(document), payments.report_transfer, invoice)
    row = the(cast.adam, "transfer")
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Payment, UUID(row.seen)).status = "failed"
    with pytest.raises(IllegalMove, match="changed since you looked"):
        click(cast.adam, row)


def test_a_failed_draft_is_tried_again_once_for_each_failure():
    document = a_draft(text="")
    with unit_of_work(cast.northlight) as work:
        row = work.db.get_one(Document, document)
        builders.a_draft_job(work, row, status="queued")
        row.generation_status = Generation.QUEUED
        work.db.flush()
        row.generation_status = Generation.FAILED
    row = the(cast.mia, "failed")
    with pytest.raises(NotAllowed):
        click(cast.victor, row)
    with pytest.raises(IllegalMove, match="changed since"):
        as_(cast.mia, home.act, "failed", document, None)
    assert row.action == "Retry"


def test_a_lead_without_answer_waits_for_whoever_it_is_given_to():
    with unit_of_work(cast.northlight) as work:
        lead = builders.a_lead(work)
    row = the(cast.mia, "lead")
    assert (row.href, row.action) == (f"/leads/{lead.id}", "Mark contacted")
    assert "lead" not in [kind for kind, _ in waiting(cast.victor)]
    with pytest.raises(NotAllowed):
        click(cast.victor, row)
    assert click(cast.mia, row) == "Marked as contacted."
    click(cast.mia, row)
    assert as_(cast.mia, lambda work: work.db.get_one(Lead, lead.id).status) == "contacted"
    assert waiting(cast.mia) == []


def test_what_is_overdue_and_what_is_not_written_yet_lead_to_their_page():
    document = a_draft()
    with unit_of_work(cast.northlight) as work:
        invoice = builders.opened(work, builders.an_invoice(work, work.db.get_one(Document, document)))
        invoice.due_on = work.now.date() - timedelta(days=4)
    assert ("draft", f"/documents/{document}") in waiting(cast.mia)
    row = the(cast.mia, "overdue")
    assert (row.action, row.href, row.since[:4]) == ("", f"/invoices/{invoice.id}", "due ")
    with pytest.raises(NotFound):
        as_(cast.mia, home.act, "overdue", invoice.id, None)


def test_nothing_of_anybody_else_waits_and_nothing_of_theirs_is_clicked():
    in_review()
    row = the(cast.adam, "approve")
    assert waiting(cast.rita) == waiting(cast.victor) == []
    with pytest.raises(NotFound):
        click(cast.rita, row)


def test_the_queue_goes_on_by_key_and_asks_as_often_however_much_waits():
    with unit_of_work(cast.northlight) as work:
        leads = [builders.a_lead(work) for _ in range(8)]
    with unit_of_work(cast.mia) as work, statements(work) as seen:
        first = home.queue(work)
    assert len(seen) <= 15  # one for each kind, one more for each that somebody waits for
    rest = as_(cast.mia, home.queue, first.after)
    assert [row.id for row in (*first.rows, *rest.rows)] == [str(lead.id) for lead in leads]
    assert (list(first.after), rest.after) == (["lead"], {})


def asked(client, body, block="", key="k"):
    as_(client, portal.comment, block, body, key)


def test_what_a_client_wrote_waits_until_somebody_answers_settles_or_saw_it():
    document = sent()
    clara = signer_of(document)
    asked(clara, "May we pay\nin two parts?")
    row = the(cast.mia, "comment")
    assert (row.action, row.words, row.who) == (
        "Mark as seen",
        "“May we pay in two parts?” · Website relaunch",
        "Clara Client · Bright Foods",
    )
    assert row.href == f"/documents/{document}?comment={row.id}"
    assert waiting(cast.adam) == waiting(cast.victor) == waiting(cast.rita) == []
    with pytest.raises(NotAllowed):
        click(cast.victor, row)
    with pytest.raises(NotFound):
        click(cast.rita, row)

    thread = UUID(row.id)
    as_(clara, portal.answer, thread, "Or in three?", "k2")
    newer = the(cast.mia, "comment")
    assert newer.words.startswith("“Or in three?”")
    assert newer.href == row.href
    click(cast.mia, row)  # what stood on the screen before says nothing of what came since
    assert the(cast.mia, "comment").id == newer.id
    for _ in range(2):
        assert click(cast.mia, newer) == "Marked as seen."
    assert waiting(cast.mia) == []
    assert trail(cast.northlight, document).count("comment:see") == 2

    as_(clara, portal.answer, thread, "Please tell us.", "k3")
    assert [kind for kind, _ in waiting(cast.mia)] == ["comment"]
    as_(cast.adam, comments.reply, document, thread, "In two.")
    assert waiting(cast.mia) == []

    asked(clara, "And when?", key="k4")
    as_(cast.adam, comments.resolve, document, UUID(the(cast.mia, "comment").id))
    assert waiting(cast.mia) == []
    as_(cast.mia, comments.start, document, "", "Among ourselves.")
    as_(cast.mia, comments.start, document, "", "To the client.", is_shared=True)
    assert waiting(cast.mia) == []
    ours = as_(cast.mia, comments.of_document, document).on_document[0].comments[0]
    with pytest.raises(NotFound):
        as_(cast.mia, comments.see, document, UUID(ours.id))
