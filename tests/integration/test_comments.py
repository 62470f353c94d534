"""What people say about a document: who may, who hears of it, what the client sees, and what they never see."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound
from contractflow.models import AuditEvent, Comment, Document, DocumentVersion, Notification
from contractflow.services import (
    accounts,
    clients,
    comments,
    desk,
    documents,
    feed,
    mail_choices,
    orgs,
    portal,
)
from contractflow.services.comments.mentions import MOST_MENTIONED, parts
from contractflow.services.comments.writing import LONGEST, MOST_IN_A_THREAD
from contractflow.services.portal.comments import LONGEST as LONGEST_OF_A_CLIENT
from contractflow.services.sealing.certificate import certificate
from contractflow.services.sealing.paper import gather
from tests import builders, cast
from tests.integration.journey import (
    a_draft,
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
MIA, ADAM, OLIVIA, VICTOR = "mia", "adam", "olivia", "victor"


def blocks(document_id):
    return [block.id for block in as_(cast.mia, documents.one, document_id).blocks]


def said(actor, document_id, body="Is that so?", block="", **more):
    """A new thread; the id of the comment that began it."""
    as_(actor, comments.start, document_id, block, body, **more)
    return newest(document_id)


def newest(document_id):
    query = select(Comment.id).where(col(Comment.document_id) == document_id).order_by(col(Comment.id).desc())
    return as_(cast.mia, lambda work: work.db.exec(query.limit(1)).one())


def row(comment_id):
    return as_(cast.mia, lambda work: work.db.get_one(Comment, comment_id))


def threads(actor, document_id):
    page = as_(actor, comments.of_document, document_id)
    return [*page.on_document, *page.on_blocks, *page.on_gone]


def words(thread):
    return ["".join(part.text for part in one.parts) for one in thread.comments]


def told(kind=None, channel="email"):
    query = select(Notification.kind, Notification.recipient).where(col(Notification.channel) == channel)
    every = as_(cast.northlight, lambda work: [tuple(one) for one in work.db.exec(query)])
    about = ("mentioned", "commented", "client_commented", "comment_answered")
    return sorted(
        (k, who.partition("@")[0]) for k, who in every if k == kind or (kind is None and k in about)
    )


def test_a_viewer_reads_and_does_not_write():
    document_id = a_draft()
    thread = said(cast.mia, document_id)
    for verb, args in (
        (comments.start, (document_id, "", "I?")),
        (comments.reply, (document_id, thread, "I?")),
        (comments.edit, (document_id, thread, "I?")),
        (comments.delete, (document_id, thread)),
        (comments.resolve, (document_id, thread)),
        (comments.reopen, (document_id, thread)),
        (comments.people, ("",)),
    ):
        with pytest.raises(NotAllowed, match="Only members and above can comment"):
            as_(cast.victor, verb, *args)
    page = as_(cast.victor, comments.of_document, document_id)
    assert (page.can_write, page.why_not) == (False, "Only members and above can comment.")
    (one,) = page.on_document
    assert (one.can_reply, one.can_settle, one.comments[0].can_edit, words(one)) == (
        False,
        False,
        False,
        ["Is that so?"],
    )


def test_another_agency_finds_nothing():
    document_id = a_draft()
    thread = said(cast.mia, document_id)
    for verb, args in (
        (comments.of_document, (document_id,)),
        (comments.start, (document_id, "", "I?")),
        (comments.reply, (document_id, thread, "I?")),
        (comments.edit, (document_id, thread, "I?")),
        (comments.delete, (document_id, thread)),
        (comments.resolve, (document_id, thread)),
    ):
        with pytest.raises(NotFound):
            as_(cast.rita, verb, *args)


def test_a_thread_is_begun_answered_settled_and_opened_again():
    document_id = a_draft()
    scope, _ = blocks(document_id)
    thread = said(cast.mia, document_id, "Which website?", scope)
    as_(cast.adam, comments.reply, document_id, thread, "The old one.")
    page = as_(cast.mia, comments.of_document, document_id)
    (one,) = page.on_blocks
    assert (one.about, one.gist, one.others, one.is_shared) == (
        "1. Scope",
        "Which website?",
        "1 reply",
        False,
    )
    assert [(c.author, c.can_edit, c.source) for c in one.comments] == [
        ("Mia Member", True, "Which website?"),
        ("Adam Admin", False, ""),
    ]
    assert (page.counts, page.open) == ({scope: "1 comment"}, "1 open thread")
    as_(cast.adam, comments.resolve, document_id, thread)
    as_(cast.mia, comments.resolve, document_id, thread)
    page = as_(cast.mia, comments.of_document, document_id)
    assert (page.counts, page.had, page.open) == ({}, {scope: True}, "")
    assert (page.on_blocks[0].is_resolved, page.on_blocks[0].resolved) == (True, "Resolved by Adam Admin")
    assert row(thread).resolved_at is not None
    for verb, args in ((comments.reply, ("And?",)), (comments.edit, ("And?",)), (comments.delete, ())):
        with pytest.raises(IllegalMove, match="resolved"):
            as_(cast.mia, verb, document_id, thread, *args)
    as_(cast.mia, comments.reopen, document_id, thread)
    as_(cast.mia, comments.reopen, document_id, thread)
    assert threads(cast.mia, document_id)[0].can_reply
    assert trail(cast.mia, document_id)[-4:] == [
        "comment:start",
        "comment:reply",
        "comment:resolve",
        "comment:reopen",
    ]
    days = as_(cast.mia, desk.of_document, document_id).days
    events = [(event.words, event.note) for event in days[0].events]
    assert events[3] == ("Mia Member commented", "1. Scope")
    assert events[1][0] == "Adam Admin resolved a thread of comments"


def test_one_changes_and_deletes_ones_own_words_only():
    document_id = a_draft()
    thread = said(cast.mia, document_id, "Which website?")
    with pytest.raises(NotAllowed, match="Only who wrote"):
        as_(cast.olivia, comments.edit, document_id, thread, "Hers now")
    with pytest.raises(NotAllowed, match="Only who wrote"):
        as_(cast.olivia, comments.delete, document_id, thread)
    as_(cast.mia, comments.edit, document_id, thread, "Which website?")
    assert row(thread).edited_at is None, "the same words are no change"
    as_(cast.mia, comments.edit, document_id, thread, "Which of the two?")
    (one,) = threads(cast.adam, document_id)
    assert (words(one), one.comments[0].is_edited) == (["Which of the two?"], True)
    as_(cast.mia, comments.delete, document_id, thread)
    as_(cast.mia, comments.delete, document_id, thread)
    (one,) = threads(cast.mia, document_id)
    assert (words(one), one.comments[0].is_deleted, one.comments[0].can_edit) == ([""], True, False)
    assert row(thread).body == ""
    assert trail(cast.mia, document_id)[-3:] == ["comment:start", "comment:edit", "comment:delete"]
    with pytest.raises(IllegalMove, match="deleted"):
        as_(cast.mia, comments.edit, document_id, thread, "Back again")


def test_a_double_click_says_it_once():
    document_id = a_draft()
    thread = said(cast.mia, document_id, "Once", key="k")
    as_(cast.mia, comments.start, document_id, "", "Once", key="k")
    as_(cast.mia, comments.reply, document_id, thread, "Again", key="k2")
    as_(cast.mia, comments.reply, document_id, thread, "Again", key="k2")
    as_(cast.adam, comments.reply, document_id, thread, "His key is his own", key="k")
    (one,) = threads(cast.mia, document_id)
    assert words(one) == ["Once", "Again", "His key is his own"]


def test_what_cannot_be_said():
    document_id, other = a_draft(), a_draft(key="k2")
    thread = said(cast.mia, other)
    for body in ("", " \n", "\u200b\u202e", "x" * (LONGEST + 1)):
        with pytest.raises(Invalid) as wrong:
            as_(cast.mia, comments.start, document_id, "", body)
        assert wrong.value.field == "body"
    with pytest.raises(NotFound):
        as_(cast.mia, comments.start, document_id, "00000000", "About nothing")
    with pytest.raises(NotFound):
        as_(cast.mia, comments.reply, document_id, thread, "In another document")
    with pytest.raises(NotFound):
        as_(cast.mia, comments.delete, document_id, thread)
    as_(cast.mia, comments.reply, other, thread, "yes")
    with pytest.raises(NotFound):
        as_(cast.mia, comments.resolve, other, newest(other))
    with unit_of_work(cast.northlight) as work:
        for _ in range(MOST_IN_A_THREAD - 1):
            builders.a_comment(work, other, parent_id=thread)
    with pytest.raises(IllegalMove, match="long enough"):
        as_(cast.mia, comments.reply, other, thread, "One more")


def test_a_thread_stays_with_its_clause_and_outlives_it():
    document_id = a_draft()
    scope, fees = blocks(document_id)
    said(cast.mia, document_id, "Which website?", scope)
    first = as_(cast.mia, documents.one, document_id).blocks[0]
    as_(cast.mia, documents.save_block, document_id, scope, "## 1. What we do\n\nA website.", first.digest)
    assert as_(cast.mia, comments.of_document, document_id).on_blocks[0].about == "1. What we do"
    as_(cast.mia, documents.remove_block, document_id, scope)
    page = as_(cast.mia, comments.of_document, document_id)
    assert (page.on_blocks, page.counts, page.open) == ([], {}, "1 open thread")
    assert [(one.about, one.gist) for one in page.on_gone] == [("1. Scope", "Which website?")]
    assert blocks(document_id) == [fees]


def test_colleagues_are_suggested_by_name():
    found = as_(cast.mia, comments.people, "o")
    assert [person.name for person in found] == ["Olivia Owner", "Victor Viewer"], "who begins so comes first"
    assert [person.name for person in as_(cast.mia, comments.people, "")] == [
        "Adam Admin",
        "Olivia Owner",
        "Victor Viewer",
    ]
    assert as_(cast.mia, comments.people, "rita") == []
    assert as_(cast.mia, comments.people, "%") == []
    with unit_of_work(cast.northlight) as work:
        work.db.execute(
            text("UPDATE membership SET status = 'suspended' WHERE id = :id"), {"id": cast.adam.membership_id}
        )
    assert as_(cast.mia, comments.people, "adam") == []


def test_whom_a_comment_names_hears_of_it_once():
    document_id = a_draft()
    thread = said(
        cast.mia, document_id, "@adam admin and @Victor Viewer: is that so? @Mia Member asks @nobody"
    )
    kept = row(thread)
    assert sorted(kept.mentions) == sorted(
        [cast.adam.membership_id, cast.victor.membership_id, cast.mia.membership_id]
    )
    assert "Adam" not in kept.body
    assert told() == [("mentioned", ADAM), ("mentioned", VICTOR)]
    assert told(channel="in_app") == told()
    (one,) = threads(cast.olivia, document_id)
    named = [part.text for part in one.comments[0].parts if part.is_mention]
    assert named == ["@Adam Admin", "@Victor Viewer", "@Mia Member"]
    as_(cast.mia, comments.edit, document_id, thread, "@Adam Admin, @Olivia Owner: is that so?")
    assert told() == [("mentioned", ADAM), ("mentioned", OLIVIA), ("mentioned", VICTOR)]
    (line,) = as_(cast.adam, feed.page).rows
    leads_to = f"/documents/{document_id}?comment={thread}"
    assert (line.words, line.href) == ("Mia Member mentioned you on “Website relaunch”", leads_to)


def test_of_two_with_one_name_the_chosen_one_is_meant():
    with unit_of_work(cast.northlight) as work:
        twin = builders.a_member(
            work, accounts.register(work, "Adam Admin", "adam.two@northlight.test", cast.PASSWORD_HASH)
        )
    document_id = a_draft()
    assert row(said(cast.mia, document_id, "@Adam Admin?")).mentions == []
    assert row(said(cast.mia, document_id, "@Adam Admin?", picked=[str(twin.id), "nonsense"])).mentions == [
        twin.id
    ]


def test_a_mark_that_somebody_types_is_no_mention():
    typed = f"@[{cast.adam.membership_id}]"
    document_id = a_draft()
    said(cast.mia, document_id, typed)
    (one,) = threads(cast.mia, document_id)
    assert words(one) == [typed]
    assert told() == []
    assert [part.is_mention for part in parts(typed, [UUID(int=1)], str)] == [False]


def test_too_many_are_not_named_at_once():
    with unit_of_work(cast.northlight) as work:
        names = [f"Nora {chr(65 + n)}x" for n in range(MOST_MENTIONED + 1)]
        for number, name in enumerate(names):
            builders.a_member(
                work, accounts.register(work, name, f"nora{number}@northlight.test", cast.PASSWORD_HASH)
            )
    with pytest.raises(Invalid, match="at most 20"):
        as_(cast.mia, comments.start, a_draft(), "", " ".join(f"@{name}" for name in names))


def test_the_owner_and_the_thread_hear_of_answers_by_their_choice():
    document_id = a_draft()
    as_(cast.mia, mail_choices.choose, "commented", False)
    thread = said(cast.adam, document_id, "Why two parts?")
    as_(cast.olivia, comments.reply, document_id, thread, "@Mia Member wanted it.")
    assert told() == [("commented", ADAM), ("mentioned", MIA)]
    assert told(channel="in_app") == [("commented", ADAM), ("commented", MIA), ("mentioned", MIA)]
    as_(cast.mia, comments.reply, document_id, thread, "I did.")
    assert told() == [("commented", ADAM)] * 2 + [("commented", OLIVIA), ("mentioned", MIA)]


def test_the_client_asks_is_answered_and_told():
    document_id = sent()
    clara = signer_of(document_id)
    scope, _ = blocks(document_id)
    as_(clara, portal.comment, scope, "Which <b>website</b>?", "k")
    as_(clara, portal.comment, scope, "Which <b>website</b>?", "k")
    thread = newest(document_id)
    assert told() == [("client_commented", MIA)]
    assert threads(cast.mia, document_id)[0].comments[0].is_client
    as_(cast.adam, comments.reply, document_id, thread, "The old one, says @Mia Member; ask @Olivia Owner.")
    as_(clara, portal.answer, thread, "Thank you.", "k2")
    assert told("client_commented") == [("client_commented", name) for name in (ADAM, MIA, MIA, OLIVIA)]
    assert told("comment_answered") == [("comment_answered", "clara")]
    page = as_(clara, portal.comments)
    (one,) = page.rows
    assert (one.block_id, page.counts, page.may_comment) == (scope, {scope: "1 comment"}, True)
    assert [(c.author, c.is_you, "".join(p.text for p in c.parts)) for c in one.comments] == [
        ("Clara Client", True, "Which <b>website</b>?"),
        ("Adam Admin", False, "The old one, says @Mia Member; ask @Northlight."),
        ("Clara Client", True, "Thank you."),
    ]
    events = trail(cast.mia, document_id)
    assert events.count("comment:start") == 1
    assert events[-1] == "comment:reply"
    client = look(cast.mia, document_id).client_id
    on_the_line = [event.words for day in as_(cast.mia, clients.one, client).days for event in day.events]
    assert "Clara Client commented" in on_the_line
    as_(cast.mia, comments.resolve, document_id, thread)
    assert as_(clara, portal.comments).rows[0].is_resolved
    with pytest.raises(IllegalMove, match="settled"):
        as_(clara, portal.answer, thread, "One more thing")


def test_what_a_client_cannot_say():
    document_id = sent()
    clara = signer_of(document_id)
    inside = said(cast.mia, document_id, "Do not tell them.")
    for verb, args, refusal in (
        (portal.comment, ("", " "), Invalid),
        (portal.comment, ("", "x" * (LONGEST_OF_A_CLIENT + 1)), Invalid),
        (portal.comment, ("00000000", "About nothing"), NotFound),
        (portal.answer, (inside, "I heard that"), NotFound),
        (comments.start, (document_id, "", "As a member"), NotAllowed),
        (comments.of_document, (document_id,), NotAllowed),
        (comments.people, ("",), NotAllowed),
        (comments.resolve, (document_id, inside), NotAllowed),
    ):
        with pytest.raises(refusal):
            as_(clara, verb, *args)
    for actor in (cast.mia, cast.victor):
        with pytest.raises(NotAllowed):
            as_(actor, portal.comment, "", "As a client")
        with pytest.raises(NotAllowed):
            as_(actor, portal.comments)
    as_(cast.mia, documents.recall, document_id)
    with pytest.raises(IllegalMove):
        as_(clara, portal.comment, "", "Still here?")


def test_after_signing_the_client_only_reads():
    clara = signed()
    as_(cast.mia, comments.start, clara.document_id, "", "Glad to begin.", is_shared=True)
    page = as_(clara, portal.comments)
    assert (page.may_comment, page.on_document, [len(one.comments) for one in page.rows]) == (
        False,
        True,
        [1],
    )
    with pytest.raises(IllegalMove):
        as_(clara, portal.comment, "", "Me too")


def test_what_members_say_to_each_other_never_reaches_the_client():
    """In the services, and below them: what the database lets a client's session read, write and change."""
    clara = signed()
    document_id = clara.document_id
    inside = said(cast.mia, document_id, "zqinside @Adam Admin", blocks(document_id)[0])
    shared = said(cast.mia, document_id, "For you.", is_shared=True)
    assert "zqinside" not in repr(as_(clara, portal.comments))
    assert "zqinside" not in repr(as_(clara, portal.one))
    with unit_of_work(clara) as work:
        everything = [
            work.db.execute(text(f"SELECT t::text FROM {table} t")).scalars().all()
            for table in ("comment", "notification", "audit_event")
        ]
        assert [len(rows) for rows in everything[:1]] == [1]
        assert "zqinside" not in repr(everything)
        assert "comment:" not in repr(everything[2])
        assert work.db.execute(text("UPDATE comment SET body = 'mine'")).rowcount == 0
    own = "INSERT INTO comment (org_id, document_id, body, visibility, member_id) VALUES (:org, :document, 'x', '{how}', :key)"
    for how in ("shared", "internal"):
        given = {"org": clara.org_id, "document": document_id, "key": cast.mia.membership_id}
        with pytest.raises(ProgrammingError, match="row-level security"), unit_of_work(clara) as work:
            work.db.execute(text(own.format(how=how)), given)
    assert row(shared).body == "For you."
    assert row(inside).visibility == "internal"
    with unit_of_work(cast.northlight) as work:
        document = work.db.get_one(Document, document_id)
        version = work.db.get_one(DocumentVersion, document.sent_version_id)
        printed = repr(certificate(work, gather(work, document, version)))
    assert "comment" not in printed
    assert "zqinside" not in printed


