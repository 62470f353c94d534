"""What each role may do, in words: the table of permissions as the settings show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.permissions import GRANTS, Permission, Role
from contractflow.permissions import Permission as P

YES, OWN, NO = "yes", "own", "no"

# fmt: off
GROUPS: Final = (
    #  heading                       nouns of the permissions below it
    ("Documents",                    ("document", "approval", "comment", "signer")),
    ("Templates and clauses",        ("template", "clause")),
    ("Clients, projects and leads",  ("client", "project", "lead", "lead_form")),
    ("Invoices and payments",        ("invoice", "payment", "payment_provider")),
    ("Members",                      ("member",)),
    ("Audit log",                    ("audit",)),
    ("Organisation",                 ("org", "approval_policy", "security_policy", "brand", "integration", "saas_billing")),
)
NOTES: Final = {
    P.DOCUMENT_APPROVE:           "Only who was asked.",
    P.DOCUMENT_COUNTERSIGN:       "Only who was named.",
    P.DOCUMENT_DELETE:            "Never one that was sent.",
    P.DOCUMENT_OVERRIDE_APPROVAL: "With a reason, which the certificate prints.",
    P.MEMBER_INVITE:              "Never above one's own role.",
    P.MEMBER_CHANGE_ROLE:         "Admins change members and viewers.",
}
# fmt: on
CONFIRMED = "Asks anew who you are."


@dataclass(frozen=True)
class GrantRow:
    """`viewer` to `owner`: yes, own (only one's own) or no."""

    key: str
    label: str
    note: str
    viewer: str
    member: str
    admin: str
    owner: str


@dataclass(frozen=True)
class GrantGroup:
    title: str
    rows: list[GrantRow]


def page(work: UnitOfWork) -> list[GrantGroup]:
    """The whole table, by what it is about."""
    work.require(P.MEMBER_READ)
    return [
        GrantGroup(title, [_row(permission) for permission in GRANTS if _noun(permission) in nouns])
        for title, nouns in GROUPS
    ]


def _noun(permission: Permission) -> str:
    return permission.partition(":")[0]


def _row(permission: Permission) -> GrantRow:
    grant = GRANTS[permission]
    label = grant.phrase.replace("other people's ", "")
    notes = (NOTES.get(permission, ""), CONFIRMED if grant.confirmed else "")
    answers = {role.value_text: _answer(permission, role) for role in Role}
    return GrantRow(
        key=permission,
        label=label[:1].upper() + label[1:],
        note=" ".join(note for note in notes if note),
        **answers,
    )


def _answer(permission: Permission, role: Role) -> str:
    grant = GRANTS[permission]
    if role.value >= grant.least.value:
        return YES
    return OWN if role.value >= grant.own.value else NO
