"""The people of an organisation: what each verb leaves behind, who may not, twice, and two at the same moment."""

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import AppError, IllegalMove, Invalid, LimitReached, NotAllowed, NotFound
from contractflow.models import (
    Approval,
    Comment,
    Membership,
    OneTimeToken,
    Org,
    OwnershipOffer,
)
from contractflow.permissions import Member, Role, System
from contractflow.services import accounts, documents, invitations, members, sessions
from contractflow.workflows.membership import MembershipStatus, OfferStatus
from tests import builders, cast
from tests.integration.journey import a_draft, as_, in_review, look, mailed_to, recorded

pytestmark = pytest.mark.usefixtures("database", "redis_url")

A_, M_, V_ = cast.adam.membership_id, cast.mia.membership_id, cast.victor.membership_id
O_ = cast.olivia.membership_id


@pytest.fixture(autouse=True)
def seats(database):
    allow_seats(20)


def allow_seats(number: int | None) -> None:
    def allow(work):
        work.db.get_one(Org, cast.NORTHLIGHT).settings = {"limits": {"seats": number}}

    as_(cast.northlight, allow)


def place(person: Member) -> Membership:
    return as_(cast.northlight, lambda work: work.db.get_one(Membership, person.membership_id))


def another_admin(name: str = "Ada Admin") -> Member:
    """One more admin of Northlight."""
    return a_newcomer(name, "admin")


def a_newcomer(name: str, role: str, inviter: Member = cast.olivia) -> Member:
    email = f"{name.split(maxsplit=1)[0].lower()}@northlight.test"
    invitation = as_(inviter, members.invite, email, role)
    user_id = as_(cast.northlight, invitations.join, invitation, None, name, cast.PASSWORD_HASH)
    row = as_(cast.northlight, accounts.membership, user_id, cast.NORTHLIGHT)
    return Member(user_id, cast.NORTHLIGHT, row.membership_id, row.role, name)


