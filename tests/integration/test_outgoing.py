"""What other programs are told, over real ports: in the transaction of what it tells, signed, tried again, sent again, logged."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from contractflow.config import settings
from contractflow.db.engine import engine, use_role
from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotAllowed, NotFound
from contractflow.integrations.outgoing.posting import Answer
from contractflow.jobs import outgoing as jobs
from contractflow.jobs import schedule
from contractflow.models import AuditEvent, Delivery, DeliveryAttempt, Endpoint, Notification, Subscription
from contractflow.ops import webhook_docs
from contractflow.permissions import System
from contractflow.services import clients, comments, documents, orgs, outgoing, portal
from contractflow.services.outgoing import DAYS_OF_FAILURE, MOST_ATTEMPTS
from contractflow.workflows.endpoint import EndpointStatus
from contractflow.workflows.events import CHOSEN
from tests import cast
from tests.integration import journey
from tests.integration.journey import as_
from tests.sandbox import Sandbox, running_sandbox

WORKER = System(cast.NORTHLIGHT, "outgoing")
REFUSED = Answer(500, "down", 12)
TAKEN = Answer(200, "ok", 12)


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory):
    with running_sandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture(autouse=True)
def _local(database, redis_url, sandbox: Sandbox, monkeypatch):
    sandbox.clear()
    monkeypatch.setenv("CONTRACTFLOW_WEBHOOK_SANDBOX_URL", sandbox.url)
    monkeypatch.setenv("CONTRACTFLOW_SLACK_BASE_URL", sandbox.url)
    settings.cache_clear()
    with unit_of_work(cast.northlight) as work:
        work.db.add(Subscription(org_id=cast.NORTHLIGHT, tier="scale", seats=50))


@pytest.fixture
def hook(sandbox):
    """Everything is told to the sandbox's /hooks/crm."""
    return as_(
        cast.adam,
        outgoing.add,
        channel="webhook",
        name="CRM",
        url=f"{sandbox.url}/hooks/crm",
        events=list(CHOSEN),
    )


def row(model, row_id):
    return as_(cast.northlight, lambda work: work.db.get_one(model, UUID(str(row_id))))


def messages(made):
    query = (
        select(Delivery).where(col(Delivery.endpoint_id) == UUID(made.endpoint_id)).order_by(col(Delivery.id))
    )
    return as_(cast.northlight, lambda work: list(work.db.exec(query)))


def actions():
    return as_(
        cast.olivia, lambda work: list(work.db.exec(select(AuditEvent.action).order_by(col(AuditEvent.seq))))
    )


def due():
    """What the scheduler would wake a worker for, as its role."""
    with engine(DbRole.WORKER).connect() as connection:
        return [
            str(one.endpoint_id) for one in connection.execute(text("SELECT * FROM gate_due_deliveries(100)"))
        ]


def sweep(seconds=0):
    """The clock goes on by so much, for what waits."""
    with unit_of_work(cast.northlight) as work:
        back = {"back": timedelta(seconds=seconds)}
        work.db.execute(
            text("UPDATE delivery SET next_attempt_at = next_attempt_at - :back WHERE status = 'queued'"),
            back,
        )
        work.db.execute(text("UPDATE endpoint SET rests_until = rests_until - :back"), back)


async def deliver(made):
    use_role(DbRole.WORKER)
    await jobs.deliver(str(cast.NORTHLIGHT), made.endpoint_id)
    use_role(DbRole.APP)


def verify(secret, call):
    scope: dict = {}
    exec(re.findall(r"```python\n(.*?)```", webhook_docs.FILE.read_text("utf-8"), re.DOTALL)[0], scope)  # noqa: S102
    return scope["verify"](secret, call["headers"], call["body"].encode())


