"""Who may do what: one row per permission, and every role has what the roles below it have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import NamedTuple
from uuid import UUID

from contractflow.errors import ConfirmFirst, FactorMissing, NotAllowed


class Role(Enum):
    """Strictly nested: a role may do whatever the roles below it may."""

    VIEWER = 1
    MEMBER = 2
    ADMIN = 3
    OWNER = 4

    @property
    def label(self) -> str:
        return self.name.capitalize()

    @classmethod
    def named(cls, value: str) -> Role:
        """The role stored as `value` ("viewer" … "owner")."""
        return cls[value.upper()]

    @property
    def value_text(self) -> str:
        """How the role is stored."""
        return self.name.lower()


class Permission(StrEnum):
    APPROVAL_POLICY_MANAGE = "approval_policy:manage"
    APPROVAL_REASSIGN = "approval:reassign"
    AUDIT_EXPORT = "audit:export"
    AUDIT_READ = "audit:read"
    AUDIT_VERIFY = "audit:verify"
    BRAND_MANAGE = "brand:manage"
    CLAUSE_LOCK = "clause:lock"
    CLIENT_READ = "client:read"
    CLIENT_WRITE = "client:write"
    COMMENT_WRITE = "comment:write"
    DOCUMENT_APPROVE = "document:approve"
    DOCUMENT_COUNTERSIGN = "document:countersign"
    DOCUMENT_CREATE = "document:create"
    DOCUMENT_DELETE = "document:delete"
    DOCUMENT_EDIT = "document:edit"
    DOCUMENT_EXTEND = "document:extend"
    DOCUMENT_GENERATE = "document:generate"
    DOCUMENT_OVERRIDE_APPROVAL = "document:override_approval"
    DOCUMENT_READ = "document:read"
    DOCUMENT_RECALL = "document:recall"
    DOCUMENT_REMIND = "document:remind"
    DOCUMENT_SEND = "document:send"
    DOCUMENT_SUBMIT = "document:submit"
    DOCUMENT_VOID = "document:void"
    INTEGRATION_MANAGE = "integration:manage"
    INVOICE_ISSUE = "invoice:issue"
    INVOICE_READ = "invoice:read"
    INVOICE_REMIND = "invoice:remind"
    INVOICE_VOID = "invoice:void"
    LEAD_FORM_MANAGE = "lead_form:manage"
    LEAD_READ = "lead:read"
    LEAD_WRITE = "lead:write"
    MEMBER_CHANGE_ROLE = "member:change_role"
    MEMBER_END_SESSIONS = "member:end_sessions"
    MEMBER_INVITE = "member:invite"
    MEMBER_READ = "member:read"
    MEMBER_REMOVE = "member:remove"
    ORG_DELETE = "org:delete"
    ORG_EXPORT_DATA = "org:export_data"
    ORG_READ = "org:read"
    ORG_TRANSFER = "org:transfer"
    ORG_UPDATE = "org:update"
    PAYMENT_PROVIDER_CONNECT = "payment_provider:connect"
    PAYMENT_RECORD = "payment:record"
    PAYMENT_REFUND = "payment:refund"
    PROJECT_WRITE = "project:write"
    SAAS_BILLING_MANAGE = "saas_billing:manage"
    SAAS_BILLING_READ = "saas_billing:read"
    SECURITY_POLICY_MANAGE = "security_policy:manage"
    SIGNER_EDIT = "signer:edit"
    TEMPLATE_EDIT = "template:edit"
    TEMPLATE_PUBLISH = "template:publish"
    TEMPLATE_READ = "template:read"


class Grant(NamedTuple):
    """`least` for anybody's, `own` for one's own; refusals read "Only … can <phrase>.".

    `confirmed`: the person must have proved within the last ten minutes that it is them.
    """

    least: Role
    own: Role
    phrase: str
    confirmed: bool = False


P = Permission
V, M, A, O = Role.VIEWER, Role.MEMBER, Role.ADMIN, Role.OWNER  # noqa: E741  one letter each keeps the table readable
CONFIRMED = True

# fmt: off
GRANTS: dict[Permission, Grant] = {
    #                                anybody's  one's own   who is refused reads "Only … can <phrase>."
    P.ORG_READ:                   Grant(V,      V,          "see the organisation"),
    P.MEMBER_READ:                Grant(V,      V,          "see the members"),
    P.DOCUMENT_READ:              Grant(V,      V,          "read documents"),
    P.TEMPLATE_READ:              Grant(V,      V,          "see templates"),
    P.CLIENT_READ:                Grant(V,      V,          "see clients"),
    P.INVOICE_READ:               Grant(V,      V,          "see invoices"),
    P.LEAD_READ:                  Grant(V,      V,          "see leads"),
    P.DOCUMENT_CREATE:            Grant(M,      M,          "create documents"),
    P.DOCUMENT_EDIT:              Grant(M,      M,          "edit documents"),
    P.DOCUMENT_GENERATE:          Grant(M,      M,          "draft with AI"),
    P.DOCUMENT_SUBMIT:            Grant(M,      M,          "submit documents for review"),
    P.COMMENT_WRITE:              Grant(M,      M,          "comment"),
    P.TEMPLATE_EDIT:              Grant(M,      M,          "edit templates"),
    P.CLIENT_WRITE:               Grant(M,      M,          "add and change clients"),
    P.PROJECT_WRITE:              Grant(M,      M,          "add and change projects"),
    P.LEAD_WRITE:                 Grant(M,      M,          "add and change leads"),
    P.INVOICE_ISSUE:              Grant(M,      M,          "issue invoices"),
    P.DOCUMENT_APPROVE:           Grant(M,      M,          "approve documents"),
    P.DOCUMENT_COUNTERSIGN:       Grant(M,      M,          "countersign documents"),
    P.DOCUMENT_SEND:              Grant(A,      M,          "send other people's documents"),
    P.DOCUMENT_REMIND:            Grant(A,      M,          "remind people of other people's documents"),
    P.DOCUMENT_EXTEND:            Grant(A,      M,          "extend other people's documents"),
    P.DOCUMENT_RECALL:            Grant(A,      M,          "recall other people's documents"),
    P.DOCUMENT_VOID:              Grant(A,      M,          "void other people's documents"),
    P.INVOICE_REMIND:             Grant(A,      M,          "remind clients of other people's invoices"),
    P.APPROVAL_REASSIGN:          Grant(A,      M,          "say who approves instead of somebody else"),
    P.SIGNER_EDIT:                Grant(A,      M,          "change the signers of other people's documents"),
    P.DOCUMENT_DELETE:            Grant(A,      M,          "delete other people's documents"),
    P.TEMPLATE_PUBLISH:           Grant(A,      A,          "publish templates"),
    P.CLAUSE_LOCK:                Grant(A,      A,          "lock clauses"),
    P.APPROVAL_POLICY_MANAGE:     Grant(A,      A,          "change the approval policy"),
    P.ORG_UPDATE:                 Grant(A,      A,          "change the organisation"),
    P.BRAND_MANAGE:               Grant(A,      A,          "change the branding"),
    P.INTEGRATION_MANAGE:         Grant(A,      A,          "manage integrations"),
    P.LEAD_FORM_MANAGE:           Grant(A,      A,          "manage the lead form"),
    P.MEMBER_INVITE:              Grant(A,      A,          "invite members"),
    P.MEMBER_CHANGE_ROLE:         Grant(A,      A,          "change roles"),
    P.MEMBER_REMOVE:              Grant(A,      A,          "remove members"),
    P.MEMBER_END_SESSIONS:        Grant(A,      A,          "end other people's sessions"),
    P.AUDIT_READ:                 Grant(A,      A,          "read the audit log"),
    P.AUDIT_EXPORT:               Grant(A,      A,          "export the audit log",              CONFIRMED),
    P.AUDIT_VERIFY:               Grant(A,      A,          "verify the audit log"),
    P.PAYMENT_RECORD:             Grant(A,      A,          "record payments"),
    P.PAYMENT_REFUND:             Grant(A,      A,          "refund payments",                   CONFIRMED),
    P.INVOICE_VOID:               Grant(A,      A,          "void invoices"),
    P.ORG_EXPORT_DATA:            Grant(A,      A,          "export the organisation's data",    CONFIRMED),
    P.SAAS_BILLING_READ:          Grant(A,      A,          "see the plan"),
    P.DOCUMENT_OVERRIDE_APPROVAL: Grant(O,      O,          "override an approval",              CONFIRMED),
    P.SAAS_BILLING_MANAGE:        Grant(O,      O,          "change the plan"),
    P.PAYMENT_PROVIDER_CONNECT:   Grant(O,      O,          "connect a payment provider",        CONFIRMED),
    P.ORG_TRANSFER:               Grant(O,      O,          "transfer the organisation",         CONFIRMED),
    P.ORG_DELETE:                 Grant(O,      O,          "delete the organisation",           CONFIRMED),
    P.SECURITY_POLICY_MANAGE:     Grant(O,      O,          "say how members have to sign in",   CONFIRMED),
}
# fmt: on


WHILE_CLOSING = frozenset(
    {
        *(permission for permission in P if permission.endswith(":read")),
        P.AUDIT_EXPORT,
        P.AUDIT_VERIFY,
        P.MEMBER_END_SESSIONS,
        P.ORG_DELETE,
        P.ORG_EXPORT_DATA,
    }
)
"""What is left of everybody's permissions while their organisation is being deleted."""

