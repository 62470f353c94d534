"""Every message there is: its subject, its pill, where its button leads, who sees it in the product as well."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Link(StrEnum):
    """Where the button leads. The link itself is derived when the mail is rendered, and stored nowhere."""

    NONE = ""
    HOME = "home"
    DOCUMENT = "document"
    SIGNING = "signing"
    INVOICE = "invoice"
    """For the client, who pays it."""
    BILL = "bill"
    """For the agency, on its own page."""
    INVITE = "invite"
    LEAD = "lead"
    COMMENT = "comment"
    """To its thread, on the page of the document."""
    ORG = "organisation"
    """The settings of the organisation the mail is about, also for who is signed in to another one."""
    PLAN = "settings/plan"
    RESET = "reset"
    CONFIRM = "confirm"
    NOT_ME = "not_me"
    """Takes back what somebody else did to one's account."""
    ENDPOINT = "endpoint"
    """The settings of one integration, with its log."""
    MEMBERS = "settings/members"
    LOGIN = "login"
    FORGOT = "forgot"


class Pill(StrEnum):
    """The colours of look.md; the word stands beside the colour."""

    NONE = ""
    SLATE = "slate"
    VIOLET = "violet"
    BLUE = "blue"
    GRASS = "grass"
    JADE = "jade"
    RED = "red"
    AMBER = "amber"


class Kind(NamedTuple):
    """`subject` is a Jinja2 line over the facts; it is also what the member's feed says when `in_feed`."""

    subject: str
    pill: Pill
    word: str
    link: Link
    in_feed: bool
    facts: tuple[str, ...]


L, B = Link, Pill