def test_only_admins_manage_integrations(hook):
    endpoint, wanted = UUID(hook.endpoint_id), {"name": "x", "url": "", "events": ["lead.received"]}
    as_(cast.adam, outgoing.test, endpoint)
    (message,) = messages(hook)
    for person in (cast.mia, cast.victor):
        for verb, *given in (
            (outgoing.list_page,), (outgoing.event_groups,), (outgoing.one, endpoint), (outgoing.message, message.id),
            (outgoing.pause, endpoint), (outgoing.resume, endpoint), (outgoing.remove, endpoint), (outgoing.rotate, endpoint),
            (outgoing.test, endpoint), (outgoing.replay, message.id), (outgoing.replay_failed, endpoint),
        ):  # fmt: skip
            with pytest.raises(NotAllowed):
                as_(person, verb, *given)
        with pytest.raises(NotAllowed):
            as_(person, outgoing.add, channel="slack", **wanted)
        with pytest.raises(NotAllowed):
            as_(person, outgoing.change, endpoint, **wanted)
    with pytest.raises(NotFound):
        as_(cast.rita, outgoing.one, endpoint)


async def test_what_happens_is_told_signed_and_once(hook, sandbox):
    client = as_(cast.mia, clients.add, journey.new_client())
    as_(cast.mia, documents.create, journey.new_document(client, title="Website"), idempotency_key="k")
    first, second = messages(hook)
    assert [first.event, second.event] == ["client.added", "document.created"]
    assert due() == [hook.endpoint_id]
    await deliver(hook)
    await deliver(hook)
    later, call = sandbox.calls("crm")
    assert verify(hook.secret, call)
    assert verify(hook.secret, later)
    assert not verify(hook.secret, {**call, "body": call["body"] + " "})
    told = json.loads(later["body"])
    assert told["type"] == "document.created"
    assert told["data"]["document"]["title"] == "Website"
    assert told["data"]["document"]["url"].startswith(settings().base_url)
    assert told["data"]["organisation_id"] == str(cast.NORTHLIGHT)
    assert call["headers"]["webhook-id"] == f"msg_{first.id.hex}"
    assert row(Delivery, first.id).status == "delivered"
    assert row(Endpoint, hook.endpoint_id).succeeded_at
    assert due() == []
    assert "Brightfoods" not in call["body"]


async def test_a_client_who_signs_is_told_of_as_well_and_sees_no_endpoint(hook, sandbox):
    signer = journey.ready_to_sign()
    before = len(messages(hook))
    with pytest.raises(NotAllowed):
        as_(signer, outgoing.list_page)
    with unit_of_work(signer) as work:
        assert work.db.execute(text("SELECT count(*) FROM endpoint")).scalar() == 0
    as_(signer, portal.decline, "Too late.")
    assert "document.declined" in [each.event for each in messages(hook)[before:]]


def test_what_is_rolled_back_is_not_told(hook):
    with pytest.raises(RuntimeError), unit_of_work(cast.mia) as work:
        clients.add(work, journey.new_client())
        raise RuntimeError
    assert messages(hook) == []


async def test_only_what_was_chosen_and_only_in_ones_own_organisation(sandbox):
    made = as_(
        cast.adam,
        outgoing.add,
        channel="webhook",
        name="L",
        url=f"{sandbox.url}/hooks/l",
        events=["lead.received"],
    )
    with unit_of_work(cast.redshift) as work:
        work.db.add(Subscription(org_id=cast.REDSHIFT, tier="scale", seats=50))
    theirs = as_(
        cast.rita,
        outgoing.add,
        channel="webhook",
        name="R",
        url=f"{sandbox.url}/hooks/r",
        events=list(CHOSEN),
    )
    as_(cast.mia, clients.add, journey.new_client())
    assert messages(made) == []
    with unit_of_work(cast.redshift) as work:
        assert (
            work.db.exec(select(Delivery).where(col(Delivery.endpoint_id) == UUID(theirs.endpoint_id))).all()
            == []
        )


