"""What an organisation buys from us: through Paddle's real SDK against the sandbox, with what goes wrong in the real world."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlmodel import col, select

from contractflow.config import settings
from contractflow.db.engine import use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, NotAllowed, NotFound, Unavailable
from contractflow.integrations.payments.plans import SaidPlan
from contractflow.jobs import payments as payment_jobs
from contractflow.jobs import plans as jobs
from contractflow.models import AuditEvent, Membership, Notification, Subscription, WebhookEvent
from contractflow.models.columns import uuid7
from contractflow.permissions import Member, Role, System, Visitor
from contractflow.sandbox.paddle import API_KEY
from contractflow.services import accounts, orgs, plans, sessions
from contractflow.services.plans.rows import current
from contractflow.web import plans as buying
from contractflow.workflows.billing import SubscriptionStatus as S
from tests import builders
from tests.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(autouse=True)
def _selling(database, redis_url, sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_BASE_URL", sandbox.url)
    monkeypatch.setenv("CONTRACTFLOW_PADDLE_API_KEY", API_KEY)
    settings.cache_clear()
    use_role(DbRole.WORKER)


@dataclass
class Agency:
    """A new organisation on trial: its owner, and the browser its bills are paid in."""

    owner: Member
    sandbox: Sandbox

    @property
    def plan(self) -> Subscription:
        with unit_of_work(self.system) as work:
            plan = current(work)
            work.db.expunge_all()
            return plan

    @property
    def system(self) -> System:
        return System(self.owner.org_id, "test")

    def set(self, **columns) -> None:
        with unit_of_work(self.system) as work:
            plan = current(work, locked=True)
            for name, value in columns.items():
                setattr(plan, name, value)

    def do(self, verb, *args):
        with unit_of_work(self.owner) as work:
            return verb(work, *args)

    def look(self) -> None:
        self.set(next_look_at=datetime.now(UTC) - timedelta(seconds=1))
        jobs.look(str(self.owner.org_id))

    def buy(self, tier: str = "growth", interval: str = "month") -> None:
        url = asyncio.run(buying.open_checkout(self.owner, self.do(plans.order, tier, interval)))
        self.sandbox.press(url, "pay")
        deliver()

    def at_paddle(self, button: str) -> None:
        """Press one of the sandbox's own buttons: renew, decline, accept."""
        plan = self.plan
        page = f"{self.sandbox.url}/portal/{plan.paddle_customer_id}"
        asked = {"do": button, "subscription": plan.paddle_subscription_id}
        httpx.post(page, data=asked, follow_redirects=True, timeout=10).raise_for_status()

    def mails(self, kind: str) -> int:
        with unit_of_work(self.system) as work:
            query = select(Notification).where(
                col(Notification.kind) == kind, col(Notification.channel) == "email"
            )
            return len(work.db.exec(query).all())

    def trail(self, action: str) -> list[dict]:
        with unit_of_work(self.system) as work:
            query = select(AuditEvent).where(col(AuditEvent.action) == action).order_by(col(AuditEvent.seq))
            return [dict(event.data) for event in work.db.exec(query)]


@pytest.fixture
def agency(sandbox) -> Agency:
    return an_agency(sandbox)


def an_agency(sandbox) -> Agency:
    org_id = uuid7()
    with unit_of_work(System(org_id, "sign-up")) as work:
        email = f"owner-{org_id}@agency.test"
        user_id = accounts.sign_up(work, "Olga Owner", email, "x", f"Agency {str(org_id)[-6:]}")
        place = work.db.exec(select(Membership).where(col(Membership.user_id) == user_id)).one()
        return Agency(Member(user_id, org_id, place.id, Role.OWNER, "Olga Owner"), sandbox)


def deliver() -> None:
    """Every event of Paddle's own list, processed as if its webhook had come."""
    payment_jobs.reconcile()
    with unit_of_work(Visitor()) as work:
        rows = work.db.exec(select(WebhookEvent.id).where(col(WebhookEvent.status) == "received")).all()
    for row_id in rows:
        payment_jobs.process_webhook(str(row_id))


@pytest.fixture
def active(agency) -> Agency:
    """On Growth, by the month."""
    agency.buy()
    return agency