def at_once(*calls) -> list[str]:
    """Do all in threads of their own; the name of what each raised, or nothing."""
    outcomes, gate = [""] * len(calls), threading.Barrier(len(calls))

    def run(number, actor, verb, args):
        gate.wait()
        try:
            as_(actor, verb, *args)
        except AppError as refused:
            outcomes[number] = type(refused).__name__

    threads = [
        threading.Thread(target=run, args=(n, actor, verb, args))
        for n, (actor, verb, *args) in enumerate(calls)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


# ---------------------------------------------------------------- who may not

ON_SOMEBODY = [
    (members.change_role, ("viewer",)),
    (members.suspend, ()),
    (members.reinstate, ()),
    (members.remove, ()),
    (members.offer_ownership, ()),
]


@pytest.mark.parametrize(("verb", "args"), ON_SOMEBODY, ids=lambda v: getattr(v, "__name__", ""))
@pytest.mark.parametrize("actor", [cast.mia, cast.victor], ids=lambda who: who.name)
def test_members_and_viewers_change_nobody(verb, args, actor):
    with pytest.raises(NotAllowed):
        as_(actor, verb, A_, *args)


@pytest.mark.parametrize(("verb", "args"), ON_SOMEBODY, ids=lambda v: getattr(v, "__name__", ""))
def test_a_rival_finds_nobody(verb, args):
    with pytest.raises(NotFound):
        as_(cast.rita, verb, M_, *args)
    assert place(cast.mia).status is MembershipStatus.ACTIVE


@pytest.mark.parametrize(("verb", "args"), ON_SOMEBODY, ids=lambda v: getattr(v, "__name__", ""))
def test_who_was_suspended_a_moment_ago_changes_nobody(verb, args):
    """The event had read them as an admin before they were suspended."""
    as_(cast.olivia, members.suspend, A_)
    with pytest.raises(NotAllowed, match="no longer a member"):
        as_(cast.adam, verb, M_, *args)


@pytest.mark.parametrize(("verb", "args"), ON_SOMEBODY, ids=lambda v: getattr(v, "__name__", ""))
def test_who_lost_the_role_a_moment_ago_changes_nobody(verb, args):
    as_(cast.olivia, members.change_role, A_, "member")
    with pytest.raises(NotAllowed, match="Only"):
        as_(cast.adam, verb, V_, *args)


@pytest.mark.parametrize("verb", [members.suspend, members.remove])
def test_nobody_shuts_out_the_owner_or_oneself(verb):
    with pytest.raises(IllegalMove, match="has an owner"):
        as_(cast.adam, verb, O_)
    with pytest.raises(NotAllowed, match="yourself"):
        as_(cast.adam, verb, A_)


def test_workers_are_not_members():
    with pytest.raises(NotAllowed):
        as_(cast.northlight, members.remove, M_)


# ---------------------------------------------------------------- roles


@pytest.mark.parametrize(
    ("actor", "whom", "role", "refused"),
    [
        (cast.adam, A_, "viewer", "your own role"),
        (cast.olivia, O_, "admin", "your own role"),
        (cast.adam, O_, "member", "ownership is transferred"),
    ],
)
def test_whose_role_nobody_changes(actor, whom, role, refused):
    with pytest.raises(NotAllowed, match=refused):
        as_(actor, members.change_role, whom, role)


def test_an_admin_does_not_change_an_admin():
    ada = another_admin()
    with pytest.raises(NotAllowed, match="Only the owner"):
        as_(cast.adam, members.change_role, ada.membership_id, "member")
    as_(cast.olivia, members.change_role, ada.membership_id, "member")
    assert place(ada).role is Role.MEMBER


@pytest.mark.parametrize("role", ["owner", "", "god"])
def test_a_role_that_cannot_be_given(role):
    with pytest.raises(Invalid) as refused:
        as_(cast.olivia, members.change_role, M_, role)
    assert refused.value.field == "role"


def test_a_changed_role_is_recorded_once_and_told():
    for _ in range(2):
        as_(cast.adam, members.change_role, M_, "viewer")
    assert place(cast.mia).role is Role.VIEWER
    assert recorded("member:change_role") == [
        {"who": "Adam Admin", "person": "Mia Member", "changes": {"role": ["member", "viewer"]}}
    ]
    assert mailed_to("place_changed") == ["mia@northlight.test"]


def test_two_admins_change_one_member_one_after_the_other():
    ada = another_admin()
    outcomes = at_once(
        (cast.adam, members.change_role, M_, "viewer"), (ada, members.change_role, M_, "admin")
    )
    # Either both happened in turn, or the one to admin came first and then an admin may not change an admin.
    assert outcomes in (["", ""], ["NotAllowed", ""])


# ---------------------------------------------------------------- suspended and back


def test_suspended_and_reinstated():
    document_id = a_draft()
    for _ in range(2):
        as_(cast.adam, members.suspend, M_)
    assert place(cast.mia).status is MembershipStatus.SUSPENDED
    assert as_(cast.northlight, accounts.membership, cast.mia.user_id, cast.NORTHLIGHT) is None
    assert look(cast.adam, document_id).owner_id == M_
    for _ in range(2):
        as_(cast.adam, members.reinstate, M_)
    assert place(cast.mia).role is Role.MEMBER
    assert as_(cast.northlight, accounts.membership, cast.mia.user_id, cast.NORTHLIGHT) is not None
    assert [line["to"] for line in recorded("membership:suspend", "membership:reinstate")] == [
        "suspended",
        "active",
    ]
    assert mailed_to("place_changed") == ["mia@northlight.test"] * 2


@pytest.mark.parametrize(("allowed", "words"), [(20, "5 of 20 seats"), (None, "5 seats taken")])
def test_the_page_says_how_many_seats_are_taken(allowed, words):
    """A platform admin may take the limit away: nobody reads “5 of None seats” then."""
    as_(cast.adam, members.invite, "friend@elsewhere.test", "viewer")
    allow_seats(allowed)
    assert as_(cast.mia, members.page).seats == words


def test_a_seat_that_was_given_away_is_missed_at_reinstating():
    as_(cast.adam, members.suspend, M_)

    allow_seats(3)
    with pytest.raises(LimitReached):
        as_(cast.adam, members.reinstate, M_)
    assert place(cast.mia).status is MembershipStatus.SUSPENDED


def test_a_suspended_admins_invitations_and_offers_end_with_them():
    ada = another_admin()
    invitation = as_(ada, members.invite, "friend@elsewhere.test", "admin")
    as_(cast.olivia, members.offer_ownership, ada.membership_id)
    as_(cast.olivia, members.suspend, ada.membership_id)
    token = as_(cast.northlight, lambda work: work.db.get_one(OneTimeToken, invitation))
    assert token.revoked_at
    with pytest.raises(Invalid, match="taken back"):
        as_(cast.northlight, invitations.join, invitation, None, "Friend", "hash")
    assert offers() == [OfferStatus.LAPSED]


# ---------------------------------------------------------------- removed


def test_who_is_removed_leaves_documents_to_a_colleague_and_words_to_the_organisation():
    document_id = a_draft()

    def remark(work):
        builders.a_comment(work, document_id, member_id=M_, visibility="internal")

    as_(cast.northlight, remark)
    with pytest.raises(Invalid) as refused:
        as_(cast.adam, members.remove, M_)
    assert refused.value.field == "heir"
    for _ in range(2):
        as_(cast.adam, members.remove, M_, A_)
    row = look(cast.adam, document_id)
    assert (row.owner_id, row.created_by) == (A_, cast.mia.user_id)
    assert place(cast.mia).status is MembershipStatus.REMOVED
    written = as_(cast.northlight, lambda work: work.db.exec(select(Comment.member_id)).all())
    assert written == [M_]
    (line,) = recorded("membership:remove")
    assert line["who"] == "Adam Admin"
    assert (line["person"], line["documents"], line["heir"]) == ("Mia Member", 1, "Adam Admin")
    assert mailed_to("place_changed") == ["mia@northlight.test"]


@pytest.mark.parametrize("heir", [V_, M_, uuid4(), cast.rita.membership_id])
def test_who_cannot_take_documents_over(heir):
    a_draft()
    with pytest.raises(Invalid, match="active member who can write"):
        as_(cast.adam, members.remove, M_, heir)
    assert place(cast.mia).status is MembershipStatus.ACTIVE


def test_a_removed_member_can_be_invited_and_is_the_same_person():
    as_(cast.adam, members.remove, M_)
    with pytest.raises(Invalid, match="member already"):
        as_(cast.adam, members.invite, "victor@northlight.test", "member")
    invitation = as_(cast.adam, members.invite, "mia@northlight.test", "viewer")
    as_(cast.northlight, invitations.join, invitation, cast.mia.user_id, "Mia Member", "")
    assert (place(cast.mia).status, place(cast.mia).role) == (MembershipStatus.ACTIVE, Role.VIEWER)
    assert recorded("membership:rejoin")


def test_a_suspended_member_is_not_invited_but_reinstated():
    as_(cast.adam, members.suspend, M_)
    with pytest.raises(Invalid, match="Reinstate"):
        as_(cast.adam, members.invite, "mia@northlight.test", "admin")


def test_an_approval_passes_on_to_an_admin_who_was_not_asked():
    """Adam alone was asked; when he is gone, Olivia is."""
    document_id = in_review_of(cast.adam)
    as_(cast.olivia, members.remove, A_)
    requests = approvals(document_id)
    assert requests == {A_: "skipped", O_: "pending"}
    assert mailed_to("approval_request").count("olivia@northlight.test") == 1
    as_(cast.olivia, documents.approve, document_id, look(cast.mia, document_id).current_version_id)
    assert look(cast.mia, document_id).approval_status == "approved"


def test_when_others_were_asked_as_well_nobody_new_is():
    document_id = in_review()
    as_(cast.olivia, members.suspend, A_)
    assert approvals(document_id) == {A_: "skipped", O_: "pending"}
    assert mailed_to("approval_request") == ["adam@northlight.test", "olivia@northlight.test"]


def test_when_nobody_is_left_to_approve_the_document_is_a_draft_again():
    document_id = a_draft(author=cast.olivia)
    as_(cast.olivia, documents.submit, document_id)
    as_(cast.olivia, members.remove, A_)
    row = look(cast.olivia, document_id)
    assert (row.status, row.approval_status) == ("draft", "none")
    assert mailed_to("review_ended") == ["olivia@northlight.test"]


def test_a_new_viewers_approvals_pass_on():
    document_id = in_review_of(cast.adam)
    as_(cast.olivia, members.change_role, A_, "viewer")
    assert approvals(document_id) == {A_: "skipped", O_: "pending"}


def test_an_approval_that_was_passed_on_is_no_longer_given():
    document_id = in_review_of(cast.adam)
    as_(cast.olivia, members.suspend, A_)
    with pytest.raises(NotAllowed, match="no longer asked"):
        as_(cast.adam, documents.approve, document_id, look(cast.mia, document_id).current_version_id)


@pytest.mark.parametrize("attempt", range(3))
def test_removed_while_approving(attempt):
    """Whichever comes first, the document is approved or waits for somebody who is there."""
    document_id = in_review_of(cast.adam)
    version = look(cast.mia, document_id).current_version_id
    outcomes = at_once(
        (cast.adam, documents.approve, document_id, version), (cast.olivia, members.remove, A_)
    )
    row, requests = look(cast.mia, document_id), approvals(document_id)
    assert place(cast.adam).status is MembershipStatus.REMOVED
    if outcomes[0]:
        assert (row.approval_status, requests[O_]) == ("pending", "pending")
    else:
        assert (row.approval_status, requests[A_]) == ("approved", "approved")


@pytest.mark.parametrize("attempt", range(3))
def test_two_admins_who_remove_each_other(attempt):
    ada = another_admin()
    outcomes = at_once((cast.adam, members.remove, ada.membership_id), (ada, members.remove, A_))
    assert sorted(outcomes) == ["", "NotAllowed"]
    left = [place(who).status for who in (cast.adam, ada)]
    assert sorted(left) == ["active", "removed"]


# ---------------------------------------------------------------- leaving


def test_everybody_leaves_but_the_owner():
    with pytest.raises(IllegalMove, match="Transfer the ownership"):
        as_(cast.olivia, members.leave)
    as_(cast.victor, members.leave)
    assert place(cast.victor).status is MembershipStatus.REMOVED
    assert recorded("membership:leave")[0]["who"] == "Victor Viewer"
    assert mailed_to("place_changed") == ["olivia@northlight.test"]
    with pytest.raises(NotAllowed, match="no longer a member"):
        as_(cast.victor, members.leave)


def test_sessions_end_where_the_place_is_lost_and_nowhere_else():
    """Mia is signed in to Northlight twice and to Redshift once; Adam once to Northlight."""

    def sign_in(work, person, org_id):
        family = uuid4()
        accounts.session_opened(work, family, person.user_id, org_id)
        return family

    here = [as_(cast.northlight, sign_in, cast.mia, cast.NORTHLIGHT) for _ in range(2)]
    there = as_(cast.redshift, sign_in, cast.mia, cast.REDSHIFT)
    adams = as_(cast.northlight, sign_in, cast.adam, cast.NORTHLIGHT)
    as_(cast.mia, members.leave)
    everything = [*here, there, adams]
    assert set(as_(cast.northlight, sessions.ended_among, everything)) == set(here)
    as_(cast.olivia, members.suspend, A_)
    assert set(as_(cast.northlight, sessions.ended_among, everything)) == {*here, adams}


def test_who_leaves_names_an_heir():
    document_id = a_draft()
    with pytest.raises(Invalid):
        as_(cast.mia, members.leave)
    as_(cast.mia, members.leave, O_)
    assert look(cast.olivia, document_id).owner_id == O_


def test_an_admin_who_leaves_passes_approvals_on():
    document_id = in_review_of(cast.adam)
    as_(cast.adam, members.leave)
    assert approvals(document_id) == {A_: "skipped", O_: "pending"}


# ---------------------------------------------------------------- the ownership


def owners() -> list[UUID]:
    query = select(Membership.id).where(Membership.role == Role.OWNER)
    return list(as_(cast.northlight, lambda work: work.db.exec(query).all()))


def offers() -> list[OfferStatus]:
    query = select(OwnershipOffer.status).order_by(col(OwnershipOffer.created_at))
    return list(as_(cast.northlight, lambda work: work.db.exec(query).all()))


def test_the_ownership_changes_hands_with_both_wanting_it():
    for _ in range(2):
        as_(cast.olivia, members.offer_ownership, A_)
    assert owners() == [O_]
    assert mailed_to("ownership_offered") == ["adam@northlight.test"]
    for _ in range(2):
        as_(cast.adam, members.accept_ownership)
    assert owners() == [A_]
    assert place(cast.olivia).role is Role.ADMIN
    assert offers() == [OfferStatus.ACCEPTED]
    assert mailed_to("ownership_answered") == ["olivia@northlight.test"]
    assert [line["who"] for line in recorded("ownership_offer:offer", "ownership_offer:accept")] == [
        "Olivia Owner",
        "Adam Admin",
    ]


def test_nobody_accepts_what_was_offered_to_somebody_else():
    as_(cast.olivia, members.offer_ownership, M_)
    for who in (cast.adam, cast.victor, cast.rita):
        with pytest.raises(NotFound):
            as_(who, members.accept_ownership) if who is not cast.rita else as_(
                who, members.decline_ownership
            )
    for who in (cast.adam, cast.mia):
        with pytest.raises(NotAllowed):
            as_(who, members.withdraw_ownership)
    assert owners() == [O_]


def test_declined_and_withdrawn():
    as_(cast.olivia, members.offer_ownership, A_)
    as_(cast.adam, members.decline_ownership)
    with pytest.raises(NotFound):
        as_(cast.adam, members.accept_ownership)
    as_(cast.olivia, members.offer_ownership, M_)
    for _ in range(2):
        as_(cast.olivia, members.withdraw_ownership)
    with pytest.raises(NotFound):
        as_(cast.mia, members.accept_ownership)
    assert offers() == [OfferStatus.DECLINED, OfferStatus.WITHDRAWN]
    assert owners() == [O_]


def test_an_offer_lasts_a_week():
    as_(cast.olivia, members.offer_ownership, A_)

    def older(work):
        work.db.exec(select(OwnershipOffer)).one().expires_at = work.now - timedelta(seconds=1)

    as_(cast.northlight, older)
    with pytest.raises(IllegalMove, match="expired"):
        as_(cast.adam, members.accept_ownership)
    as_(cast.olivia, members.offer_ownership, A_)
    assert offers() == [OfferStatus.LAPSED, OfferStatus.OFFERED]


def test_only_an_active_member_becomes_the_owner():
    as_(cast.olivia, members.suspend, M_)
    with pytest.raises(IllegalMove, match="active member"):
        as_(cast.olivia, members.offer_ownership, M_)
    with pytest.raises(IllegalMove, match="owner already"):
        as_(cast.olivia, members.offer_ownership, O_)


def test_a_second_offer_ends_the_first():
    as_(cast.olivia, members.offer_ownership, A_)
    as_(cast.olivia, members.offer_ownership, M_)
    with pytest.raises(NotFound):
        as_(cast.adam, members.accept_ownership)
    as_(cast.mia, members.accept_ownership)
    assert owners() == [M_]


@pytest.mark.parametrize("attempt", range(3))
def test_two_transfers_at_once_leave_one_owner(attempt):
    as_(cast.olivia, members.offer_ownership, A_)
    outcomes = at_once(
        (cast.adam, members.accept_ownership),
        (cast.olivia, members.offer_ownership, M_),
        (cast.adam, members.accept_ownership),
    )
    assert len(owners()) == 1
    assert offers().count(OfferStatus.OFFERED) == (0 if owners() == [A_] else 1), outcomes


@pytest.mark.parametrize("attempt", range(3))
def test_a_transfer_while_the_new_owner_is_removed(attempt):
    ada = another_admin()
    as_(cast.olivia, members.offer_ownership, ada.membership_id)
    outcomes = at_once((ada, members.accept_ownership), (cast.adam, members.remove, ada.membership_id))
    assert outcomes.count("") == 1
    if outcomes[0]:
        assert (owners(), place(ada).status) == ([O_], MembershipStatus.REMOVED)
    else:
        assert (owners(), place(ada).status) == ([ada.membership_id], MembershipStatus.ACTIVE)


def test_the_database_keeps_one_owner_whoever_writes():
    with (
        pytest.raises(IntegrityError, match="uq_membership_one_owner"),
        unit_of_work(System(cast.NORTHLIGHT, "test")) as work,
    ):
        work.db.execute(text("UPDATE membership SET role = 'owner' WHERE role = 'admin'"))
    with (
        pytest.raises(IntegrityError, match="has an owner"),
        unit_of_work(System(cast.NORTHLIGHT, "test")) as work,
    ):
        work.db.execute(text("UPDATE membership SET role = 'admin' WHERE role = 'owner'"))
    with pytest.raises(IntegrityError, match="uq_ownership_offer_open"):
        as_(cast.northlight, two_offers)


def two_offers(work):
    for heir in (A_, M_):
        work.db.add(
            OwnershipOffer(
                org_id=cast.NORTHLIGHT, from_id=O_, to_id=heir, expires_at=work.now + timedelta(days=1)
            )
        )


# ---------------------------------------------------------------- invitations


def test_sent_again_with_a_new_link_and_the_old_one_is_dead():
    first = as_(cast.adam, members.invite, "nora@new.test", "member")
    second = as_(cast.adam, members.invite_again, first)
    with pytest.raises(Invalid, match="taken back"):
        as_(cast.northlight, invitations.join, first, None, "Nora", "hash")
    with pytest.raises(IllegalMove, match="no longer open"):
        as_(cast.adam, members.invite_again, first)
    as_(cast.northlight, invitations.join, second, None, "Nora", "hash")
    with pytest.raises(IllegalMove, match="no longer open"):
        as_(cast.adam, members.invite_again, second)
    assert mailed_to("invite") == ["nora@new.test"] * 2
    assert len(recorded("member:invite_again")) == 1


def test_an_expired_invitation_is_listed_and_can_be_sent_again():
    token_id = as_(cast.adam, members.invite, "nora@new.test", "member")

    def older(work):
        work.db.get_one(OneTimeToken, token_id).expires_at = work.now - timedelta(seconds=1)

    as_(cast.northlight, older)
    (row,) = as_(cast.adam, members.page).invites
    assert row.is_expired
    with pytest.raises(Invalid, match="expired"):
        as_(cast.northlight, invitations.join, token_id, None, "Nora", "hash")
    as_(cast.adam, members.invite_again, token_id)
    (row,) = as_(cast.adam, members.page).invites
    assert not row.is_expired


@pytest.mark.parametrize("verb", [members.invite_again, members.withdraw_invite])
def test_who_may_not_touch_an_invitation(verb):
    token_id = as_(cast.adam, members.invite, "nora@new.test", "member")
    for who in (cast.mia, cast.victor):
        with pytest.raises(NotAllowed):
            as_(who, verb, token_id)
    with pytest.raises(NotFound):
        as_(cast.rita, verb, token_id)


def test_the_page_says_which_verbs_would_succeed():
    rows = {row.name: row for row in as_(cast.adam, members.page).members}
    assert rows["Mia Member"].can_change_role
    assert rows["Mia Member"].can_remove
    assert not rows["Olivia Owner"].has_actions
    assert not rows["Adam Admin"].has_actions
    assert not any(row.has_actions for row in as_(cast.mia, members.page).members)
    assert all(row.can_be_offered for row in as_(cast.olivia, members.page).members if not row.is_you)


def in_review_of(approver: Member) -> UUID:
    """Mia's document, waiting for that approver alone."""

    def ask(work):
        document = builders.a_document(work)
        builders.a_version(work, document)
        builders.an_approval(work, document, approver)
        document.status = "review"
        return document.id

    return as_(cast.northlight, ask)


def approvals(document_id: UUID) -> dict[UUID, str]:
    query = select(Approval.approver_id, Approval.decision).where(col(Approval.document_id) == document_id)
    return dict(as_(cast.northlight, lambda work: work.db.exec(query).all()))