async def test_a_failure_is_tried_again_with_the_same_bytes_until_it_is_taken(hook, sandbox):
    sandbox.faults(hooks=["500", "reset", "302"])
    as_(cast.mia, clients.add, journey.new_client())
    (message,) = messages(hook)
    for attempt in (1, 2, 3):
        await deliver(hook)
        assert (row(Delivery, message.id).status, row(Delivery, message.id).attempts) == ("queued", attempt)
        assert due() == [], "it rests"
        sweep(3600)
        assert due() == [hook.endpoint_id]
    assert row(Endpoint, hook.endpoint_id).failures == 3
    await deliver(hook)
    calls = sandbox.calls("crm")
    assert [call["answered"] for call in calls] == [200, 302, 0, 500]
    assert (
        len({call["body"] for call in calls}) == len({call["headers"]["webhook-id"] for call in calls}) == 1
    )
    log = as_(cast.adam, outgoing.message, message.id)
    assert [each.answered for each in log.attempts] == ["200", "302", "No answer", "500"]
    assert log.attempts[2].said.startswith("The connection broke")
    assert log.body == calls[0]["body"]
    assert (row(Endpoint, hook.endpoint_id).failures, row(Endpoint, hook.endpoint_id).failing_since) == (
        0,
        None,
    )


async def test_an_answer_without_end_is_cut_and_a_slow_one_given_up(hook, sandbox, monkeypatch):
    sandbox.faults(hooks=["huge", {"kind": "slow", "seconds": 1}])
    as_(cast.adam, outgoing.test, UUID(hook.endpoint_id))
    await deliver(hook)
    monkeypatch.setattr("contractflow.integrations.outgoing.posting.SECONDS", 0.3)
    as_(cast.adam, outgoing.test, UUID(hook.endpoint_id))
    await deliver(hook)
    said = as_(
        cast.northlight,
        lambda work: list(work.db.exec(select(DeliveryAttempt).order_by(col(DeliveryAttempt.id)))),
    )
    assert [each.answered for each in said] == [200, None]
    assert len(said[0].said) == 500
    assert "No answer within" in said[1].said


def given_up(hook, name="Bright Foods"):
    """A message after its last attempt."""
    as_(cast.mia, clients.add, journey.new_client(name=name))
    message = messages(hook)[-1]
    for _ in range(MOST_ATTEMPTS):
        sweep(86_400)
        assert as_(WORKER, outgoing.claim, UUID(hook.endpoint_id)).delivery_id == message.id
        as_(WORKER, outgoing.settle, message.id, REFUSED)
    return message


def test_given_up_after_the_last_attempt_the_admins_are_told_and_it_can_be_sent_again(hook):
    message = given_up(hook)
    assert row(Delivery, message.id).status == "dead"
    told = as_(
        cast.northlight,
        lambda work: list(
            work.db.exec(select(Notification).where(col(Notification.kind) == "endpoint_failing"))
        ),
    )
    assert {(each.user_id, each.channel) for each in told} == {
        (person.user_id, channel) for person in (cast.olivia, cast.adam) for channel in ("in_app", "email")
    }
    page = as_(cast.adam, outgoing.one, UUID(hook.endpoint_id))
    assert (page.failed, page.row.standing, page.messages[0].status) == (1, "Failing", "Failed")
    as_(cast.adam, outgoing.replay, message.id)
    as_(cast.adam, outgoing.replay, message.id)
    assert (row(Delivery, message.id).status, row(Delivery, message.id).attempts) == ("queued", 0)
    call = as_(WORKER, outgoing.claim, UUID(hook.endpoint_id))
    assert call.headers["webhook-id"] == f"msg_{message.id.hex}"
    as_(WORKER, outgoing.settle, message.id, TAKEN)
    assert as_(cast.adam, outgoing.replay_failed, UUID(hook.endpoint_id)) == 0
    assert actions().count("endpoint:replay") == 1


def test_all_that_failed_go_out_again_at_once(hook):
    one, other = given_up(hook), given_up(hook, "Other")
    assert as_(cast.adam, outgoing.replay_failed, UUID(hook.endpoint_id)) == 2
    assert {row(Delivery, each.id).status for each in (one, other)} == {"queued"}
    assert actions()[-1] == "endpoint:replay_failed"
    as_(cast.adam, outgoing.pause, UUID(hook.endpoint_id))
    with pytest.raises(IllegalMove):
        as_(cast.adam, outgoing.replay_failed, UUID(hook.endpoint_id))


