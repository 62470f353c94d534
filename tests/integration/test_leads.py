"""Strangers ask for work, members answer, and one click makes a client, a project and a draft of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed, NotFound
from contractflow.models import AuditEvent, Client, Document, Lead, Notification, Org, Project, Subscription
from contractflow.permissions import Member, System, Visitor
from contractflow.services import clients, leads
from contractflow.services.leads import Enquiry
from tests import builders, cast
from tests.integration.journey import as_, new_client, statements

pytestmark = pytest.mark.usefixtures("database", "redis_url")
FORM = System(cast.NORTHLIGHT, "lead form")
ASKED = Enquiry(
    "Lena Lead", "Lena@Lead.test", "A new website, please.", company="Lead GmbH", budget="12,000",
    answers={"When shall it start?": "In May"}, utm={"utm_source": "newsletter"},
)  # fmt: skip


def arrived(enquiry: Enquiry = ASKED) -> UUID:
    return as_(FORM, leads.submit, enquiry)


def row(lead_id: UUID) -> Lead:
    return as_(FORM, lambda work: work.db.get_one(Lead, lead_id))


def steps(lead_id: UUID) -> list[tuple[str, str]]:
    query = select(AuditEvent.action, AuditEvent.actor_label).where(col(AuditEvent.entity_id) == lead_id)
    return as_(FORM, lambda work: list(work.db.exec(query.order_by(col(AuditEvent.seq)))))


def mails(kind: str) -> list[tuple[str | None, dict[str, Any]]]:
    query = select(Notification).where(col(Notification.kind) == kind, col(Notification.channel) == "email")
    return as_(FORM, lambda work: [(one.recipient, one.payload) for one in work.db.exec(query)])


def save(who: Member = cast.adam, **other: Any) -> None:
    typed = {"heading": "Work with us", "intro": "", "questions": "", "assignee": "", "is_open": True}
    as_(who, leads.save_form, **typed | other)


def test_the_form_is_found_by_its_slug_and_closes_without_a_trace() -> None:
    assert as_(Visitor(), leads.find, "northlight") == cast.NORTHLIGHT
    for nowhere in ("nowhere", "", "NORTHLIGHT", "x' OR 'a'='a", "n" * 500):
        with pytest.raises(NotFound):
            as_(Visitor(), leads.find, nowhere)
    assert as_(FORM, leads.form).heading == "Tell us about your project"
    save(is_open=False)
    with pytest.raises(NotFound):
        as_(FORM, leads.form)


@pytest.mark.parametrize(
    "state",
    ["suspended_at = now(), suspend_reason = 'x'", "deletion_requested_at = now()", "deleted_at = now()"],
)
def test_an_organisation_that_is_suspended_or_being_deleted_takes_no_leads(database, state: str) -> None:
    with database.admin() as admin:
        admin.execute(f"UPDATE org SET {state}")
    with pytest.raises(NotFound):
        as_(Visitor(), leads.find, "northlight")


def test_a_lead_is_kept_whole_and_the_owner_is_told() -> None:
    lead = row(arrived())
    assert (lead.name, lead.email, lead.company) == ("Lena Lead", "lena@lead.test", "Lead GmbH")
    assert (lead.budget_minor, lead.currency, lead.status) == (1_200_000, "EUR", "new")
    assert (lead.answers, lead.utm) == ({"When shall it start?": "In May"}, {"utm_source": "newsletter"})
    assert steps(lead.id) == [("lead:arrive", "lead form")]
    ((recipient, payload),) = mails("lead_arrived")
    assert (recipient, payload["lead_id"]) == (cast.email_of(cast.olivia), str(lead.id))


def test_sent_twice_it_is_one_lead_and_one_mail() -> None:
    first = arrived()
    again = Enquiry(**{**ASKED.__dict__, "email": " lena@LEAD.test", "message": "A new  website, please."})
    assert arrived() == arrived(again) == first
    assert len(mails("lead_arrived")) == 1
    assert arrived(Enquiry("Lena Lead", "lena@lead.test", "And a logo.")) != first


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "lena"}, "email"),
        ({"message": "\u200b"}, "message"),
        ({"message": "x" * 2001}, "message"),
        ({"budget": "ten"}, "budget"),
        ({"phone": "1" * 61}, "phone"),
        ({"answers": {"Why?": "x" * 501}}, "answer_0"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(change: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        arrived(Enquiry(**ASKED.__dict__ | change))
    assert refused.value.field == field


def test_the_form_is_the_admins_and_says_whom_leads_go_to() -> None:
    with pytest.raises(NotAllowed, match="Only admins and above can manage the lead form"):
        save(cast.mia)
    questions = "When shall it start?\n\nWhen shall it start?\nWho decides?"
    save(questions=questions, assignee=str(cast.mia.membership_id))
    save(questions=questions, assignee=str(cast.mia.membership_id))
    assert as_(FORM, leads.form).questions == ("When shall it start?", "Who decides?")
    lead_id = arrived()
    assert row(lead_id).assigned_to == cast.mia.membership_id
    assert [recipient for recipient, _ in mails("lead_arrived")] == [cast.email_of(cast.mia)]
    assert steps(cast.NORTHLIGHT) == [("lead_form:save", "Adam Admin")]
    for wrong, field in (
        ({"questions": "a\nb\nc\nd\ne\nf"}, "questions"),
        ({"assignee": str(cast.victor.membership_id)}, "assignee"),
        ({"heading": ""}, "heading"),
        ({"intro": "x" * 501}, "intro"),
    ):
        with pytest.raises(Invalid) as refused:
            save(**wrong)
        assert refused.value.field == field


VERBS = (
    (leads.contact, (), "contacted", "lead:contact", "Answered in 1 min"),
    (leads.qualify, (), "qualified", "lead:qualify", "Answered in 1 min"),
    (leads.disqualify, ("Too small",), "disqualified", "lead:disqualify", "Not answered"),
    (leads.convert, (), "converted", "lead:convert", "Not answered"),
)


@pytest.mark.parametrize(("verb", "more", "status", "action", "said"), VERBS, ids=[verb[2] for verb in VERBS])
def test_only_what_the_lead_hears_of_is_a_first_response(verb, more, status, action, said) -> None:
    lead_id = arrived()
    with pytest.raises(NotAllowed):
        as_(cast.victor, verb, lead_id, *more)
    with pytest.raises(NotFound):
        as_(cast.rita, verb, lead_id, *more)
    assert as_(cast.victor, leads.one, lead_id).row.answered.startswith("Waiting")
    as_(cast.mia, verb, lead_id, *more)
    answered = row(lead_id).first_response_at
    as_(cast.mia, verb, lead_id, *more)
    assert (row(lead_id).status, row(lead_id).first_response_at) == (status, answered)
    assert as_(cast.victor, leads.one, lead_id).row.answered == said
    assert (answered is None) is (said == "Not answered")
    assert steps(lead_id) == [("lead:arrive", "lead form"), (action, "Mia Member")]
    assert as_(cast.victor, leads.list_page).response == ("1 min" if answered else "")


def test_a_lead_that_was_turned_down_says_why_and_is_taken_up_again() -> None:
    lead_id = arrived()
    with pytest.raises(Invalid) as refused:
        as_(cast.mia, leads.disqualify, lead_id, " ")
    assert refused.value.field == "reason"
    as_(cast.mia, leads.disqualify, lead_id, "Too small")
    page = as_(cast.mia, leads.one, lead_id)
    assert (page.reason, page.can_reopen, page.can_convert) == ("Too small", True, False)
    with pytest.raises(IllegalMove):
        as_(cast.mia, leads.convert, lead_id)
    as_(cast.mia, leads.reopen, lead_id)
    as_(cast.mia, leads.reopen, lead_id)
    assert (row(lead_id).status, row(lead_id).reason) == ("new", None)


def test_whoever_is_given_a_lead_is_told_once() -> None:
    lead_id, adam = arrived(), str(cast.adam.membership_id)
    with pytest.raises(NotAllowed):
        as_(cast.victor, leads.assign, lead_id, adam)
    as_(cast.mia, leads.assign, lead_id, adam)
    as_(cast.mia, leads.assign, lead_id, adam)
    assert [recipient for recipient, _ in mails("lead_assigned")] == [cast.email_of(cast.adam)]
    assert as_(cast.victor, leads.one, lead_id).row.assignee == "Adam Admin"
    as_(cast.mia, leads.assign, lead_id, str(cast.mia.membership_id))
    as_(cast.mia, leads.assign, lead_id, "")
    assert len(mails("lead_assigned")) == 1  # nobody is told what they did themselves
    for nobody in (str(cast.victor.membership_id), str(cast.rita.membership_id), "x"):
        with pytest.raises(Invalid):
            as_(cast.mia, leads.assign, lead_id, nobody)
    assert [action for action, _ in steps(lead_id)] == ["lead:arrive", *["lead:assign"] * 3]


def test_one_click_makes_a_client_a_project_and_a_draft_that_knows_what_was_asked() -> None:
    lead_id = arrived()
    with pytest.raises(NotAllowed):
        as_(cast.victor, leads.convert, lead_id)
    made = as_(cast.mia, leads.convert, lead_id)
    assert as_(cast.mia, leads.convert, lead_id) == made
    client = as_(cast.victor, clients.one, UUID(made.client_id))
    assert (client.name, client.contacts[0].email, client.is_consumer) == (
        "Lead GmbH",
        "lena@lead.test",
        False,
    )
    document = as_(cast.mia, lambda work: work.db.get_one(Document, UUID(made.document_id)))
    assert (str(document.project_id), document.total_minor, document.title) == (
        made.project_id, 1_200_000, "Work for Lead GmbH",
    )  # fmt: skip
    assert "A new website, please." in document.brief["scope"]
    assert "When shall it start?\nIn May" in document.brief["scope"]
    page = as_(cast.victor, leads.one, lead_id)
    assert (page.client_id, page.document_id, page.row.status) == (
        made.client_id,
        made.document_id,
        "converted",
    )
    assert ("lead:convert", "Mia Member") in steps(lead_id)


def test_an_address_we_know_joins_its_client_and_without_a_budget_nothing_is_invented() -> None:
    known = as_(cast.mia, clients.add, new_client(contact_email="lena@lead.test"))
    lead_id = arrived(Enquiry("Lena Lead", "lena@lead.test", "More of the same."))
    assert as_(cast.mia, leads.one, lead_id).known_client == "Bright Foods"
    made = as_(cast.mia, leads.convert, lead_id)
    assert made.client_id == str(known)
    assert as_(cast.mia, lambda work: work.db.get_one(Document, UUID(made.document_id)).total_minor) == 0


def test_when_the_plan_is_full_nothing_of_a_lead_is_converted() -> None:
    lead_id = arrived()

    def fill(work) -> None:
        work.db.add(Subscription(org_id=cast.NORTHLIGHT, tier="starter", seats=3))
        org = work.db.get_one(Org, cast.NORTHLIGHT)
        org.settings = {**org.settings, "limits": {"documents": 0}}

    as_(FORM, fill)
    with pytest.raises(LimitReached):
        as_(cast.mia, leads.convert, lead_id)
    assert row(lead_id).status == "new"
    assert as_(FORM, lambda work: [len(work.db.exec(select(kind)).all()) for kind in (Client, Project)]) == [
        0,
        0,
    ]


def test_the_inbox_is_filtered_searched_and_paged_and_the_board_counts() -> None:
    def many(work) -> None:
        for number in range(55):
            builders.a_lead(work, name=f"Lead {number}", company="Helios" if number % 2 else None)

    as_(FORM, many)
    as_(cast.mia, leads.contact, arrived())
    first = as_(cast.victor, leads.list_page)
    rest = as_(cast.victor, leads.list_page, after=first.after)
    assert (len(first.rows), len(rest.rows), rest.after, first.open_leads) == (50, 6, "", "56")
    assert not {one.id for one in first.rows} & {one.id for one in rest.rows}
    assert [one.name for one in as_(cast.victor, leads.list_page, status="contacted").rows] == ["Lena Lead"]
    assert len(as_(cast.victor, leads.list_page, text="helios").rows) == 27
    assert as_(cast.victor, leads.list_page, mine=True).rows == []
    columns = {
        one.status: (one.count, len(one.rows), one.more) for one in as_(cast.victor, leads.board).columns
    }
    assert columns["new"] == ("55", 20, "35 more")
    assert columns["contacted"] == ("1", 1, "")
    assert as_(cast.rita, leads.list_page).rows == []
    with unit_of_work(cast.victor) as work, statements(work) as seen:
        leads.list_page(work)
    assert len(seen) < 8
