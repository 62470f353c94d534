"""What stands under Notifications, whose it is, and what also comes by mail."""

import asyncio
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import Invalid, NotAllowed, NotFound
from contractflow.models import AuditEvent, Notification
from contractflow.permissions import Visitor
from contractflow.services import feed, links, mail_choices, notifications, standing
from contractflow.web.following import change_messages
from contractflow.web.threads import perform
from tests import cast
from tests.integration.journey import as_

pytestmark = pytest.mark.usefixtures("database", "redis")
LETTER = "approval_decided"


def tell(person, number=1, *, title="Website", kind=LETTER):
    facts = {"name": person.name, "approver": "Adam Admin", "title": title, "comment": ""}
    with unit_of_work(cast.northlight if person.org_id == cast.NORTHLIGHT else cast.redshift) as work:
        notifications.queue(
            work,
            kind,
            recipient="mia@x.test",
            user_id=person.user_id,
            dedupe_key=f"{title}-{number}",
            **facts,
        )


def mails(person):
    query = select(Notification.kind).where(
        col(Notification.user_id) == person.user_id, col(Notification.channel) == "email"
    )
    return as_(person, lambda work: list(work.db.exec(query)))


def test_everybody_reads_their_own_newest_first():
    tell(cast.mia, 1, title="Website")
    tell(cast.mia, 2, title="Retainer")
    tell(cast.rita, 1, title="Secret")
    page = as_(cast.mia, feed.page)
    assert [row.words for row in page.rows] == [
        "Adam Admin approved “Retainer”",
        "Adam Admin approved “Website”",
    ]
    assert [(row.is_unread, row.word, row.href) for row in page.rows] == [(True, "Approved", "/home")] * 2
    assert page.after == ""
    assert as_(cast.adam, feed.page).rows == []
    assert as_(cast.mia, standing.of_member).news == "2"
    assert as_(cast.adam, standing.of_member).news == ""


def test_one_row_leads_to_its_document():
    with unit_of_work(cast.northlight) as work:
        notifications.queue(
            work, "joined", recipient="o@x.test", user_id=cast.olivia.user_id, dedupe_key="j",
            name="Olivia", member="Mia", org="Northlight",
        )  # fmt: skip
    (row,) = as_(cast.olivia, feed.page).rows
    assert (row.href, row.word) == ("/home", "")


def test_reading_is_once_and_only_ones_own():
    tell(cast.mia, 1)
    (row,) = as_(cast.mia, feed.page).rows
    for other in (cast.olivia, cast.rita):
        with pytest.raises(NotFound):
            as_(other, feed.mark_read, UUID(row.id))
    for _ in range(2):
        as_(cast.mia, feed.mark_read, UUID(row.id))
        assert [one.is_unread for one in as_(cast.mia, feed.page).rows] == [False]
    with pytest.raises(NotFound):
        as_(cast.mia, feed.mark_read, uuid4())


def test_all_at_once_marks_nobody_elses():
    for number in range(3):
        tell(cast.mia, number)
    tell(cast.adam, 9)
    assert [as_(cast.mia, feed.mark_all_read) for _ in range(2)] == [3, 0]
    assert (as_(cast.mia, feed.unread), as_(cast.adam, feed.unread)) == (0, 1)


def test_pages_follow_each_other_by_key(monkeypatch):
    monkeypatch.setattr(feed, "PAGE", 2)
    for number in range(5):
        tell(cast.mia, number, title=f"Number {number}")
    seen, after = [], ""
    while True:
        page = as_(cast.mia, feed.page, after)
        seen += [row.words[-2] for row in page.rows]
        after = page.after
        if not after:
            break
    assert seen == ["4", "3", "2", "1", "0"]
    with pytest.raises(Invalid):
        as_(cast.mia, feed.page, "nonsense")


def test_more_than_ninety_nine_are_not_counted(monkeypatch):
    monkeypatch.setattr(feed, "MOST_COUNTED", 2)
    for number in range(4):
        tell(cast.mia, number)
    assert as_(cast.mia, standing.of_member).news == "2+"


def test_what_is_left_to_the_feed_comes_by_no_mail_and_the_rest_does():
    as_(cast.mia, mail_choices.choose, LETTER, False)
    tell(cast.mia, 1)
    tell(cast.adam, 2)
    assert (mails(cast.mia), mails(cast.adam)) == ([], [LETTER])
    assert len(as_(cast.mia, feed.page).rows) == 1
    as_(cast.mia, mail_choices.choose, LETTER, True)
    tell(cast.mia, 3)
    assert mails(cast.mia) == [LETTER]


def test_a_choice_is_recorded_once_and_is_ones_own():
    for _ in range(2):
        as_(cast.victor, mail_choices.choose, "joined", False)
    query = select(AuditEvent).where(col(AuditEvent.action) == "membership:choose_mail")
    (event,) = as_(cast.olivia, lambda work: list(work.db.exec(query)))
    assert (event.entity_id, event.data) == (cast.victor.membership_id, {"kind": "joined", "by_mail": False})
    chosen = {row.kind: row.by_mail for group in as_(cast.victor, mail_choices.page) for row in group.rows}
    assert [kind for kind, by_mail in chosen.items() if not by_mail] == ["joined"]
    assert all(row.by_mail for group in as_(cast.mia, mail_choices.page) for row in group.rows)
    for needed in ("org_closing", "reset_password", "nonsense"):
        with pytest.raises(NotFound):
            as_(cast.victor, mail_choices.choose, needed, False)


def test_such_a_mail_says_where_to_choose_and_one_that_is_needed_does_not():
    tell(cast.mia, 1)
    query = select(Notification.id).where(col(Notification.channel) == "email")
    with unit_of_work(cast.northlight) as work:
        notifications.queue(work, "welcome", recipient="m@x.test", dedupe_key="w", name="Mia")
        (chosen, needed) = [notifications.write(work, one) for one in work.db.exec(query.order_by("id"))]
    link = chosen["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert links.unsubscribed(link) == (cast.NORTHLIGHT, cast.mia.user_id, LETTER)
    assert chosen["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/settings/notifications" in chosen.get_body(("plain",)).get_content()
    assert needed["List-Unsubscribe"] is None


async def test_an_open_tab_hears_of_ones_own_and_of_nobody_elses():
    check = partial(perform, cast.mia, feed.unread)
    messages = change_messages(f"user:{cast.mia.user_id}", "feed", check, lambda: True)
    heard = asyncio.create_task(anext(messages))
    await asyncio.sleep(0.3)
    await asyncio.to_thread(tell, cast.adam, 1)
    done, _ = await asyncio.wait({heard}, timeout=0.3)
    assert not done
    await asyncio.to_thread(tell, cast.mia, 2)
    async with asyncio.timeout(3):
        assert await heard == {"changed": "feed"}
    await messages.aclose()


def test_who_is_nobody_here_reads_nothing():
    for verb in (feed.page, feed.unread, feed.mark_all_read, mail_choices.page):
        with pytest.raises(NotAllowed):
            as_(Visitor(), verb)