def test_after_days_of_failure_it_is_paused_and_the_admins_are_told(hook):
    as_(cast.mia, clients.add, journey.new_client())
    call = as_(WORKER, outgoing.claim, UUID(hook.endpoint_id))
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Endpoint, UUID(hook.endpoint_id)).failing_since = work.now - timedelta(
            days=DAYS_OF_FAILURE
        )
    as_(WORKER, outgoing.settle, call.delivery_id, REFUSED)
    endpoint = row(Endpoint, hook.endpoint_id)
    assert (endpoint.status, bool(endpoint.why_paused)) == (EndpointStatus.PAUSED, True)
    assert actions()[-1] == "endpoint:give_up"
    told = as_(
        cast.northlight,
        lambda work: list(
            work.db.exec(select(Notification).where(col(Notification.kind) == "endpoint_paused"))
        ),
    )
    assert len(told) == 4
    as_(cast.mia, clients.add, journey.new_client(name="Later"))
    assert len(messages(hook)) == 1, "what happens while it is paused is not told"
    sweep(86_400)
    assert due() == []
    as_(cast.adam, outgoing.resume, UUID(hook.endpoint_id))
    assert due() == [hook.endpoint_id]


def test_gone_is_gone(hook):
    as_(cast.mia, clients.add, journey.new_client())
    call = as_(WORKER, outgoing.claim, UUID(hook.endpoint_id))
    as_(WORKER, outgoing.settle, call.delivery_id, Answer(410, "", 1))
    assert row(Endpoint, hook.endpoint_id).status is EndpointStatus.PAUSED
    assert row(Delivery, call.delivery_id).status == "dead"


def test_two_workers_never_make_the_same_attempt(hook):
    as_(cast.mia, clients.add, journey.new_client())
    with unit_of_work(WORKER) as one, unit_of_work(WORKER) as other:
        assert outgoing.claim(one, UUID(hook.endpoint_id))
        assert outgoing.claim(other, UUID(hook.endpoint_id)) is None
    assert as_(WORKER, outgoing.claim, UUID(hook.endpoint_id)) is None, "it is leased"
    sweep(61)
    assert as_(WORKER, outgoing.claim, UUID(hook.endpoint_id)), "whoever had it is dead"


async def test_a_test_event_goes_to_its_endpoint_alone_paused_or_not_and_once(hook, sandbox):
    other = as_(
        cast.adam,
        outgoing.add,
        channel="webhook",
        name="Other",
        url=f"{sandbox.url}/hooks/o",
        events=list(CHOSEN),
    )
    as_(cast.adam, outgoing.pause, UUID(hook.endpoint_id))
    sandbox.faults(hooks=["500"])
    as_(cast.adam, outgoing.test, UUID(hook.endpoint_id))
    assert messages(other) == []
    await deliver(hook)
    (message,) = messages(hook)
    assert (message.event, row(Delivery, message.id).status) == ("endpoint.test", "dead")
    as_(cast.adam, outgoing.replay, message.id)
    await deliver(hook)
    assert row(Delivery, message.id).status == "delivered"
    assert actions()[-2:] == ["endpoint:test", "endpoint:replay"]


async def test_a_new_secret_signs_beside_the_former_one_for_a_day(hook, sandbox):
    fresh = as_(cast.adam, outgoing.rotate, UUID(hook.endpoint_id))
    as_(cast.adam, outgoing.test, UUID(hook.endpoint_id))
    await deliver(hook)
    (call,) = sandbox.calls("crm")
    assert verify(hook.secret, call)
    assert verify(fresh.secret, call)
    with unit_of_work(cast.northlight) as work:
        work.db.get_one(Endpoint, UUID(hook.endpoint_id)).former_until = work.now - timedelta(seconds=1)
    as_(cast.adam, outgoing.test, UUID(hook.endpoint_id))
    await deliver(hook)
    call = sandbox.calls("crm")[0]
    assert not verify(hook.secret, call)
    assert verify(fresh.secret, call)