def test_a_plan_is_bought_in_a_checkout_and_begins_when_it_is_paid(agency):
    assert agency.plan.status is S.TRIALING
    agency.buy("scale", "year")
    plan = agency.plan
    assert (plan.status, plan.tier, plan.interval, plan.seats) == (S.ACTIVE, "scale", "year", 50)
    assert (plan.next_bill_minor, plan.bill_currency, plan.checkout) == (299_000, "EUR", None)
    assert plan.period_end - plan.period_start == timedelta(days=365)
    assert agency.mails("plan_changed") == 1
    deliver()
    assert agency.mails("plan_changed") == 1
    assert [one["to"] for one in agency.trail("subscription:activate")] == ["active"]


def test_pressed_twice_it_is_one_order_and_one_transaction(agency):
    first, second = (agency.do(plans.order, "growth", "month") for _ in range(2))
    assert first == second
    assert len(agency.trail("subscription:order")) == 1

    async def both():
        return await asyncio.gather(*(buying.open_checkout(agency.owner, first) for _ in range(2)))

    assert len(set(asyncio.run(both()))) == 1
    assert len(agency.trail("subscription:open_checkout")) == 1
    assert len(transactions(agency)) == 1


def test_another_choice_closes_the_checkout_of_the_first(agency):
    first = asyncio.run(buying.open_checkout(agency.owner, agency.do(plans.order, "growth", "month")))
    second = asyncio.run(buying.open_checkout(agency.owner, agency.do(plans.order, "scale", "month")))
    assert first != second
    assert [one["status"] for one in transactions(agency)] == ["canceled", "draft"]
    agency.sandbox.press(second, "pay")
    third = agency.do(plans.order, "starter", "month")
    with pytest.raises(IllegalMove, match="paid already"):
        asyncio.run(buying.open_checkout(agency.owner, third))


@pytest.mark.parametrize("fault", [{"kind": "http", "status": 503}, {"kind": "http", "status": 429}])
def test_while_paddle_is_in_trouble_nothing_changes_and_the_next_try_works(agency, fault):
    order = agency.do(plans.order, "growth", "month")
    agency.sandbox.faults(paddle=[fault | {"method": "POST"}])
    with pytest.raises(Unavailable, match="Nothing was changed"):
        asyncio.run(buying.open_checkout(agency.owner, order))
    assert agency.plan.status is S.TRIALING
    assert asyncio.run(buying.open_checkout(agency.owner, order))


def test_an_answer_that_got_lost_is_found_again(agency, active):
    lost = {"kind": "applied", "status": 504}
    agency.sandbox.faults(paddle=[lost | {"method": "PATCH"}])
    asyncio.run(buying.change(agency.owner, "scale", "month"))
    assert agency.plan.tier == "scale"
    agency.sandbox.faults(paddle=[lost | {"method": "POST"}])
    asyncio.run(buying.cancel(agency.owner))
    assert agency.plan.scheduled_change["action"] == "cancel"


def test_a_larger_plan_costs_what_paddle_says_and_begins_at_once(active):
    cost = asyncio.run(buying.cost_of(active.owner, "scale", "month"))
    assert (cost.due_now_minor, cost.then_minor, cost.currency) == (20_000, 29_900, "EUR")
    assert active.plan.tier == "growth"
    shown = active.do(plans.shown_cost, "scale", "month", cost)
    assert "€200.00" in shown.now
    assert "€299.00 a month" in shown.then
    asyncio.run(buying.change(active.owner, "scale", "month"))
    assert (active.plan.tier, active.plan.next_bill_minor) == ("scale", 29_900)
    assert active.trail("subscription:change")[-1]["changes"] == {"tier": ["growth", "scale"]}
    asyncio.run(buying.keep(active.owner))
    with pytest.raises(IllegalMove, match="This is your plan"):
        asyncio.run(buying.change(active.owner, "scale", "month"))
    bills = asyncio.run(buying.bills_or_why(active.owner)).bills
    assert [bill.amount_minor for bill in bills] == [20_000, 9_900]
    assert asyncio.run(buying.receipt(active.owner, bills[0].ref)).startswith(active.sandbox.url)


def test_a_declined_card_changes_nothing_and_says_so(active):
    active.at_paddle("decline")
    with pytest.raises(IllegalMove, match="card was declined"):
        asyncio.run(buying.change(active.owner, "scale", "month"))
    assert active.plan.tier == "growth"


