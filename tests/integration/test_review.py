"""Review: who is asked, who decides, about what exactly."""

import threading
from uuid import uuid4

import pytest
from sqlmodel import select

from contractflow.content.unwritten import NEW_CLAUSE
from contractflow.errors import AppError, IllegalMove, Invalid, NotAllowed
from contractflow.models import Notification
from contractflow.services import comments, documents
from tests import cast
from tests.integration.journey import a_draft, approved, as_, in_review, look, sent, trail

pytestmark = pytest.mark.usefixtures("database", "redis_url")


def mails() -> list[tuple[str, str]]:
    query = select(Notification.kind, Notification.recipient).where(Notification.channel == "email")
    return sorted(as_(cast.northlight, lambda work: [tuple(row) for row in work.db.exec(query)]))


def current(document_id):
    return look(cast.adam, document_id).current_version_id


def test_a_viewer_cannot_submit():
    document_id = a_draft()
    with pytest.raises(NotAllowed):
        as_(cast.victor, documents.submit, document_id)


def test_submitting_asks_everybody_who_may_approve():
    document_id = in_review()
    row = look(cast.mia, document_id)
    assert (row.status, row.approval_status, row.approval_round) == ("review", "pending", 1)
    assert mails() == [
        ("approval_request", "adam@northlight.test"),
        ("approval_request", "olivia@northlight.test"),
    ]
    assert trail(cast.mia, document_id)[-2:] == ["document:submit", "document:request"]


def test_submitting_twice_asks_once():
    document_id = in_review()
    as_(cast.mia, documents.submit, document_id)
    assert len(mails()) == 2
    assert look(cast.mia, document_id).approval_round == 1


def test_nothing_written_cannot_be_submitted():
    document_id = a_draft(text="")
    with pytest.raises(IllegalMove, match="Write or draft"):
        as_(cast.mia, documents.submit, document_id)


def test_a_clause_that_says_only_what_it_began_with_goes_nowhere():
    document_id = a_draft(text="## Scope\n\nWe build it.")
    added = as_(cast.mia, documents.add_block, document_id, "", NEW_CLAUSE)
    with pytest.raises(IllegalMove, match="A clause says only what it began with"):
        as_(cast.mia, documents.submit, document_id)
    page = as_(cast.mia, documents.one, document_id)
    assert page.next_step == "“New clause” still says “Write here.” Write it, or remove it."
    assert [one.words for one in page.checks if "began with" in one.why] == ["Every clause of it is written"]
    as_(cast.mia, documents.remove_block, document_id, added)
    as_(cast.mia, documents.submit, document_id)


def test_an_open_variable_blocks():
    document_id = a_draft(text="## 1. Scope\n\nFor {{client.contact}}.")
    with pytest.raises(IllegalMove, match="variables"):
        as_(cast.mia, documents.submit, document_id)


def test_only_who_was_asked_may_approve():
    document_id = in_review()
    with pytest.raises(NotAllowed, match="Nobody asked you"):
        as_(cast.mia, documents.approve, document_id, current(document_id))
    with pytest.raises(NotAllowed):
        as_(cast.victor, documents.approve, document_id, current(document_id))


def test_an_approval_names_the_version():
    document_id = approved()
    row = look(cast.mia, document_id)
    assert (row.approval_status, row.approved_version_id) == ("approved", row.current_version_id)
    assert ("approval_decided", "mia@northlight.test") in mails()
    assert trail(cast.mia, document_id)[-1] == "document:approve"
    page = as_(cast.olivia, documents.one, document_id)
    assert not page.is_approver
    assert page.approved_version == page.version


def test_a_version_nobody_saw_is_not_approved():
    document_id = in_review()
    with pytest.raises(IllegalMove, match="changed since"):
        as_(cast.adam, documents.approve, document_id, uuid4())


def test_a_change_while_somebody_reads_makes_the_request_stale():
    document_id = in_review()
    seen = current(document_id)
    first = as_(cast.mia, documents.one, document_id).blocks[0]
    as_(cast.mia, documents.save_block, document_id, first.id, "## 1. Scope\n\nChanged.", first.digest)
    with pytest.raises(IllegalMove):
        as_(cast.adam, documents.approve, document_id, seen)
    stale = as_(cast.mia, documents.one, document_id)
    assert stale.next_step == "The text changed since it was submitted. Submit it for review again."
    as_(cast.mia, documents.submit, document_id)
    as_(cast.adam, documents.approve, document_id, current(document_id))
    assert look(cast.mia, document_id).approval_status == "approved"


def test_changes_need_a_comment_and_go_back_to_the_author():
    document_id = in_review()
    with pytest.raises(Invalid) as refused:
        as_(cast.adam, documents.request_changes, document_id, current(document_id), "  ")
    assert refused.value.field == "comment"
    as_(cast.adam, documents.request_changes, document_id, current(document_id), "Shorter, please.")
    page = as_(cast.mia, documents.one, document_id)
    assert (page.status, page.approval_status) == ("draft", "changes_requested")
    (thread,) = as_(cast.mia, comments.of_document, document_id).on_document
    assert (thread.gist, thread.is_change_request, thread.is_shared) == ("Shorter, please.", True, False)
    assert ("changes_requested", "mia@northlight.test") in mails()
    as_(cast.mia, documents.submit, document_id)
    assert look(cast.mia, document_id).approval_round == 2


