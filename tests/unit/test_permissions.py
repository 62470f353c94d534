"""The matrix of product.md once more, as a person reads it: a change of the grants is a decision, made in two places."""

from dataclasses import replace
from uuid import uuid4

import pytest

from contractflow.errors import ConfirmFirst, FactorMissing, NotAllowed
from contractflow.permissions import (
    CLOSING,
    GRANTS,
    UNPAID,
    Member,
    Permission,
    PlatformAdmin,
    Role,
    Signer,
    System,
    Visitor,
    require,
    require_confirmed,
    why_not,
)

# yes: anybody's; own: only one's own
MATRIX = """
                            viewer member admin owner
org:read                    yes    yes    yes   yes
member:read                 yes    yes    yes   yes
document:read               yes    yes    yes   yes
template:read               yes    yes    yes   yes
client:read                 yes    yes    yes   yes
invoice:read                yes    yes    yes   yes
lead:read                   yes    yes    yes   yes
document:create             no     yes    yes   yes
document:edit               no     yes    yes   yes
document:generate           no     yes    yes   yes
document:submit             no     yes    yes   yes
document:approve            no     yes    yes   yes
document:countersign        no     yes    yes   yes
comment:write               no     yes    yes   yes
template:edit               no     yes    yes   yes
client:write                no     yes    yes   yes
project:write               no     yes    yes   yes
lead:write                  no     yes    yes   yes
invoice:issue               no     yes    yes   yes
document:send               no     own    yes   yes
document:remind             no     own    yes   yes
document:extend             no     own    yes   yes
document:recall             no     own    yes   yes
document:void               no     own    yes   yes
document:delete             no     own    yes   yes
invoice:remind              no     own    yes   yes
approval:reassign           no     own    yes   yes
signer:edit                 no     own    yes   yes
template:publish            no     no     yes   yes
clause:lock                 no     no     yes   yes
approval_policy:manage      no     no     yes   yes
org:update                  no     no     yes   yes
brand:manage                no     no     yes   yes
integration:manage          no     no     yes   yes
lead_form:manage            no     no     yes   yes
member:invite               no     no     yes   yes
member:change_role          no     no     yes   yes
member:remove               no     no     yes   yes
member:end_sessions         no     no     yes   yes
audit:read                  no     no     yes   yes
audit:export                no     no     yes   yes
audit:verify                no     no     yes   yes
payment:record              no     no     yes   yes
payment:refund              no     no     yes   yes
invoice:void                no     no     yes   yes
org:export_data             no     no     yes   yes
saas_billing:read           no     no     yes   yes
document:override_approval  no     no     no    yes
saas_billing:manage         no     no     no    yes
payment_provider:connect    no     no     no    yes
org:transfer                no     no     no    yes
org:delete                  no     no     no    yes
security_policy:manage      no     no     no    yes
"""


def cells():
    header, *lines = MATRIX.strip("\n").splitlines()
    for line in lines:
        permission, *answers = line.split()
        for role, answer in zip(header.split(), answers, strict=True):
            yield Permission(permission), Role.named(role), answer


def a_member(role):
    return Member(uuid4(), uuid4(), uuid4(), role, "Somebody")


@pytest.mark.parametrize(("permission", "role", "answer"), list(cells()))
def test_matrix(permission, role, answer):
    member = a_member(role)
    assert member.may(permission) is (answer == "yes")
    assert member.may(permission, own=True) is (answer in {"yes", "own"})


def test_every_permission_has_a_grant_and_a_line_here():
    assert set(GRANTS) == set(Permission) == {permission for permission, _, _ in cells()}


def test_permissions_are_in_alphabetical_order_and_say_noun_and_verb():
    assert [p.name for p in Permission] == sorted(p.name for p in Permission)
    assert all(p.value.count(":") == 1 and p.name == p.value.upper().replace(":", "_") for p in Permission)


def test_the_refusal_says_who_can():
    with pytest.raises(NotAllowed, match=r"^Only admins and above can record payments\.$"):
        require(a_member(Role.MEMBER), Permission.PAYMENT_RECORD)
    with pytest.raises(NotAllowed, match=r"^Only the owner can delete the organisation\.$"):
        require(a_member(Role.ADMIN), Permission.ORG_DELETE)
    with pytest.raises(NotAllowed, match=r"^Only members and above can send other people's documents\.$"):
        require(a_member(Role.VIEWER), Permission.DOCUMENT_SEND, own=True)


@pytest.mark.parametrize("permission", Permission)
def test_only_members_and_ourselves_have_permissions(permission):
    org = uuid4()
    for stranger in (Signer(org, uuid4(), uuid4(), "Clara"), PlatformAdmin(uuid4(), org, "Petra"), Visitor()):
        assert not stranger.may(permission)
        assert not stranger.may(permission, own=True)
        with pytest.raises(NotAllowed):
            require(stranger, permission, own=True)
    assert System(org, "worker").may(permission)


@pytest.mark.parametrize("permission", Permission)
def test_whoever_lacks_the_second_factor_that_is_asked_for_has_none(permission):
    nobody_yet = replace(a_member(Role.OWNER), lacks_factor=True, is_confirmed=True)
    assert not nobody_yet.may(permission)
    with pytest.raises(FactorMissing):
        require(nobody_yet, permission, own=True)


@pytest.mark.parametrize("permission", Permission)
def test_what_asks_for_a_confirmation_is_refused_without(permission):
    owner = a_member(Role.OWNER)
    require_confirmed(replace(owner, is_confirmed=True), permission)
    require_confirmed(System(uuid4(), "worker"), permission)
    if GRANTS[permission].confirmed:
        with pytest.raises(ConfirmFirst):
            require_confirmed(owner, permission)
    else:
        require_confirmed(owner, permission)


def test_roles_are_stored_as_words():
    assert [role.value_text for role in Role] == ["viewer", "member", "admin", "owner"]
    assert all(Role.named(role.value_text) is role for role in Role)


UNPAID_MAY = {
    "audit:export", "audit:verify", "document:countersign", "document:void", "member:end_sessions", "member:remove",
    "org:delete", "org:export_data", "org:transfer", "payment:record", "payment:refund", "saas_billing:manage",
    "security_policy:manage",
}  # fmt: skip


def test_who_does_not_pay_reads_signs_is_paid_takes_away_and_pays_and_nothing_else():
    owner = Member(uuid4(), uuid4(), uuid4(), Role.OWNER, "Olivia", is_unpaid=True)
    assert {str(one) for one in Permission if owner.may(one)} == UNPAID_MAY | {
        str(one) for one in Permission if one.endswith(":read")
    }
    assert why_not(owner, Permission.DOCUMENT_CREATE) == UNPAID
    assert why_not(replace(owner, is_reading_only=True), Permission.DOCUMENT_CREATE) == CLOSING
    assert why_not(owner, Permission.SAAS_BILLING_MANAGE) == ""
    viewer = replace(owner, role=Role.VIEWER)
    assert why_not(viewer, Permission.PAYMENT_RECORD) == "Only admins and above can record payments."