def test_no_secret_stands_anywhere_in_words(hook, sandbox, database, caplog):
    slack = as_(
        cast.adam,
        outgoing.add,
        channel="slack",
        name="S",
        url=f"{sandbox.url}/services/T0/B0/zqsecret",
        events=["lead.received"],
    )
    as_(
        cast.adam,
        outgoing.change,
        UUID(slack.endpoint_id),
        name="S",
        url=f"{sandbox.url}/services/T0/B0/zqother",
        events=["lead.received"],
    )
    as_(cast.adam, outgoing.rotate, UUID(hook.endpoint_id))
    with database.admin() as admin:
        kept = str(admin.execute("SELECT row_to_json(t) FROM endpoint t").fetchall())
        kept += str(admin.execute("SELECT canonical FROM audit_event").fetchall())
    shown = str(as_(cast.adam, outgoing.list_page)) + str(
        as_(cast.adam, outgoing.one, UUID(hook.endpoint_id))
    )
    exported = as_(cast.olivia, lambda work: orgs.export_part(work, orgs.export(work), "endpoint")).text
    words = (hook.secret, hook.secret.removeprefix("whsec_"), "zqsecret", "zqother")
    assert [
        word for word in words for where in (kept, shown, exported, caplog.text, repr(hook)) if word in where
    ] == []
    assert "_enc" not in exported


async def test_slack_gets_a_line_with_a_link(sandbox):
    made = as_(
        cast.adam,
        outgoing.add,
        channel="slack",
        name="Team",
        url=f"{sandbox.url}/services/T0/B0/x",
        events=["document.created"],
    )
    assert made.secret == ""
    client = as_(cast.mia, clients.add, journey.new_client())
    document_id = as_(
        cast.mia,
        documents.create,
        journey.new_document(client, title="Web <!channel> & more"),
        idempotency_key="k",
    )
    sandbox.faults(slack=["429"])
    await deliver(made)
    sweep(3600)
    await deliver(made)
    first = sandbox.calls("T0/B0/x")[0]
    words = json.loads(first["body"])["blocks"][0]["text"]["text"]
    assert words.startswith("“Web &lt;!channel&gt; &amp; more” was created\n<")
    assert str(document_id) in words
    assert "webhook-signature" not in first["headers"]


def test_a_plan_without_webhooks_still_has_slack(sandbox):
    with unit_of_work(cast.northlight) as work:
        work.db.exec(select(Subscription)).one().tier = "growth"
    with pytest.raises(LimitReached, match="Scale"):
        as_(
            cast.adam,
            outgoing.add,
            channel="webhook",
            name="x",
            url=f"{sandbox.url}/hooks/x",
            events=["lead.received"],
        )
    as_(
        cast.adam,
        outgoing.add,
        channel="slack",
        name="x",
        url=f"{sandbox.url}/services/x",
        events=["lead.received"],
    )
    assert as_(cast.adam, outgoing.list_page).why_no_webhooks


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": " "}, "name"), ({"name": "x" * 81}, "name"), ({"url": "http://10.0.0.1/"}, "url"), ({"url": ""}, "url"),
     ({"events": []}, "events"), ({"events": ["document.stolen"]}, "events"), ({"channel": "pigeon"}, "channel")],
)  # fmt: skip
def test_what_cannot_be_used_is_said_beside_its_field(sandbox, wrong, field):
    good = {"channel": "webhook", "name": "x", "url": f"{sandbox.url}/hooks/x", "events": ["lead.received"]}
    with pytest.raises(Invalid) as refused:
        as_(cast.adam, outgoing.add, **good | wrong)
    assert refused.value.field == field


