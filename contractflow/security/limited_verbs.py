"""How often each verb may be done: one row for everything public and everything that costs us or somebody else.

Verbs are HTTP routes ("POST /auth/login") and handlers of pages ("PortalState.send_code"). `web.limiting` charges a row
before its verb begins; tests/unit/test_limited_verbs.py fails on a public or expensive verb without one.
"""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from enum import Enum
from typing import Final

from contractflow.errors import Unavailable
from contractflow.security.rate_limits import (
    CODES_ELSEWHERE,
    CODES_FOR_ACCOUNT,
    CODES_IN_OWN_BROWSER,
    CONFIRM_BY_LINK,
    CONFIRM_BY_SESSION,
    DAY,
    FACTOR_BY_PERSON,
    FORGOT_BY_ACCOUNT,
    FORGOT_BY_ADDRESS,
    HOUR,
    JOIN_BY_ADDRESS,
    LEAD_BY_ADDRESS,
    LEAD_BY_ORG,
    LINK_BY_ADDRESS,
    MAIL_LINK_BY_PERSON,
    MINUTE,
    PORTAL_OPEN,
    SIGN_IN_BY_ADDRESS,
    SIGN_UP_BY_ADDRESS,
    VERIFY_BY_ADDRESS,
    Charge,
    Limit,
    hit,
)

log = logging.getLogger(__name__)


class Without(Enum):
    """What becomes of a verb while Redis does not answer."""

    REFUSE = "refused: better nobody than somebody without a limit"
    PASS = "let through, and the log says so"  # noqa: S105  no password


REFUSE, PASS = Without.REFUSE, Without.PASS
Rate = tuple[int, int]
"""So many times in so many seconds."""


@dataclass(frozen=True)
class Row:
    """The rates of one verb, by whom they count. All hold together, and a refused call is charged to none.

    `person` is a member or a client in their portal, `org` the organisation either acts in. `own` are the limits that
    the verb itself charges.
    """

    address: Rate | None = None
    browser: Rate | None = None
    person: Rate | None = None
    org: Rate | None = None
    own: tuple[Limit, ...] = ()
    without: Without = REFUSE

    @property
    def needs_person(self) -> bool:
        return bool(self.person or self.org)


@dataclass(frozen=True)
class Whom:
    """Who does a verb, as far as it is known; what is empty counts together."""

    address: str = ""
    browser: str = ""
    person: str = ""
    org: str = ""


UNKNOWN: Final = Row(address=(60, MINUTE))
"""For a public verb somebody forgot to give a row."""

LOOK: Final = Row(browser=(300, 5 * MINUTE), address=(3000, 5 * MINUTE), without=PASS)
"""A public page asks what it has to show."""

STEP: Final = Row(person=(120, 10 * MINUTE), org=(1200, 10 * MINUTE))
"""A step of somebody known that makes work or mail."""

TRIFLE: Final = Row(person=(300, MINUTE), without=PASS)
"""Opens a dialog, or takes something back."""

CODES: Final = (CODES_IN_OWN_BROWSER, CODES_ELSEWHERE, CODES_FOR_ACCOUNT)