def test_a_smaller_plan_waits_for_the_end_of_what_is_paid(active):
    assert asyncio.run(buying.cost_of(active.owner, "starter", "month")) is None
    asyncio.run(buying.change(active.owner, "starter", "month"))
    plan = active.plan
    assert (plan.tier, plan.scheduled_change["tier"], plan.next_bill_minor) == ("growth", "starter", 2_900)
    deliver()
    assert active.plan.tier == "growth"
    with pytest.raises(IllegalMove, match="becomes Starter on"):
        asyncio.run(buying.change(active.owner, "scale", "month"))
    asyncio.run(buying.keep(active.owner))
    assert (active.plan.scheduled_change, active.plan.next_bill_minor) == (None, 9_900)
    asyncio.run(buying.change(active.owner, "starter", "month"))
    active.at_paddle("renew")
    deliver()
    assert (active.plan.tier, active.plan.scheduled_change) == ("starter", None)
    assert [bill["details"]["totals"]["grand_total"] for bill in transactions(active)] == ["9900", "2900"]


def test_a_smaller_plan_that_does_not_fit_says_what_is_over(active):
    with unit_of_work(active.system) as work:
        client = builders.a_client(work)
        for number in range(26):
            builders.a_document(work, client, active.owner, title=f"Document {number}")
    with pytest.raises(IllegalMove, match="26 documents are active, Starter holds 25"):
        asyncio.run(buying.cost_of(active.owner, "starter", "month"))
    assert active.plan.scheduled_change is None


def test_a_year_that_is_paid_is_not_given_back_by_the_month(agency):
    agency.buy("growth", "year")
    with pytest.raises(IllegalMove, match="The year is paid until"):
        asyncio.run(buying.change(agency.owner, "growth", "month"))


def test_from_the_month_to_the_year_the_rest_of_the_month_counts(active):
    cost = asyncio.run(buying.cost_of(active.owner, "growth", "year"))
    assert cost.due_now_minor == 99_000 - 9_900
    asyncio.run(buying.change(active.owner, "growth", "year"))
    assert (active.plan.interval, active.plan.next_bill_minor) == ("year", 99_000)


def test_cancelled_it_lasts_until_the_end_and_can_be_kept_until_then(active):
    asyncio.run(buying.cancel(active.owner))
    asyncio.run(buying.cancel(active.owner))
    assert (active.plan.status, active.plan.scheduled_change["action"]) == (S.ACTIVE, "cancel")
    assert len(active.trail("subscription:schedule")) == 1
    asyncio.run(buying.keep(active.owner))
    assert active.plan.scheduled_change is None
    asyncio.run(buying.cancel(active.owner))
    active.at_paddle("renew")
    deliver()
    assert active.plan.status is S.CANCELED
    assert active.mails("plan_ended") == 1
    assert is_unpaid(active)
    active.buy("starter")
    assert (active.plan.status, active.plan.tier, is_unpaid(active)) == (S.ACTIVE, "starter", False)


def test_a_failed_payment_gives_a_week_then_the_organisation_only_reads_until_it_is_paid(active):
    active.at_paddle("decline")
    active.at_paddle("renew")
    deliver()
    plan = active.plan
    assert (plan.status, plan.grace_ends_at - plan.past_due_since) == (S.PAST_DUE, timedelta(days=7))
    assert active.mails("plan_payment_failed") == 1
    assert active.do(plans.banner).title == "The last payment for the plan failed"
    assert not is_unpaid(active)
    active.look()
    assert active.plan.status is S.PAST_DUE
    active.set(grace_ends_at=datetime.now(UTC) - timedelta(seconds=1))
    active.look()
    active.look()
    assert (active.plan.status, is_unpaid(active)) == (S.READ_ONLY, True)
    assert active.mails("plan_read_only") == 1
    active.sandbox.press(asyncio.run(buying.new_card(active.owner)), "pay")
    deliver()
    assert (active.plan.status, active.plan.past_due_since, is_unpaid(active)) == (S.ACTIVE, None, False)
    assert active.do(plans.banner).title == ""
    assert asyncio.run(buying.portal(active.owner)).startswith(active.sandbox.url)