def test_there_is_an_end_to_how_many(sandbox, monkeypatch):
    monkeypatch.setattr("contractflow.services.outgoing.keeping.MOST_ENDPOINTS", 1)
    good = {"channel": "slack", "name": "x", "url": f"{sandbox.url}/services/x", "events": ["lead.received"]}
    as_(cast.adam, outgoing.add, **good)
    with pytest.raises(LimitReached):
        as_(cast.adam, outgoing.add, **good)


def test_a_change_says_what_was_and_is_and_the_same_again_says_nothing(hook, sandbox):
    endpoint, wanted = UUID(hook.endpoint_id), {"name": "New", "url": "", "events": ["lead.received"]}
    as_(cast.adam, outgoing.change, endpoint, **wanted)
    as_(cast.adam, outgoing.change, endpoint, **wanted)
    as_(cast.adam, outgoing.change, endpoint, **wanted | {"url": f"{sandbox.url}/hooks/crm"})
    assert actions().count("endpoint:change") == 1
    assert (row(Endpoint, endpoint).name, row(Endpoint, endpoint).events) == ("New", ["lead.received"])


def test_removed_it_keeps_its_log_and_no_secret(hook):
    endpoint = UUID(hook.endpoint_id)
    as_(cast.mia, clients.add, journey.new_client())
    as_(cast.adam, outgoing.remove, endpoint)
    as_(cast.adam, outgoing.remove, endpoint)
    kept = row(Endpoint, endpoint)
    assert (kept.target_enc, kept.secret_enc, kept.status) == (None, None, EndpointStatus.REMOVED)
    assert messages(hook)[0].status == "dead"
    assert actions().count("endpoint:remove") == 1
    for verb in (outgoing.one, outgoing.rotate, outgoing.test, outgoing.resume, outgoing.replay_failed):
        with pytest.raises(NotFound):
            as_(cast.adam, verb, endpoint)


def test_the_log_is_kept_for_thirty_days(hook):
    as_(cast.mia, clients.add, journey.new_client())
    message = messages(hook)[0]
    as_(WORKER, outgoing.claim, UUID(hook.endpoint_id))
    as_(WORKER, outgoing.settle, message.id, TAKEN)
    use_role(DbRole.WORKER)
    assert jobs.forget() == 0
    use_role(DbRole.APP)
    with engine(DbRole.OWNER).begin() as owner:
        owner.execute(text("UPDATE delivery SET created_at = now() - interval '31 days'"))
    use_role(DbRole.WORKER)
    assert jobs.forget() == 1
    assert messages(hook) == []


def test_the_log_goes_on_page_by_page_in_as_many_questions(hook):
    with unit_of_work(cast.mia) as work:
        for number in range(60):
            clients.add(work, journey.new_client(name=f"Client {number}"))
    first = as_(cast.adam, outgoing.one, UUID(hook.endpoint_id))
    second = as_(cast.adam, outgoing.one, UUID(hook.endpoint_id), first.after)
    assert (len(first.messages), len(second.messages), second.after) == (50, 10, "")
    with unit_of_work(cast.adam) as work, journey.statements(work) as seen:
        outgoing.one(work, UUID(hook.endpoint_id))
    assert len(seen) <= 6


def test_with_the_organisation_its_endpoints_are_erased(hook):
    as_(cast.mia, clients.add, journey.new_client())
    with engine(DbRole.OWNER).begin() as owner:
        owner.execute(
            text("UPDATE org SET deletion_requested_at = now() - interval '31 days' WHERE id = :id"),
            {"id": cast.NORTHLIGHT},
        )
    use_role(DbRole.WORKER)
    assert as_(System(cast.NORTHLIGHT, "scheduler"), orgs.erase)
    with engine(DbRole.OWNER).connect() as owner:
        left = "SELECT (SELECT count(*) FROM endpoint) + (SELECT count(*) FROM delivery) + (SELECT count(*) FROM delivery_attempt)"
        assert owner.execute(text(left)).scalar() == 0