def test_the_organisation_takes_its_comments_along():
    document_id = a_draft()
    said(cast.mia, document_id, "To keep")
    with unit_of_work(cast.olivia) as work:
        lines = orgs.export_part(work, orgs.export(work), "comment").text
    assert "To keep" in lines


def test_all_that_was_said_is_read_with_a_handful_of_queries():
    document_id = in_review()
    scope, fees = blocks(document_id)
    for block in (scope, fees, ""):
        thread = said(cast.mia, document_id, "@Adam Admin and @Olivia Owner?", block)
        for _ in range(3):
            as_(cast.adam, comments.reply, document_id, thread, "Yes, @Mia Member")
    with unit_of_work(cast.mia) as work, statements(work) as seen:
        assert len(threads_in(work, document_id)) == 3
    assert len(seen) <= 5, seen


def threads_in(work, document_id):
    page = comments.of_document(work, document_id)
    return [*page.on_document, *page.on_blocks]


def test_the_trail_holds_no_words_of_a_comment():
    document_id = a_draft()
    thread = said(cast.mia, document_id, "zqwords")
    as_(cast.mia, comments.edit, document_id, thread, "zqwords anew")
    with unit_of_work(cast.northlight) as work:
        assert "zqwords" not in repr(work.db.exec(select(AuditEvent.canonical)).all())