def test_a_trial_says_that_it_ends_then_ends_and_a_plan_opens_it_again(agency):
    agency.look()
    assert agency.mails("trial_ending") == 0
    agency.set(trial_ends_at=datetime.now(UTC) + timedelta(days=2))
    agency.look()
    agency.look()
    assert agency.mails("trial_ending") == 1
    assert agency.do(plans.banner).level == "warning"
    agency.set(trial_ends_at=datetime.now(UTC) - timedelta(seconds=1))
    agency.look()
    assert (agency.plan.status, agency.plan.next_look_at) == (S.READ_ONLY, None)
    assert agency.mails("plan_read_only") == 1
    agency.buy("starter")
    assert agency.plan.status is S.ACTIVE


def test_where_nobody_is_billed_no_trial_ends_and_nothing_is_limited(agency, monkeypatch):
    monkeypatch.delenv("CONTRACTFLOW_PADDLE_PRICES")
    settings.cache_clear()
    agency.set(trial_ends_at=datetime.now(UTC) - timedelta(days=1))
    agency.look()
    assert agency.plan.status is S.TRIALING
    assert not is_unpaid(agency)
    page = agency.do(plans.plan_page)
    assert (page.is_billed, page.tier, page.monthly) == (False, "Unlimited", [])
    assert agency.do(plans.banner).title == ""
    with pytest.raises(Invalid):
        agency.do(plans.order, "growth", "month")


def test_who_closes_an_organisation_pays_no_longer_and_who_keeps_it_goes_on(active):
    owner = replace(active.owner, is_confirmed=True)
    with unit_of_work(owner) as work:
        orgs.request_deletion(work, orgs.organisation(work).name)
    active.sandbox.faults(paddle=[{"kind": "http", "status": 503}])
    jobs.look(str(owner.org_id))
    assert (active.plan.scheduled_change, active.plan.looks) == (None, 1)
    active.look()
    assert active.plan.scheduled_change["action"] == "cancel"
    with unit_of_work(owner) as work:
        orgs.undo_deletion(work)
    jobs.look(str(owner.org_id))
    assert (active.plan.scheduled_change, active.plan.looks) == (None, 0)


def test_an_erased_organisation_is_cancelled_at_paddle_until_paddle_has_heard_it(active, database):
    with database.admin() as admin:
        admin.execute(
            "UPDATE org SET deletion_requested_at = now() - interval '31 days' WHERE id = %s",
            [active.owner.org_id],
        )
        admin.execute("DELETE FROM notification WHERE org_id = %s", [active.owner.org_id])
    with unit_of_work(active.system) as work:
        assert orgs.erase(work)
    active.sandbox.faults(paddle=[{"kind": "http", "status": 503}, {"kind": "http", "status": 500}])
    for _ in range(2):
        active.look()
        assert active.plan.status is S.ACTIVE
    active.look()
    assert active.plan.status is S.CANCELED
    assert active.plan.next_look_at is None


@pytest.mark.parametrize("person", ["admin", "member"])
def test_only_the_owner_buys_changes_and_ends(active, person):
    other = replace(active.owner, role=Role.named(person))
    for verb, args in VERBS.items():
        with pytest.raises(NotAllowed, match="Only the owner"), unit_of_work(other) as work:
            verb(work, *args)
    page = replace(active, owner=other)
    if person == "admin":
        assert page.do(plans.plan_page).why_not == "Only the owner can change the plan."
    else:
        with pytest.raises(NotAllowed):
            page.do(plans.plan_page)


def test_nobody_sees_the_bills_of_another_agency(active, sandbox):
    other = an_agency(sandbox)
    other.buy()
    bill = asyncio.run(buying.bills_or_why(other.owner)).bills[0]
    with pytest.raises(NotFound):
        asyncio.run(buying.receipt(active.owner, bill.ref))


def test_bills_that_cannot_be_read_are_said_and_break_nothing(active):
    active.sandbox.faults(paddle=[{"kind": "http", "status": 500, "path": "/transactions"}])
    found = asyncio.run(buying.bills_or_why(active.owner))
    assert (found.bills, found.why_not) == (
        [],
        "Paddle does not answer right now. Nothing was changed; try again in a minute.",
    )