def test_two_approvers_at_once_decide_once():
    document_id, version_id = in_review(), None
    version_id = current(document_id)
    outcomes: list[str] = []

    def decide(person):
        try:
            as_(person, documents.approve, document_id, version_id)
            outcomes.append("approved")
        except AppError as refused:
            outcomes.append(type(refused).__name__)

    threads = [threading.Thread(target=decide, args=(person,)) for person in (cast.adam, cast.olivia)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["IllegalMove", "approved"]
    assert trail(cast.mia, document_id).count("document:approve") == 1


def test_the_author_takes_it_back():
    document_id = in_review()
    for _ in range(2):
        as_(cast.mia, documents.withdraw, document_id)
    row = look(cast.mia, document_id)
    assert (row.status, row.approval_status) == ("draft", "none")


def test_sending_needs_this_approval():
    document_id = in_review()
    with pytest.raises(IllegalMove, match="not approved"):
        as_(cast.mia, documents.send, document_id)


def test_a_member_cannot_send_a_colleagues_document():
    document_id = approved()
    with pytest.raises(NotAllowed):
        as_(cast.victor, documents.send, document_id)


def test_sending_freezes_the_version_and_mails_a_link():
    document_id = sent()
    row = look(cast.mia, document_id)
    assert (row.status, row.sent_version_id) == ("sent", row.current_version_id)
    assert ("sign_request", cast.clara.email) in mails()
    as_(cast.mia, documents.send, document_id)
    assert mails().count(("sign_request", cast.clara.email)) == 1
    assert trail(cast.mia, document_id)[-2:] == ["document:send", "signer:invite"]


def test_a_recall_kills_the_link_and_the_text_can_change():
    document_id = sent()
    for _ in range(2):
        as_(cast.mia, documents.recall, document_id)
    page = as_(cast.mia, documents.one, document_id)
    assert (page.status, page.signers[0].status, page.is_editable) == ("draft", "waiting", True)


def test_a_recalled_version_goes_out_again_with_a_new_mail():
    document_id = sent()
    as_(cast.mia, documents.recall, document_id)
    as_(cast.mia, documents.send, document_id)
    assert mails().count(("sign_request", cast.clara.email)) == 2


def test_the_time_to_sign_runs_out_and_can_be_given_anew(database):
    document_id = sent()
    as_(cast.northlight, documents.expire, document_id)
    assert look(cast.mia, document_id).status == "sent"
    with database.admin() as admin:
        admin.execute("UPDATE document SET expires_at = now() - interval '1 minute'")
    for _ in range(2):
        as_(cast.northlight, documents.expire, document_id)
    page = as_(cast.mia, documents.one, document_id)
    assert (page.status, page.signers[0].status, page.can["extend"]) == ("expired", "expired", True)
    assert not as_(cast.victor, documents.one, document_id).can["extend"]
    for _ in range(2):
        as_(cast.mia, documents.extend, document_id)
    page = as_(cast.mia, documents.one, document_id)
    assert (page.status, page.signers[0].status) == ("sent", "invited")
    assert mails().count(("sign_request", cast.clara.email)) == 2
    assert trail(cast.mia, document_id)[-2:] == ["document:extend", "signer:invite"]


def test_voiding_needs_a_reason_and_tells_the_signer():
    document_id = sent()
    with pytest.raises(IllegalMove, match="reason"):
        as_(cast.mia, documents.void, document_id, " ")
    as_(cast.mia, documents.void, document_id, "The project was cancelled.")
    assert look(cast.mia, document_id).status == "voided"
    assert ("voided", cast.clara.email) in mails()


def test_buttons_follow_the_table():
    document_id = in_review()
    page = as_(cast.adam, documents.one, document_id)
    assert page.is_approver
    assert not page.can["send"]
    assert page.why_not["send"] == "This exact version is not approved yet."
    assert not as_(cast.victor, documents.one, document_id).can["submit"]


def test_the_next_step_is_said_to_whoever_reads_it():
    def read(member, document_id):
        return as_(member, documents.one, document_id).next_step

    document_id = a_draft()
    assert read(cast.mia, document_id) == "Submit it for review."
    assert read(cast.victor, document_id) == f"Waiting for {cast.mia.name} to finish the text."
    in_review()
    assert read(cast.adam, document_id).startswith("Your turn")
    assert (
        read(cast.mia, document_id)
        == f"Waiting for {cast.adam.name} or {cast.olivia.name} to approve this version."
    )
    approved()
    assert read(cast.mia, document_id) == read(cast.adam, document_id) == "Approved. Send it to the client."
    assert read(cast.victor, document_id) == f"Approved. Waiting for {cast.mia.name} to send it."