CLOSING = (
    "This organisation is being deleted: it can be read, and nothing in it changes. Its owner can keep it."
)


WHILE_UNPAID = frozenset(
    {
        *(permission for permission in P if permission.endswith(":read")),
        P.AUDIT_EXPORT,
        P.AUDIT_VERIFY,
        P.DOCUMENT_COUNTERSIGN,
        P.DOCUMENT_VOID,
        P.MEMBER_END_SESSIONS,
        P.MEMBER_REMOVE,
        P.ORG_DELETE,
        P.ORG_EXPORT_DATA,
        P.ORG_TRANSFER,
        P.PAYMENT_RECORD,
        P.PAYMENT_REFUND,
        P.SAAS_BILLING_MANAGE,
        P.SECURITY_POLICY_MANAGE,
    }
)
"""What is left of them when nobody pays for the plan: signing, paying, taking away, making room, and paying us."""

UNPAID = (
    "The plan has ended, so this organisation only reads. Its owner can choose a plan under Settings › Plan."
)


@dataclass(frozen=True)
class Member:
    """A signed-in person, acting inside one organisation with the role read for this very event."""

    user_id: UUID
    org_id: UUID
    membership_id: UUID
    role: Role
    name: str
    ip: str = ""
    user_agent: str = ""
    is_confirmed: bool = False
    """Proved within the last ten minutes that it is them, with the second factor if they have one."""
    has_factor: bool = False
    lacks_factor: bool = False
    """The organisation asks for a second factor and they have none: until then they may do nothing in it."""

    is_reading_only: bool = False
    """The organisation is being deleted: whoever is in it may read, and the owner may keep it."""

    is_unpaid: bool = False
    """Nobody pays for the organisation's plan: it reads, signs and is paid, and makes nothing new."""

    def may(self, permission: Permission, own: bool = False) -> bool:
        grant = GRANTS[permission]
        if self.lacks_factor or (self.is_reading_only and permission not in WHILE_CLOSING):
            return False
        if self.is_unpaid and permission not in WHILE_UNPAID:
            return False
        return self.role.value >= (grant.own if own else grant.least).value