def test_events_about_what_is_not_ours_are_ignored(active):
    before = active.plan
    asked = {
        "items": [{"price_id": "pri_scale_month", "quantity": 1}],
        "custom_data": {"org_id": str(uuid7())},
    }
    headers = {"Authorization": f"Bearer {API_KEY}"}
    made = httpx.post(f"{active.sandbox.url}/transactions", json=asked, headers=headers).json()["data"]
    active.sandbox.press(made["checkout"]["url"], "pay")
    deliver()
    assert active.plan.last_event_at == before.last_event_at
    with unit_of_work(Visitor()) as work:
        assert set(work.db.exec(select(WebhookEvent.status)).all()) <= {"processed", "ignored"}


def test_a_second_subscription_is_noted_and_takes_nothing_over(active):
    said = a_said(active, ref="sub_second", changed_at=datetime.now(UTC))
    with unit_of_work(System(active.owner.org_id, "paddle")) as work:
        plans.follow(work, said)
    assert active.plan.paddle_subscription_id != "sub_second"
    assert active.trail("subscription:surplus") == [{"ref": "sub_second"}]


@given(
    order=st.lists(st.integers(0, 5), min_size=6, max_size=14).filter(
        lambda order: set(order) == set(range(6))
    )
)
@hypothesis.settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_late_twice_or_in_any_order_the_newest_word_holds(agency, order):
    """Six things Paddle says one after the other, each at least once, in any order: the last one is what we have."""
    if agency.plan.status is not S.TRIALING:
        anew(agency)
    start = datetime.now(UTC)
    states = ["active", "past_due", "active", "past_due", "active", "active"]
    prices = ["growth", "growth", "scale", "scale", "starter", "scale"]
    story = [
        a_said(agency, status=status, price=f"pri_{tier}_month", changed_at=start + timedelta(seconds=number))
        for number, (status, tier) in enumerate(zip(states, prices, strict=True))
    ]
    for number in order:
        with unit_of_work(System(agency.owner.org_id, "paddle")) as work:
            plans.follow(work, story[number])
    plan = agency.plan
    assert (plan.status, plan.tier, plan.past_due_since, plan.last_event_at) == (
        S.ACTIVE,
        "scale",
        None,
        story[5].changed_at,
    )


def anew(agency: Agency) -> None:
    """As if nothing had been bought; the states of an example end where the next one cannot begin."""
    with unit_of_work(System(agency.owner.org_id, "paddle")) as work:
        plans.follow(
            work, a_said(agency, status="canceled", changed_at=datetime.now(UTC) + timedelta(days=1))
        )
    agency.set(last_event_at=None)


def a_said(agency: Agency, **other) -> SaidPlan:
    start = datetime.now(UTC)
    facts = {
        "ref": "sub_1", "status": "active", "org_id": str(agency.owner.org_id), "customer_ref": "ctm_1",
        "price": "pri_growth_month", "period_start": start, "period_end": start + timedelta(days=30),
        "next_bill_at": start + timedelta(days=30), "next_bill_minor": 9_900, "currency": "EUR",
        "ends_at": None, "held": None, "changed_at": start,
    }  # fmt: skip
    return SaidPlan(**facts | other)


def is_unpaid(agency: Agency) -> bool:
    use_role(DbRole.APP)  # as every event asks
    with unit_of_work(Visitor()) as work:
        place = sessions.place(work, agency.owner.user_id, agency.owner.org_id, uuid7())
    use_role(DbRole.WORKER)
    return place.is_unpaid


def transactions(agency: Agency) -> list[dict]:
    """All of the agency's, oldest first, as Paddle has them."""
    headers = {"Authorization": f"Bearer {API_KEY}"}
    found = httpx.get(f"{agency.sandbox.url}/transactions?per_page=200", headers=headers).json()["data"]
    ours = str(agency.owner.org_id)
    return [one for one in found if (one["custom_data"] or {}).get("org_id") == ours]


VERBS = {
    plans.order: ("growth", "month"),
    plans.ordered: (uuid7(),),
    plans.checkout_opened: (uuid7(), "txn_1"),
    plans.checkout_closed: (uuid7(),),
    plans.may_change: ("scale", "month"),
    plans.may_cancel: (),
    plans.may_keep: (),
    plans.may_pay: (),
    plans.shown_cost: ("scale", "month", None),
}