# fmt: off
VERBS: Final[dict[str, Row]] = {
    # The way in
    "POST /auth/signup":              Row(own=(SIGN_UP_BY_ADDRESS,)),
    "POST /auth/login":               Row(own=(SIGN_IN_BY_ADDRESS,)),  # and wrong ones: security.guessing
    "POST /auth/join":                Row(own=(JOIN_BY_ADDRESS,)),  # and wrong passwords, as at sign-in
    "POST /auth/forgot":              Row(own=(FORGOT_BY_ADDRESS, FORGOT_BY_ACCOUNT)),
    "POST /auth/reset":               Row(own=(LINK_BY_ADDRESS,)),
    "POST /auth/not-me":              Row(own=(LINK_BY_ADDRESS,)),
    "POST /auth/verify-email":        Row(own=(LINK_BY_ADDRESS, CONFIRM_BY_LINK)),
    "POST /auth/password":            Row(own=(CONFIRM_BY_SESSION,)),
    "POST /auth/email":               Row(own=(CONFIRM_BY_SESSION, MAIL_LINK_BY_PERSON)),
    "FrameState.send_confirmation":   Row(person=(5, HOUR), org=(50, HOUR)),
    "ResetState.load":                LOOK,
    "ConfirmState.load":              LOOK,
    "NotMeState.load":                LOOK,
    "POST /auth/logout":              Row(browser=(60, MINUTE), address=(600, MINUTE), without=PASS),
    "POST /auth/refresh":             Row(browser=(60, MINUTE), address=(1200, MINUTE)),
    "POST /auth/code":                Row(browser=(30, 5 * MINUTE), address=(150, 5 * MINUTE), own=CODES),
    "POST /auth/passkey/sign-in/options":
                                      Row(browser=(30, 5 * MINUTE), address=(300, 5 * MINUTE)),
    "POST /auth/passkey/sign-in":     Row(browser=(30, 5 * MINUTE), address=(300, 5 * MINUTE)),
    "POST /auth/passkey/second-step/options":
                                      Row(browser=(30, 5 * MINUTE), address=(300, 5 * MINUTE)),
    "POST /auth/passkey/second-step": Row(browser=(30, 5 * MINUTE), address=(300, 5 * MINUTE)),
    # Proving once more that it is oneself, and one's own factors
    "POST /auth/confirm/ways":        Row(person=(60, MINUTE)),
    "POST /auth/confirm":             Row(person=(30, 10 * MINUTE), own=CODES),
    "POST /auth/app/offer":           Row(person=(30, 10 * MINUTE)),
    "POST /auth/app/enable":          Row(person=(30, 10 * MINUTE), own=(FACTOR_BY_PERSON,)),
    "POST /auth/codes/renew":         Row(person=(10, HOUR)),
    "POST /auth/passkey/create/options":
                                      Row(person=(30, 10 * MINUTE)),
    "POST /auth/passkey/create":      Row(person=(30, 10 * MINUTE)),
    "POST /auth/passkey/confirm/options":
                                      Row(person=(30, 10 * MINUTE)),
    "POST /auth/passkey/confirm":     Row(person=(30, 10 * MINUTE)),
    "SecondStepState.load":           LOOK,
    "SecurityPolicyState.require":    Row(person=(20, HOUR)),
    "EntryState.load":                LOOK,
    "InvitationState.load":           LOOK,
    "RefusedState.load":              LOOK,
    "SuspendedState.look":            LOOK,
    "PlatformDoorState.look":         LOOK,
    # What a page of Reflex calls by itself: a hydration reads and sends the whole state of a tab
    "State.hydrate_and_load":         Row(browser=(300, MINUTE), address=(3000, MINUTE)),
    "State.set_is_hydrated":          Row(without=PASS),  # these three are only held by the frames of their socket
    "OnLoadInternalState.set_is_hydrated":
                                      Row(without=PASS),
    "OnLoadInternalState.on_load_internal":
                                      Row(without=PASS),
    "FrontendEventExceptionState.handle_frontend_exception":
                                      Row(browser=(20, MINUTE), address=(200, MINUTE)),
    # Verifying
    "VerifyState.load":               Row(own=(VERIFY_BY_ADDRESS,)),
    "VerifyState.find":               LOOK,
    "POST /api/verify/{code}":        Row(own=(VERIFY_BY_ADDRESS,)),
    # The lead form, on our pages and within the agency's own
    "GET /lead/{slug}":               Row(address=(600, 10 * MINUTE), without=PASS),
    "GET /lead/{slug}/embed.js":      Row(address=(600, 10 * MINUTE), without=PASS),
    "POST /lead/{slug}":              Row(own=(LEAD_BY_ADDRESS, LEAD_BY_ORG)),
    # The link in a mail; mail programs press it, many of them from one address
    "GET /unsubscribe/{link}":        Row(address=(600, 10 * MINUTE), without=PASS),
    "POST /unsubscribe/{link}":       Row(address=(600, 10 * MINUTE)),
    # Files and other servers
    "GET /api/documents/{document_id:uuid}/pdf":
                                      Row(browser=(60, 10 * MINUTE), address=(600, 10 * MINUTE)),
    "GET /api/logos/{logo_id:uuid}": Row(browser=(300, MINUTE), address=(3000, MINUTE), without=PASS),
    "POST /api/organisation/logo":    Row(person=(20, HOUR), org=(60, HOUR)),  # each takes a process of its own
    "GET /api/analytics.csv":         Row(person=(120, HOUR), org=(1200, HOUR)),
    "GET /api/audit/log.csv":         Row(person=(10, HOUR), org=(30, HOUR)),
    "ProfileState.delete":            Row(person=(10, HOUR)),
    "GET /api/organisation/everything.zip":
                                      Row(person=(5, HOUR), org=(10, DAY)),
    "GET /api/audit/evidence.zip":    Row(person=(10, HOUR), org=(30, HOUR)),
    "POST /api/webhooks/paddle":      Row(address=(1200, MINUTE), without=PASS),  # they try again; a payment must arrive
    "POST /api/webhooks/mail":        Row(address=(1200, MINUTE), without=PASS),  # signed, and it tries again
    "POST /api/reports":              Row(browser=(30, MINUTE), address=(120, MINUTE)),
    "GET /api/health/live":           Row(without=PASS),  # the orchestrator asks; the proxy keeps the world away
    "GET /api/health/ready":          Row(without=PASS),
    # The client's portal
    "GET /portal/open/{token}":       Row(own=(PORTAL_OPEN,)),
    "GET /portal/pay/{token}":        Row(own=(PORTAL_OPEN,)),
    "GET /portal/invoices/{invoice_id:uuid}/checkout/{payment_id:uuid}":
                                      Row(person=(20, 10 * MINUTE), address=(200, 10 * MINUTE)),
    "PortalState.load":               Row(person=(300, 5 * MINUTE)),
    "PortalState.agree":              STEP,
    "PortalState.send_code":          Row(person=(5, 15 * MINUTE), address=(60, 15 * MINUTE), org=(500, HOUR)),
    "PortalState.check_code":         Row(person=(10, 15 * MINUTE), address=(100, 15 * MINUTE)),
    "PortalState.sign":               STEP,
    "PortalState.show_decline":       TRIFLE,
    "PortalState.decline":            STEP,
    "PortalInvoiceState.load":        Row(person=(300, 5 * MINUTE)),
    "PortalInvoiceState.show_report": TRIFLE,
    "PortalInvoiceState.report":      Row(person=(10, 10 * MINUTE), org=(300, HOUR)),
    "PortalInvoiceState.pay_now":     Row(person=(20, 10 * MINUTE), org=(300, HOUR)),
    "PortalCommentsState.load":       Row(person=(300, 5 * MINUTE)),
    "PortalCommentsState.open":       TRIFLE,
    "PortalCommentsState.reply":      TRIFLE,
    "PortalCommentsState.comment":    Row(person=(20, 10 * MINUTE), org=(300, HOUR)),
    "PortalCommentsState.answer":     Row(person=(20, 10 * MINUTE), org=(300, HOUR)),
    "LiveState.follow_as_client":     Row(person=(300, 5 * MINUTE)),
    # What costs an AI's time, or somebody else a mail
    "DocumentState.generate":         Row(person=(20, 10 * MINUTE), org=(200, 10 * MINUTE)),
    "WritingState.ask":               TRIFLE,
    "WritingState.rewrite":           Row(person=(60, 10 * MINUTE), org=(400, 10 * MINUTE)),
    "WritingState.rewrite_as_said":   TRIFLE,  # calls rewrite
    "WritingState.discard":           TRIFLE,
    "DocumentState.stop":             TRIFLE,
    "CommentsState.start":            Row(person=(60, 10 * MINUTE), org=(600, 10 * MINUTE)),
    "CommentsState.reply":            Row(person=(60, 10 * MINUTE), org=(600, 10 * MINUTE)),
    "CommentsState.edit":             Row(person=(60, 10 * MINUTE), org=(600, 10 * MINUTE)),
    "CommentsState.find":             TRIFLE,
    "ReviewState.send":               Row(person=(60, HOUR), org=(500, HOUR)),
    "ReviewState.remind":             Row(person=(30, HOUR), org=(300, HOUR)),
    "ReviewState.extend":             Row(person=(60, HOUR), org=(500, HOUR)),
    "HomeState.act":                  Row(person=(120, HOUR), org=(1_000, HOUR)),
    "InvoiceState.issue_now":         Row(person=(120, HOUR), org=(1000, HOUR)),
    "InvoiceState.switch_reminders": TRIFLE,
    "InvoiceState.remind":           Row(person=(30, HOUR), org=(300, HOUR)),
    "ProjectState.reach":             Row(person=(120, HOUR), org=(1000, HOUR)),
    "AuditLogState.compare":          Row(person=(120, MINUTE)),
    "AuditLogState.verify":           Row(person=(30, HOUR), org=(60, HOUR)),
    "POST /auth/switch":              Row(person=(60, 10 * MINUTE), address=(600, 10 * MINUTE)),
    "POST /auth/organisations":       Row(person=(10, HOUR), address=(60, HOUR)),
    "OrganisationState.show_delete":  TRIFLE,
    "OrganisationState.delete":       Row(person=(10, HOUR)),
    "MembersState.ask":               TRIFLE,
    "MembersState.invite":            Row(person=(30, HOUR), org=(50, DAY)),
    "MembersState.invite_again":      Row(person=(30, HOUR), org=(50, DAY)),
    "MembersState.withdraw":          TRIFLE,
    "MembersState.offer":             Row(person=(10, HOUR)),
    "PaymentSettingsState.show_connect":
                                      TRIFLE,
    "PaymentSettingsState.connect":   Row(person=(20, HOUR), org=(60, HOUR)),
    "PlanState.choose":              Row(person=(30, HOUR), org=(60, HOUR)),
    "PlanState.preview":             Row(person=(60, HOUR), org=(120, HOUR)),
    "PlanState.close_preview":       TRIFLE,
    "PlanState.change":              Row(person=(20, HOUR), org=(40, HOUR)),
    "PlanState.cancel":              Row(person=(20, HOUR), org=(40, HOUR)),
    "PlanState.keep":                Row(person=(20, HOUR), org=(40, HOUR)),
    "BillsState.load":               Row(person=(120, HOUR), org=(600, HOUR)),
    "GET /api/plan/checkout/{order_id:uuid}":
                                      Row(person=(30, HOUR), org=(60, HOUR)),
    "GET /api/plan/portal":          Row(person=(30, HOUR), org=(60, HOUR)),
    "GET /api/plan/card":            Row(person=(30, HOUR), org=(60, HOUR)),
    "GET /api/plan/receipts/{bill_ref}":
                                      Row(person=(60, HOUR), org=(300, HOUR)),
    "PaymentSettingsState.disconnect":
                                      Row(person=(20, HOUR), org=(60, HOUR)),
}
# fmt: on


async def charge(verb: str, row: Row, whom: Whom) -> None:
    """Charge what the row asks for. Raises TooMany; Unavailable without Redis where that refuses."""
    charges = _charges(verb, row, whom)
    if not charges:
        return
    try:
        await hit(*charges)
    except Unavailable:
        if row.without is REFUSE:
            raise
        log.warning("Redis does not answer: %s goes on without a limit", verb)


def _charges(verb: str, row: Row, whom: Whom) -> list[Charge]:
    by = {
        "address": (row.address, network(whom.address)),
        "browser": (row.browser, whom.browser),
        "person": (row.person, whom.person),
        "org": (row.org, whom.org),
    }
    return [Limit(f"{verb}:{scope}", *rate).of(who) for scope, (rate, who) in by.items() if rate]


def network(address: str) -> str:
    """What one subscriber has: an IPv4 address, or the 64 bits of an IPv6 network with all the addresses in it."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    mapped = known.ipv4_mapped
    return str(mapped or ipaddress.ip_network((known, 64), strict=False))