def test_the_scheduler_wakes_a_worker_for_what_is_due(hook, monkeypatch):
    woken = []
    monkeypatch.setattr(
        schedule, "enqueue", lambda name, **ids: woken.append((name, str(ids.get("endpoint_id", ""))))
    )
    as_(cast.mia, clients.add, journey.new_client())
    with engine(DbRole.WORKER).connect() as connection:
        schedule.sweep(connection, 600)
    assert ("outgoing.deliver", hook.endpoint_id) in woken
    assert ("outgoing.forget", "") in woken


def on(tier):
    with unit_of_work(cast.northlight) as work:
        work.db.exec(select(Subscription)).one().tier = tier


async def test_with_a_smaller_plan_messages_wait_and_go_out_when_it_is_large_again(hook, sandbox):
    endpoint = UUID(hook.endpoint_id)
    on("growth")
    as_(cast.mia, clients.add, journey.new_client())
    for _ in range(2):
        await deliver(hook)
        assert due() == [], "nobody is woken for it again and again"
        sweep(301)
    assert due() == [hook.endpoint_id]
    assert sandbox.calls("crm") == []
    (waiting,) = messages(hook)
    assert (waiting.status, waiting.attempts) == ("queued", 0)
    assert row(Endpoint, endpoint).status is EndpointStatus.ACTIVE, "nobody has paused it"

    page = as_(cast.adam, outgoing.one, endpoint)
    assert page.why_no_plan == (
        "The Growth plan sends no webhooks. The Scale plan does; Slack is in every plan. What happens meanwhile waits"
        " for thirty days, and is sent when the plan allows it again. 1 message waits."
    )
    assert (page.row.standing, page.can_resume, page.is_moving) == ("Paused", False, False)
    assert as_(cast.adam, outgoing.list_page).rows[0].standing == "Paused"
    told = as_(
        cast.northlight,
        lambda work: list(
            work.db.exec(
                select(Notification)
                .where(col(Notification.kind) == "endpoint_paused", col(Notification.channel) == "email")
                .order_by(col(Notification.recipient))
            )
        ),
    )
    assert [one.recipient for one in told] == [cast.email_of(cast.adam), cast.email_of(cast.olivia)]
    assert told[0].payload["why"] in page.why_no_plan
    for verb, given in (
        (outgoing.test, endpoint),
        (outgoing.replay, waiting.id),
        (outgoing.replay_failed, endpoint),
    ):
        with pytest.raises(LimitReached, match="Scale"):
            as_(cast.adam, verb, given)

    on("scale")
    await deliver(hook)
    assert [json.loads(call["body"])["type"] for call in sandbox.calls("crm")] == ["client.added"]
    page = as_(cast.adam, outgoing.one, endpoint)
    assert (page.why_no_plan, page.row.standing) == ("", "Active")


async def test_approvals_and_comments_are_news_without_their_words(hook, sandbox):
    document_id = journey.in_review()
    version = journey.look(cast.adam, document_id).current_version_id
    as_(cast.olivia, documents.override_approval, document_id, version, reason="It cannot wait.")
    as_(cast.mia, comments.start, document_id, "", "Nightingale sings.")
    thread = as_(cast.mia, comments.of_document, document_id).on_document[0].id
    as_(cast.adam, comments.reply, document_id, UUID(thread), "It does.")
    as_(cast.adam, comments.resolve, document_id, UUID(thread))
    for _ in messages(hook):
        await deliver(hook)
    told = [json.loads(call["body"]) for call in sandbox.calls("crm")[::-1]]
    words = [one["type"] for one in told]
    assert words[-5:] == [
        "document.submitted",
        "document.approval_overridden",
        "comment.added",
        "comment.added",
        "comment.resolved",
    ]
    assert told[-1]["data"]["comment"] == {
        "id": thread,
        "kind": "comment",
        "visibility": "internal",
        "state": "resolved",
        "parent_id": None,
        "contact_id": None,
    }
    assert told[-1]["data"]["document"]["id"] == str(document_id)
    assert "Nightingale" not in str(told)
    assert "cannot wait" not in str(told)