# fmt: off
KINDS: dict[str, Kind] = {
    #                          subject                                              pill      word                link        in feed  what it must be told
    "welcome":            Kind("Welcome to ContractFlow",                           B.NONE,   "",                 L.HOME,     False,   ("name",)),
    "verify_email":       Kind("Confirm your e-mail address",                       B.NONE,   "",                 L.CONFIRM,  False,   ("name", "token_id")),
    "already_known":      Kind("You have an account already",                       B.NONE,   "",                 L.LOGIN,    False,   ()),
    "change_email":       Kind("Confirm your new e-mail address",                   B.NONE,   "",                 L.CONFIRM,  False,   ("name", "token_id")),
    "email_change_asked": Kind("Your e-mail address is about to change",            B.NONE,   "",                 L.NOT_ME,   False,   ("name", "new_email", "token_id")),
    "email_changed":      Kind("Your e-mail address was changed",                   B.NONE,   "",                 L.NOT_ME,   False,   ("name", "new_email", "token_id")),
    "reset_password":     Kind("Choose a new password",                             B.NONE,   "",                 L.RESET,    False,   ("name", "token_id")),
    "password_changed":   Kind("Your password was changed",                         B.NONE,   "",                 L.FORGOT,   False,   ("name", "how")),
    "security_change":    Kind("{{ what }}",                                        B.AMBER,  "Security",         L.FORGOT,   False,   ("name", "what", "at", "ip")),
    "wrong_codes":        Kind("Somebody types wrong codes for your account",       B.AMBER,  "Security",         L.FORGOT,   False,   ("name", "at", "ip", "device")),
    "account_deleted":    Kind("Your account is deleted",                           B.NONE,   "",                 L.NONE,     False,   ("name",)),
    "invite":             Kind("{{ inviter }} invites you to join {{ org }}",       B.NONE,   "",                 L.INVITE,   False,   ("inviter", "org", "role", "invite_id")),
    "joined":             Kind("{{ member }} has joined {{ org }}",                 B.NONE,   "",                 L.HOME,     True,    ("name", "member", "org")),
    "place_changed":      Kind("{{ org }}: {{ change }}",                           B.NONE,   "",                 L.HOME,     False,   ("name", "org", "actor", "change")),
    "ownership_offered":  Kind("{{ actor }} offers you the ownership of {{ org }}", B.AMBER,  "To answer",        L.ORG,      True,    ("name", "org", "actor", "until")),
    "ownership_answered": Kind("{{ actor }} {{ answer }}",                          B.NONE,   "",                 L.ORG,      True,    ("name", "org", "actor", "answer")),
    "org_closing":        Kind("{{ org }} is deleted on {{ until }}",               B.RED,    "Being deleted",    L.ORG,      True,    ("name", "org", "actor", "until")),
    "org_kept":           Kind("{{ org }} is kept after all",                       B.GRASS,  "Kept",             L.ORG,      True,    ("name", "org", "actor")),
    "lead_arrived":       Kind("{{ lead }} asks about working with {{ org }}",      B.VIOLET, "New lead",         L.LEAD,     True,    ("name", "org", "lead", "company", "message", "lead_id")),
    "lead_assigned":      Kind("{{ actor }} gave you the lead {{ lead }}",          B.VIOLET, "To answer",        L.LEAD,     True,    ("name", "org", "actor", "lead", "company", "message", "lead_id")),
    "review_ended":       Kind("“{{ title }}” is back in draft",                    B.SLATE,  "Draft",            L.DOCUMENT, True,    ("name", "title")),
    "approval_request":   Kind("{{ author }} asks you to approve “{{ title }}”",    B.VIOLET, "In review",        L.DOCUMENT, True,    ("name", "author", "title")),
    "approval_reminder":  Kind("“{{ title }}” still waits for your approval",       B.VIOLET, "In review",        L.DOCUMENT, True,    ("name", "title", "days")),
    "approval_waits":     Kind("“{{ title }}” waits for {{ approver }}",            B.AMBER,  "Waiting",          L.DOCUMENT, True,    ("name", "title", "approver", "step", "days")),
    "approval_blocked":   Kind("Nobody is left to approve “{{ title }}”",           B.RED,    "Blocked",          L.DOCUMENT, True,    ("name", "title", "step", "missing")),
    "approval_overridden":Kind("{{ actor }} overrode the approval of “{{ title }}”", B.AMBER, "Overridden",       L.DOCUMENT, True,    ("name", "actor", "title", "reason")),
    "approval_decided":   Kind("{{ approver }} approved “{{ title }}”",             B.GRASS,  "Approved",         L.DOCUMENT, True,    ("name", "approver", "title", "comment")),
    "changes_requested":  Kind("{{ approver }} asks for changes to “{{ title }}”",  B.AMBER,  "Changes requested", L.DOCUMENT, True,   ("name", "approver", "title", "comment")),
    "mentioned":          Kind("{{ author }} mentioned you on “{{ title }}”",       B.VIOLET, "Mention",          L.COMMENT,  True,    ("name", "author", "title", "comment", "comment_id")),
    "commented":          Kind("{{ author }} commented on “{{ title }}”",           B.SLATE,  "Comment",          L.COMMENT,  True,    ("name", "author", "title", "comment", "comment_id")),
    "client_commented":   Kind("{{ author }} commented on “{{ title }}”",           B.AMBER,  "To answer",        L.COMMENT,  True,    ("name", "author", "title", "comment", "comment_id")),
    "comment_answered":   Kind("{{ org }} answered your comment on “{{ title }}”",  B.BLUE,   "Answered",         L.SIGNING,  False,   ("name", "author", "title", "org", "comment", "signer_id", "version_id")),
    "sign_request":       Kind("{{ org }} sent you “{{ title }}” to sign",          B.BLUE,   "To sign",          L.SIGNING,  False,   ("name", "title", "org", "message", "signer_id", "version_id")),
    "sign_reminder":      Kind("“{{ title }}” waits for your signature",            B.BLUE,   "To sign",          L.SIGNING,  False,   ("name", "title", "org", "until", "signer_id", "version_id")),
    "signing_code":       Kind("Your code to sign “{{ title }}”",                   B.NONE,   "",                 L.NONE,     False,   ("name", "title", "org", "code_id")),
    "document_signed":    Kind("{{ signer }} signed “{{ title }}”",                 B.GRASS,  "Signed",           L.DOCUMENT, True,    ("name", "signer", "title", "is_complete")),
    "completed":          Kind("“{{ title }}” is signed by everybody",              B.GRASS,  "Signed",           L.SIGNING,  True,    ("name", "title", "org")),
    "declined":           Kind("{{ signer }} declined “{{ title }}”",               B.RED,    "Declined",         L.DOCUMENT, True,    ("name", "signer", "title", "reason")),
    "voided":             Kind("{{ org }} withdrew “{{ title }}”",                  B.SLATE,  "Voided",           L.NONE,     False,   ("name", "title", "org", "reason")),
    "invoice":            Kind("Invoice {{ number }} from {{ org }}: {{ total }}",  B.BLUE,   "To pay",           L.INVOICE,  False,   ("name", "org", "number", "label", "total", "due", "invoice_id")),
    "invoice_reminder":   Kind("Invoice {{ number }} from {{ org }} was due on {{ due }}", B.AMBER, "Overdue",   L.INVOICE,  False,   ("name", "org", "number", "label", "open", "total", "due", "invoice_id")),
    "invoice_overdue":    Kind("{{ client }} has not paid invoice {{ number }}",    B.AMBER,  "Overdue",          L.BILL,     True,    ("name", "client", "number", "label", "open", "due", "reminds", "invoice_id")),
    "invoice_voided":     Kind("Invoice {{ number }} from {{ org }} is void",       B.SLATE,  "Void",             L.NONE,     False,   ("name", "org", "number", "label", "total", "reason")),
    "payment_received":   Kind("{{ org }} received your payment of {{ amount }}",   B.JADE,   "Paid",             L.INVOICE,  False,   ("name", "org", "number", "label", "amount", "left", "invoice_id")),
    "payment_reported":   Kind("{{ client }} sent a transfer of {{ amount }}",      B.AMBER,  "To check",         L.BILL,     True,    ("name", "client", "number", "label", "amount", "note", "invoice_id")),
    "payment_arrived":    Kind("{{ client }} paid {{ amount }}",                    B.JADE,   "Paid",             L.BILL,     True,    ("name", "client", "number", "label", "amount", "invoice_id")),
    "payment_reversed":   Kind("{{ amount }} went back to {{ client }}",            B.RED,    "Reversed",         L.BILL,     True,    ("name", "client", "number", "label", "amount", "invoice_id")),
    "org_suspended":      Kind("{{ org }} is suspended",                            B.RED,    "Suspended",        L.NONE,     False,   ("name", "org", "reason")),
    "org_lifted":         Kind("{{ org }} is open again",                           B.GRASS,  "Open",             L.HOME,     False,   ("name", "org")),
    "trial_ending":       Kind("The trial of {{ org }} ends on {{ until }}",        B.AMBER,  "Trial ends",       L.PLAN,     True,    ("name", "org", "until", "tier")),
    "plan_changed":       Kind("{{ org }} is on the {{ tier }} plan",               B.GRASS,  "Active",           L.PLAN,     True,    ("name", "org", "tier")),
    "plan_payment_failed": Kind("The payment for {{ org }}'s plan failed",          B.RED,    "Past due",         L.PLAN,     True,    ("name", "org", "until")),
    "plan_read_only":     Kind("{{ org }} only reads: {{ why }}",                   B.RED,    "Read only",        L.PLAN,     True,    ("name", "org", "why")),
    "plan_ended":         Kind("The plan of {{ org }} has ended",                   B.SLATE,  "Ended",            L.PLAN,     True,    ("name", "org", "tier")),
    "payment_misfit":     Kind("A payment from {{ client }} does not fit",          B.RED,    "To check",         L.BILL,     True,    ("name", "client", "number", "label", "amount", "arrived", "ref", "invoice_id")),
    "mail_returned":      Kind("A mail to {{ address }} did not arrive",            B.RED,    "Came back",        L.DOCUMENT, True,    ("name", "org", "title", "address", "reason")),
    "member_mail_returned": Kind("Mails to {{ address }} do not arrive",           B.RED,    "Came back",        L.MEMBERS,  True,    ("name", "org", "title", "address", "reason")),
    "endpoint_failing":   Kind("{{ endpoint }} did not take a message",             B.RED,    "Failed",           L.ENDPOINT, True,    ("name", "org", "endpoint", "event", "endpoint_id")),
    "endpoint_paused":    Kind("{{ endpoint }} is paused",                          B.AMBER,  "Paused",           L.ENDPOINT, True,    ("name", "org", "endpoint", "why", "endpoint_id")),
}
# fmt: on


def missing_facts(kind: str, facts: Iterable[str]) -> list[str]:
    """What `kind` must be told and is not. A kind that does not exist is a bug: LookupError."""
    if kind not in KINDS:
        raise LookupError(f"there is no message of kind {kind!r}")
    return sorted(set(KINDS[kind].facts) - set(facts))
