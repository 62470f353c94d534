"""Approvals in steps: which policy applies, who is asked in which order, and that none is ever stuck."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlmodel import col, select

from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import ConfirmFirst, IllegalMove, Invalid, LimitReached, NotAllowed, NotFound, Stale
from contractflow.models import Approval, AuditEvent, Document, Membership, Notification
from contractflow.permissions import Member, Role
from contractflow.services import approval_policies, documents, home, members, orgs
from contractflow.services.approval_policies import Rule, Step, TypedPolicy
from contractflow.services.approval_policies.steps import MOST_STEPS
from tests import builders, cast
from tests.integration.journey import a_draft, as_, look, trail

pytestmark = pytest.mark.usefixtures("database", "redis_url")

BIG = Rule("value", "at_least", "1,000.00", "EUR")
ADAM, OLIVIA, MIA = (str(p.membership_id) for p in (cast.adam, cast.olivia, cast.mia))


@pytest.fixture(autouse=True)
def large_plan(database):
    with database.admin() as admin:
        admin.execute("""UPDATE org SET settings = '{"limits": {"approval_steps": 4, "seats": 50}}'""")


def a_policy(*steps: Step, rules=(BIG,), name="Large", by=cast.adam, **other) -> UUID:
    return as_(by, approval_policies.save, None, TypedPolicy(name, rules, steps, **other))


def two_steps() -> UUID:
    return a_policy(Step("Account", people=(ADAM,)), Step("Owner", roles=("owner",)))


def a_colleague(name: str, role: Role = Role.MEMBER, number: int = 1) -> Member:
    user_id = UUID(int=cast.NORTHLIGHT.int + 0x900 + number)
    facts = {"id": user_id, "email": f"{name.lower()}@northlight.test", "name": name, "hash": "x"}
    with unit_of_work(cast.northlight) as work:
        work.db.execute(text("SELECT gate_register(:id, :email, :name, :hash)"), facts)
        place = builders.a_member(work, user_id, role)
    return Member(user_id, cast.NORTHLIGHT, place.id, role, name, is_confirmed=True)


def submitted(author: Member = cast.mia) -> UUID:
    document_id = a_draft(author)
    as_(author, documents.submit, document_id)
    return document_id


def seen(who: Member, document_id: UUID):
    return as_(who, documents.one, document_id)


def approve(who: Member, document_id: UUID, step: int = 0) -> None:
    as_(who, documents.approve, document_id, look(cast.mia, document_id).current_version_id, step=step)


def asked(document_id: UUID) -> list[tuple[int, str, str]]:
    """(step, name, decision) of the current round."""
    page = seen(cast.olivia, document_id)
    return [(int(s.number), p.name, p.decision) for s in page.review.steps for p in s.people]


def request_of(who: Member, document_id: UUID) -> UUID:
    query = select(Approval.id).where(
        col(Approval.document_id) == document_id,
        col(Approval.approver_id) == who.membership_id,
        col(Approval.decision) == "pending",
    )
    return as_(cast.northlight, lambda work: work.db.exec(query).one())


def mails(kind: str, channel: str = "email") -> list[str]:
    query = select(Notification.recipient).where(Notification.kind == kind, Notification.channel == channel)
    return sorted(as_(cast.northlight, lambda work: list(work.db.exec(query))))


def recorded(action: str) -> list[dict]:
    query = select(AuditEvent).where(col(AuditEvent.action) == action).order_by(col(AuditEvent.seq))
    return as_(cast.northlight, lambda work: [e.data | {"who": e.actor_label} for e in work.db.exec(query)])


def state(document_id: UUID) -> tuple[str, str]:
    row = look(cast.mia, document_id)
    return str(row.status), str(row.approval_status)


# ---------------------------------------------------------------- the policies


@pytest.mark.parametrize("who", [cast.mia, cast.victor], ids=["member", "viewer"])
def test_only_admins_change_the_policies(who):
    policy_id = two_steps()
    with pytest.raises(NotAllowed, match="approval policy"):
        as_(who, approval_policies.save, policy_id, TypedPolicy("Mine"))
    with pytest.raises(NotAllowed):
        as_(who, approval_policies.shift, policy_id, True)
    with pytest.raises(NotAllowed):
        as_(who, approval_policies.remove, policy_id)
    assert as_(who, approval_policies.page).why_not
    with pytest.raises(NotFound):
        as_(cast.rita, approval_policies.one, policy_id)


def test_policies_are_added_changed_ordered_and_removed_and_the_trail_says_so():
    first = two_steps()
    assert two_steps() == first, "the same twice is once"
    second = a_policy(Step("Any", roles=("admin",)), rules=(), name="All")
    page = as_(cast.adam, approval_policies.page)
    assert [(row.name, row.rules) for row in page.rows] == [
        ("Large", "Total is at least €1,000.00"),
        ("All", ""),
    ]
    assert page.rows[0].steps == ["Account: Adam Admin", "Owner: The owner"]
    for _ in range(2):
        as_(cast.adam, approval_policies.shift, second, True)
    assert [row.name for row in as_(cast.adam, approval_policies.page).rows] == ["All", "Large"]
    one = as_(cast.adam, approval_policies.one, first)
    assert (one.version, one.rules[0].value) == (1, "1,000.00")
    typed = TypedPolicy("Large", one.rules, one.steps[:1])
    for _ in range(2):
        as_(cast.adam, approval_policies.save, first, typed, 1)
    with pytest.raises(Stale):
        as_(cast.olivia, approval_policies.save, first, TypedPolicy("Other", one.rules, one.steps), 1)
    for _ in range(2):
        as_(cast.adam, approval_policies.remove, second)
    assert [row.name for row in as_(cast.adam, approval_policies.page).rows] == ["Large"]
    for verb, count in (("add", 2), ("change", 1), ("reorder", 1), ("remove", 1)):
        assert len(recorded(f"approval_policy:{verb}")) == count, verb


STEP = Step("Step", roles=("owner",))
WRONG = (
    # field             the form as it was typed
    ("name", TypedPolicy(" ", (), (STEP,))),
    ("rules.0", TypedPolicy("P", (Rule("value", "at_least", "a lot", "EUR"),), (STEP,))),
    ("rules.0", TypedPolicy("P", (Rule("value", "at_least", "100", "XXX"),), (STEP,))),
    ("rules.1", TypedPolicy("P", (BIG, Rule("discount", "at_least", "200"),), (STEP,))),
    ("rules.0", TypedPolicy("P", (Rule("term", "at_least", "soon"),), (STEP,))),
    ("rules.0", TypedPolicy("P", (Rule("kind", "is", "poem"),), (STEP,))),
    ("rules.0", TypedPolicy("P", (Rule("kind", "at_least", "sow"),), (STEP,))),
    ("rules.0", TypedPolicy("P", (Rule("moon", "is", "full"),), (STEP,))),
    ("steps.0", TypedPolicy("P", (), (Step("", roles=("owner",)),))),
    ("steps.0", TypedPolicy("P", (), (Step("Nobody"),))),
    ("steps.0", TypedPolicy("P", (), (Step("Viewers", roles=("viewer",)),))),
    ("steps.1", TypedPolicy("P", (), (STEP, Step("Two of one", "some", 2, (ADAM,))))),
    ("steps.0", TypedPolicy("P", (), (Step("None", "some", 0, roles=("admin",)),))),
    ("steps.0", TypedPolicy("P", (), (Step("Few", "few", roles=("admin",)),))),
    ("remind_again", TypedPolicy("P", (), (STEP,), remind_again="x")),
    ("escalate_after", TypedPolicy("P", (), (STEP,), remind_first="9")),
    ("escalate_after", TypedPolicy("P", (), (STEP,), escalate_after="")),
)  # fmt: skip


@pytest.mark.parametrize(("field", "typed"), WRONG, ids=[f"{n}-{f}" for n, (f, _) in enumerate(WRONG)])
def test_what_cannot_be_used_is_said_beside_its_field(field, typed):
    with pytest.raises(Invalid) as refused:
        as_(cast.adam, approval_policies.save, None, typed)
    assert refused.value.field == field
    assert as_(cast.adam, approval_policies.page).rows == []


def test_the_plan_says_how_many_steps(database):
    def limited(settings):
        with database.admin() as admin:
            admin.execute("UPDATE org SET settings = %s", [settings])
        new = as_(cast.adam, approval_policies.one, None)
        return new.most_steps, new.room

    assert limited('{"limits": {"approval_steps": null}}') == (MOST_STEPS, "")
    assert limited("{}") == (1, "With the Starter plan an approval has one step.")
    with pytest.raises(LimitReached, match="one step"):
        two_steps()


def test_the_preview_says_which_policy_and_why():
    document_id = a_draft()
    a_policy(STEP, rules=(Rule("kind", "is", "nda"),), name="Secrets")
    two_steps()
    tried = as_(cast.mia, approval_policies.preview, document_id)
    assert (tried.chosen, tried.why) == ("Large", "Total is at least €1,000.00.")
    assert [(one.name, one.is_chosen) for one in tried.tried] == [
        ("Secrets", False), ("Large", True), ("Everything else", False)
    ]  # fmt: skip
    assert tried.tried[0].rules == ["✗ Kind is Non-disclosure agreement (here: Statement of work)"]
    assert seen(cast.mia, document_id).review.plan == "“Large” asks Adam Admin; then the owner."


def test_a_locked_clause_that_was_changed_or_taken_out_is_noticed():
    document_id = a_draft()
    a_policy(STEP, rules=(Rule("locked_clause", "edited"),), name="Locked")

    def chosen():
        return as_(cast.mia, approval_policies.preview, document_id).chosen

    def a_locked_clause(work):
        return builders.a_template(work, is_locked=True).id

    clause_id = as_(cast.northlight, a_locked_clause)
    block_id = as_(cast.mia, documents.insert_clause, document_id, "", clause_id, "preferred")
    assert chosen() == "Everything else"
    as_(cast.adam, documents.remove_block, document_id, block_id)
    assert chosen() == "Locked"


# ---------------------------------------------------------------- the steps


def test_a_document_over_the_value_needs_both_steps_one_after_the_other():
    two_steps()
    document_id = submitted()
    assert asked(document_id) == [(1, "Adam Admin", "pending")]
    assert mails("approval_request") == ["adam@northlight.test"]
    assert seen(cast.mia, document_id).next_step == "Step 1 of 2, Account: waiting for Adam Admin."
    with pytest.raises(NotAllowed, match="Nobody asked you"):
        approve(cast.olivia, document_id)
    approve(cast.adam, document_id, 1)
    approve(cast.adam, document_id, 1)
    assert state(document_id) == ("review", "pending")
    assert asked(document_id) == [(1, "Adam Admin", "approved"), (2, "Olivia Owner", "pending")]
    assert seen(cast.olivia, document_id).next_step.startswith("Step 2 of 2, Owner: Your turn")
    with pytest.raises(IllegalMove, match="not approved"):
        as_(cast.mia, documents.send, document_id)
    approve(cast.olivia, document_id, 2)
    assert state(document_id) == ("review", "approved")
    assert trail(cast.mia, document_id)[-4:] == [
        "document:request", "approval:give", "approval:open_step", "document:approve"
    ]  # fmt: skip
    as_(cast.mia, documents.send, document_id)


def test_a_second_click_does_not_answer_the_next_step_of_the_same_person():
    a_policy(Step("First", people=(ADAM,)), Step("Second", people=(ADAM,)))
    document_id = submitted()
    approve(cast.adam, document_id, 1)
    approve(cast.adam, document_id, 1)
    assert asked(document_id) == [(1, "Adam Admin", "approved"), (2, "Adam Admin", "pending")]
    assert mails("approval_request") == ["adam@northlight.test"] * 2
    approve(cast.adam, document_id, 2)
    assert state(document_id)[1] == "approved"


def test_a_second_click_on_home_does_not_answer_the_next_step_either():
    a_policy(Step("First", people=(ADAM,)), Step("Second", people=(ADAM,)))
    document_id = submitted()
    (row,) = [row for row in as_(cast.adam, home.queue).rows if row.kind == "approve"]
    for _ in range(2):
        as_(cast.adam, home.act, row.kind, UUID(row.id), UUID(row.seen))
    assert asked(document_id) == [(1, "Adam Admin", "approved"), (2, "Adam Admin", "pending")]
    (row,) = [row for row in as_(cast.adam, home.queue).rows if row.kind == "approve"]
    as_(cast.adam, home.act, row.kind, UUID(row.id), UUID(row.seen))
    assert state(document_id)[1] == "approved"


def test_below_the_value_one_of_the_admins_is_enough():
    a_policy(Step("Owner", roles=("owner",)), rules=(Rule("value", "at_least", "1,000.01", "EUR"),))
    document_id = submitted()
    assert {name for _, name, _ in asked(document_id)} == {"Adam Admin", "Olivia Owner"}


MODES = (
    # mode   count  who approves, in order      how many of them are needed
    ("any", 1, 1),
    ("some", 2, 2),
    ("all", 1, 3),
)


@pytest.mark.parametrize(("mode", "count", "needed"), MODES, ids=[mode for mode, _, _ in MODES])
def test_any_some_and_all(mode, count, needed):
    cara = a_colleague("Cara")
    a_policy(Step("Team", mode, count, (ADAM, OLIVIA, str(cara.membership_id))))
    document_id = submitted()
    for number, who in enumerate((cast.adam, cara, cast.olivia), 1):
        assert state(document_id)[1] == "pending"
        approve(who, document_id)
        if number == needed:
            break
    assert state(document_id)[1] == "approved"


def test_no_steps_means_that_it_goes_out():
    a_policy(rules=(), name="Nothing")
    document_id = a_draft()
    with pytest.raises(IllegalMove, match="needs no approval"):
        as_(cast.mia, documents.submit, document_id)
    as_(cast.mia, documents.send, document_id)
    assert state(document_id)[0] == "sent"


def test_a_round_keeps_what_the_policy_asked_when_it_was_submitted():
    policy_id = two_steps()
    document_id = submitted()
    as_(cast.adam, approval_policies.save, policy_id, TypedPolicy("Large", (BIG,), (STEP,)), 1)
    approve(cast.adam, document_id)
    assert state(document_id)[1] == "pending"
    approve(cast.olivia, document_id)
    assert state(document_id)[1] == "approved"


def test_changes_requested_in_a_later_step_end_the_round_and_start_from_the_first():
    two_steps()
    document_id = submitted()
    approve(cast.adam, document_id)
    version = look(cast.mia, document_id).current_version_id
    as_(cast.olivia, documents.request_changes, document_id, version, "Cheaper, please.")
    assert state(document_id) == ("draft", "changes_requested")
    as_(cast.mia, documents.submit, document_id)
    assert asked(document_id) == [(1, "Adam Admin", "pending")]


def test_an_edit_between_the_steps_makes_all_of_it_stale():
    two_steps()
    document_id = submitted()
    approve(cast.adam, document_id)
    block = seen(cast.mia, document_id).blocks[0]
    as_(cast.mia, documents.save_block, document_id, block.id, "## 1. Scope\n\nMore.", block.digest)
    assert state(document_id)[1] == "stale"
    with pytest.raises((IllegalMove, NotAllowed)):
        approve(cast.olivia, document_id)


# ---------------------------------------------------------------- reassigning


def test_who_is_asked_passes_it_on_and_back():
    two_steps()
    document_id = submitted()
    cara = a_colleague("Cara")
    request = request_of(cast.adam, document_id)
    for _ in range(2):
        as_(cast.adam, documents.reassign, document_id, request, cara.membership_id)
    assert asked(document_id) == [(1, "Cara", "pending")]
    assert mails("approval_request") == ["adam@northlight.test", "cara@northlight.test"]
    with pytest.raises(NotAllowed, match="no longer asked"):
        approve(cast.adam, document_id)
    as_(cara, documents.reassign, document_id, request_of(cara, document_id), cast.adam.membership_id)
    approve(cast.adam, document_id)
    assert asked(document_id)[0] == (1, "Adam Admin", "approved")
    assert [e["person"] for e in recorded("document:pass_on")] == ["Cara", "Adam Admin"]


def test_an_admin_asks_somebody_else_but_never_for_their_own_document():
    a_policy(Step("Owner", roles=("owner",)))
    cara = a_colleague("Cara")
    document_id = submitted()
    request = request_of(cast.olivia, document_id)
    for nobody in (cara, cast.mia, cast.victor):
        with pytest.raises(NotAllowed):
            as_(nobody, documents.reassign, document_id, request, cara.membership_id)
    for wrong in (None, cast.mia.membership_id, cast.victor.membership_id, cast.olivia.membership_id):
        with pytest.raises(Invalid) as refused:
            as_(cast.adam, documents.reassign, document_id, request, wrong)
        assert refused.value.field == "to"
    as_(cast.adam, documents.reassign, document_id, request, cara.membership_id)
    assert asked(document_id) == [(1, "Cara", "pending")]
    own = a_draft(cast.adam, key="k2")
    as_(cast.adam, documents.submit, own)
    with pytest.raises(NotAllowed, match="You wrote this document"):
        as_(cast.adam, documents.reassign, own, request_of(cast.olivia, own), cara.membership_id)


def test_what_is_answered_is_not_passed_on():
    two_steps()
    document_id = submitted()
    request = request_of(cast.adam, document_id)
    approve(cast.adam, document_id)
    with pytest.raises(IllegalMove, match="answered"):
        as_(cast.adam, documents.reassign, document_id, request, cast.olivia.membership_id)
    with pytest.raises(NotFound):
        as_(cast.adam, documents.reassign, a_draft(key="k2"), request, cast.olivia.membership_id)


# ---------------------------------------------------------------- reminding


def days_pass(database, days: int) -> None:
    with database.admin() as admin:
        admin.execute(
            "UPDATE approval SET created_at = created_at - make_interval(days => %s),"
            " remind_at = remind_at - make_interval(days => %s)",
            (days, days),
        )


def sweep() -> int:
    """What the scheduler wakes, done here; how many there were."""
    with unit_of_work(cast.northlight, role=DbRole.WORKER) as work:
        found = work.db.execute(text("SELECT org_id, id FROM gate_due_approvals(100)")).all()
    for _ in range(2):
        for _, approval_id in found:
            as_(cast.northlight, documents.attend, approval_id)
    return len(found)


def test_reminders_come_after_two_and_five_days_and_the_leaders_read_it_after_seven(database):
    a_policy(Step("Account", people=(ADAM,)))
    document_id = submitted()
    assert sweep() == 0
    for days, reminders in ((2, 1), (3, 2)):
        days_pass(database, days)
        assert sweep() == 1
        assert mails("approval_reminder") == ["adam@northlight.test"] * reminders
        assert mails("approval_reminder", "in_app") == ["adam@northlight.test"] * reminders
    assert mails("approval_waits") == []
    days_pass(database, 2)
    assert sweep() == 1
    assert mails("approval_waits") == ["olivia@northlight.test"]
    assert sweep() == 0
    assert len(recorded("approval:remind")) == 2
    assert [e["person"] for e in recorded("approval:escalate")] == ["Adam Admin"]
    approve(cast.adam, document_id)
    days_pass(database, 30)
    assert sweep() == 0


def test_reminding_by_hand_has_a_pause(database):
    two_steps()
    document_id = submitted()
    with pytest.raises(NotAllowed):
        as_(a_colleague("Cara"), documents.remind_approvers, document_id)
    assert [seen(who, document_id).review.can_remind for who in (cast.mia, cast.adam)] == [True, False]
    with pytest.raises(IllegalMove, match="Nobody else is asked"):
        as_(cast.adam, documents.remind_approvers, document_id)
    as_(cast.mia, documents.remind_approvers, document_id)
    with pytest.raises(IllegalMove, match="were reminded just now"):
        as_(cast.olivia, documents.remind_approvers, document_id)
    assert mails("approval_reminder") == ["adam@northlight.test"]
    assert [e["who"] for e in recorded("document:remind_approvers")] == ["Mia Member"]
    with pytest.raises(IllegalMove, match="Nobody else is asked"):
        as_(cast.mia, documents.remind_approvers, a_draft(key="k2"))


# ---------------------------------------------------------------- overriding


def test_only_the_owner_overrides_with_a_reason_and_proved_to_be_them():
    two_steps()
    document_id = submitted()
    version = look(cast.mia, document_id).current_version_id
    for nobody in (cast.adam, cast.mia, cast.victor):
        with pytest.raises(NotAllowed):
            as_(nobody, documents.override_approval, document_id, version, "Because.")
    with pytest.raises(ConfirmFirst):
        as_(
            replace(cast.olivia, is_confirmed=False), documents.override_approval, document_id, version, "So."
        )
    with pytest.raises(Invalid) as refused:
        as_(cast.olivia, documents.override_approval, document_id, version, "  ")
    assert refused.value.field == "reason"
    for _ in range(2):
        as_(cast.olivia, documents.override_approval, document_id, version, "The launch is tomorrow.")
    assert state(document_id) == ("review", "approved")
    assert [(e["who"], e["reason"]) for e in recorded("document:override_approval")] == [
        ("Olivia Owner", "The launch is tomorrow.")
    ]
    assert mails("approval_overridden") == ["adam@northlight.test", "mia@northlight.test"]
    assert "The launch is tomorrow." in seen(cast.mia, document_id).review.overridden
    with pytest.raises((IllegalMove, NotAllowed)):
        approve(cast.adam, document_id)
    as_(cast.mia, documents.send, document_id)


def test_an_override_of_another_version_is_refused_and_an_edit_takes_it_back():
    two_steps()
    document_id = submitted()
    seen_version = look(cast.mia, document_id).current_version_id
    block = seen(cast.mia, document_id).blocks[0]
    as_(cast.olivia, documents.override_approval, document_id, seen_version, "Now.")
    as_(cast.mia, documents.save_block, document_id, block.id, "## 1. Scope\n\nMore.", block.digest)
    assert state(document_id)[1] == "stale"
    as_(cast.mia, documents.submit, document_id)
    with pytest.raises(IllegalMove, match="has changed"):
        as_(cast.olivia, documents.override_approval, document_id, seen_version, "Now.")


# ---------------------------------------------------------------- never stuck


def test_a_step_that_nobody_can_meet_is_shown_and_an_admin_or_the_owner_goes_on():
    """Two of three; one leaves, one becomes a viewer, and the leaders are the rest: one of them wrote it."""
    cara, dora = a_colleague("Cara", number=1), a_colleague("Dora", number=2)
    a_policy(Step("Pair", "some", 3, (str(cara.membership_id), str(dora.membership_id), OLIVIA)))
    document_id = submitted(cast.adam)
    assert len(asked(document_id)) == 3
    as_(cast.olivia, members.remove, cara.membership_id)
    page = seen(cast.olivia, document_id)
    assert page.review.is_blocked
    assert page.review.steps[0].words == "Blocked: one more person has to approve than can still be asked."
    assert mails("approval_blocked") == ["adam@northlight.test", "olivia@northlight.test"]
    assert (
        "Ask somebody else, or override"
        in seen(replace_turn(cast.olivia, document_id), document_id).next_step
    )
    with pytest.raises(NotAllowed, match="You wrote this document"):
        as_(cast.adam, documents.ask_another, document_id, cast.mia.membership_id)
    for _ in range(2):
        as_(cast.olivia, documents.ask_another, document_id, cast.mia.membership_id)
    assert not seen(cast.olivia, document_id).review.is_blocked
    with pytest.raises(IllegalMove, match="Enough people"):
        as_(cast.olivia, documents.ask_another, document_id, a_colleague("Ella", number=3).membership_id)
    for who in (dora, cast.mia, cast.olivia):
        approve(who, document_id)
    assert state(document_id)[1] == "approved"


def replace_turn(who: Member, document_id: UUID) -> Member:
    """Who has answered reads what the others have to do."""
    approve(who, document_id)
    return who


def test_a_request_of_somebody_who_is_gone_heals_by_itself(database):
    """What no verb did: the row of the member changed behind the services, in a race or by hand."""
    a_policy(Step("Account", people=(ADAM,)))
    document_id = submitted()
    with database.admin() as admin:
        admin.execute("UPDATE membership SET role = 'viewer' WHERE id = %s", (cast.adam.membership_id,))
    assert sweep() == 1
    assert asked(document_id) == [(1, "Olivia Owner", "pending")]
    assert sweep() == 0


def test_what_needs_no_approval_any_more_goes_out_although_somebody_objected():
    document_id = submitted()
    version = look(cast.mia, document_id).current_version_id
    as_(cast.adam, documents.request_changes, document_id, version, "No.")
    as_(cast.adam, orgs.save_policy, approval_required=False)
    assert seen(cast.mia, document_id).can["send"]
    as_(cast.mia, documents.send, document_id)
    assert state(document_id) == ("sent", "none")


POLICIES = {
    "none": None,
    "all": (Step("S", "all", 1, (ADAM, "cara"), ("owner",)),),
    "two of three": (Step("S", "some", 2, (ADAM, "cara", OLIVIA)),),
    "two steps": (Step("S", people=("cara",)), Step("T", people=(ADAM,))),
    "members": (Step("S", "all", 1, roles=("member",)),),
}
CHANGES = {
    "Cara is removed": (
        cast.olivia,
        lambda work, cara: members.remove(work, cara, cast.mia.membership_id),
    ),
    "Cara leaves": (None, lambda work, _: members.leave(work, cast.mia.membership_id)),
    "Cara reads only": (cast.olivia, lambda work, cara: members.change_role(work, cara, "viewer")),
}


@pytest.mark.parametrize(
    ("author", "ends"),
    [(cast.mia, {"decide", "override"}), (cast.olivia, {"send", "override"})],
    ids=["by a member", "by the owner"],
)
def test_after_every_change_of_the_members_somebody_can_go_on(author, ends):
    """Every policy × every way to go, and then the only admin goes as well: all undone, so that it costs little."""
    cara, document_id = a_colleague("Cara"), a_draft(author)
    ways = {}
    for policy, steps in POLICIES.items():
        for change, (by, verb) in CHANGES.items():
            ways[f"{policy}: {change}"] = _way_on(author, cara, document_id, steps, (by or cara, verb))
    assert [scene for scene, way in ways.items() if not way] == []
    assert set(ways.values()) == ends, ways


def _way_on(author, cara, document_id, steps, change) -> str:
    """How the document goes on after `change` and the removal of Adam, tried by who does it; empty when it is stuck."""
    with unit_of_work(author) as work:
        if steps is not None:
            filled = [
                replace(s, people=tuple(p.replace("cara", str(cara.membership_id)) for p in s.people))
                for s in steps
            ]
            work.actor = cast.adam
            approval_policies.save(work, None, TypedPolicy("P", (), filled))
        work.actor = author
        documents.submit(work, document_id)
        for actor, verb in (
            change,
            (cast.olivia, lambda w, _: members.remove(w, cast.adam.membership_id, cast.mia.membership_id)),
        ):
            work.actor = actor
            verb(work, cara.membership_id)
            work.db.flush()
        way = _go_on(work, author, cara, document_id)
        work.db.rollback()
        work._entries.clear()
        work._afterwards.clear()
    return way


def _go_on(work, author, cara, document_id) -> str:
    document = work.db.get_one(Document, document_id, populate_existing=True)
    query = select(Approval.approver_id).where(
        col(Approval.document_id) == document_id, col(Approval.decision) == "pending"
    )
    people = {p.membership_id: p for p in (cast.olivia, cast.mia, cara)}
    there = set(
        work.db.exec(
            select(Membership.id).where(
                col(Membership.status) == "active", col(Membership.role) != Role.VIEWER
            )
        )
    )
    waiting = set(work.db.exec(query))
    assert waiting <= there, "somebody who is gone is waited for"
    if document.approval_status == "none":
        work.actor = author
        return "send" if documents.one(work, document_id).can["send"] else ""
    work.actor = cast.olivia
    if not documents.one(work, document_id).review.is_blocked:
        for member in sorted(waiting):
            work.actor = people[member]
            documents.approve(work, document_id, document.current_version_id)
        return "decide"
    assert documents.one(work, document_id).review.can_override
    documents.override_approval(work, document_id, document.current_version_id, "Nobody is left.")
    return "override" if document.approval_status == "approved" else ""