@dataclass(frozen=True)
class Signer:
    """A client holding a portal session for one document: has no role, so no permission."""

    org_id: UUID
    document_id: UUID
    signer_id: UUID
    name: str
    ip: str = ""
    user_agent: str = ""

    def may(self, permission: Permission, own: bool = False) -> bool:
        return False


@dataclass(frozen=True)
class System:
    """Our own worker, webhook or sign-up, acting for an organisation."""

    org_id: UUID
    name: str

    def may(self, permission: Permission, own: bool = False) -> bool:
        return True


@dataclass(frozen=True)
class PlatformAdmin:
    """Sees to all organisations; never reads what a document says. `org_id` is the one they act for, if any."""

    user_id: UUID
    org_id: UUID | None
    name: str
    ip: str = ""
    user_agent: str = ""

    def may(self, permission: Permission, own: bool = False) -> bool:
        return False


@dataclass(frozen=True)
class Visitor:
    """Somebody who is not signed in: reaches only what the gate functions of the database answer."""

    org_id: None = None
    name: str = "visitor"
    ip: str = ""
    user_agent: str = ""
    browser: str = ""

    def may(self, permission: Permission, own: bool = False) -> bool:
        return False


Actor = Member | Signer | System | PlatformAdmin | Visitor


def require(actor: Actor, permission: Permission, own: bool = False) -> None:
    """Refuse with a sentence unless `actor` has `permission`.

    `own` says that the thing belongs to the actor, which some rows of the table make easier.
    Raises NotAllowed, or FactorMissing for who has to set up a second factor before anything else.
    """
    if isinstance(actor, Member) and actor.lacks_factor:
        raise FactorMissing
    if refused := why_not(actor, permission, own):
        raise NotAllowed(refused)


def require_confirmed(actor: Actor, permission: Permission | None = None) -> None:
    """Refuse a member who has not proved lately that it is them; `permission` only if its row asks for that.

    Raises ConfirmFirst. Screens never ask this: the button is there, and the dialog comes when it is pressed.
    """
    asks = permission is None or GRANTS[permission].confirmed
    if asks and isinstance(actor, Member) and not actor.is_confirmed:
        raise ConfirmFirst


def why_not(actor: Actor, permission: Permission, own: bool = False) -> str:
    """The sentence for who may not; empty for who may."""
    if actor.may(permission, own):
        return ""
    if isinstance(actor, Member) and actor.is_reading_only and permission not in WHILE_CLOSING:
        return CLOSING
    if isinstance(actor, Member) and actor.is_unpaid and permission not in WHILE_UNPAID:
        return UNPAID
    grant = GRANTS[permission]
    return f"Only {_people(grant.own if own else grant.least)} can {grant.phrase}."


def _people(least: Role) -> str:
    return "the owner" if least is Role.OWNER else f"{least.label.lower()}s and above"
