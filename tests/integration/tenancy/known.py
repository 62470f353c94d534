"""What the suite cannot work out by itself: calls made by hand, and verbs whose protection lies elsewhere, and where."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlmodel import select

from contractflow.models import Document
from contractflow.services.tiers import TIERS
from contractflow.workflows.document import STATUS

EVENT: Final = json.dumps(
    {
        "event_id": "evt_1", "event_type": "transaction.paid", "occurred_at": "2026-01-01T00:00:00+00:00",
        "data": {"id": "txn_1"},
    }
).encode()  # fmt: skip

BY_HAND: dict[str, dict[str, Any]] = {
    "analytics_files.table": {"figures": "funnel"},
    "comments.settling.see": {"comment_id": "asked_id"},
    "feed.mark_read": {"notification_id": "line_id"},
    "mail_choices.choose": {"kind": "document_signed"},
    "mail_choices.unsubscribe": {"kind": "document_signed"},
    "mail_choices.words_of": {"kind": "document_signed"},
    "members.roles.change_role": {"membership_id": "heir_id", "role": "viewer"},
    "moving.locked": {"model": Document, "row_id": "document_id", "noun": "document"},
    "moving.move": {"row": Document, "workflow": STATUS, "verb": "void", "subject": None, "by": None},
    "moving.possible": {"row": Document, "workflow": STATUS},
    "home.acting.act": {"kind": "approve", "entity_id": "document_id", "seen": "approval_id"},
    "home.queue.queue": {"after": None},
    "search.finding.may_find": {"kind": "document"},
    "search.results.read": {"kind": "document", "ids": ()},
    "factors.rows.ask": {"sql": "SELECT 1"},
    "limits.require_room": {"name": "seats"},
    "limits.use_of": {"name": "seats"},
    "limits.limit_in": {"name": "seats", "tier": TIERS[1]},
    "plans.buying.order": {"tier": "growth", "interval": "month"},
    "plans.changing.may_change": {"tier": "growth", "interval": "month"},
    "plans.changing.what_is_over": {"tier": "starter"},
    "plans.costs.shown_cost": {"tier": "growth", "interval": "month", "cost": None},
    "plans.telling.tell_owner": {"kind": "plan_changed", "once": "x", "tier": "Growth"},
    "notifications.queue": {"kind": "welcome", "user_id": "user_id", "name": "Nina"},
    "identity.telling.tell": {"kind": "already_known"},
    "templates.editing.add": {"kind": "document", "category": "sow"},
    "templates.reading.list_page": {"kind": "document"},
    "templates.reading.one": {"kind": "document"},
    "templates.rows.in_use": {"kind": "document"},
    "templates.rows.keep": {"text": ()},
    "templates.searching.chosen": {"position": "preferred"},
    "documents.reading.with_names": {"chosen": select(Document.id), "limit": 20},
    "documents.history.compare": {"old": "", "new": ""},
    "documents.inserting.insert_clause": {"position": "preferred"},
    "webhooks.receive": {"raw": EVENT},
    "bounces.returned": {"kind": "bounced"},
}
"""By verb, the parameters whose names and types do not say what they take; a string that names an id stands for it."""

_PROVEN = "asked about a person who has just proved to be that person"
_COOKIE = "asked about the session whose cookie came along"
_LINK = "the mailed link is the permission"
LEFT_TO_OTHERS: dict[str, str] = {
    "accounts.home_of": _PROVEN,
    "accounts.membership": _PROVEN,
    "accounts.memberships": _PROVEN,
    "accounts.session_opened": _PROVEN,
    "accounts.session_ended": _PROVEN,
    "accounts.sign_up": "makes a new organisation, whose id is new; the form has none",
    "factors.devices.is_trusted": _PROVEN,
    "factors.rows.standing": _PROVEN,
    "factors.rows.factors_of": _PROVEN,
    "factors.rows.passkeys_of": _PROVEN,
    "identity.person_links.issue": _PROVEN,
    "identity.person_links.revoke": _PROVEN,
    "identity.signing_in.password_of": _PROVEN,
    "identity.signing_in.signed_in": _PROVEN,
    "identity.person_links.look_up": _LINK,
    "identity.person_links.usable": _LINK,
    "identity.profile.words_about": _PROVEN,
    "identity.resetting.send_link": _PROVEN,
    "identity.resetting.tell_changed": _PROVEN,
    "identity.signing_in.change_password": _PROVEN,
    "identity.signing_in.forget_password": _PROVEN,
    "identity.signing_in.proved": _PROVEN,
    "leads.form.find": "the form of an organisation is for everybody who has its address",
    "members.telling.org_name": "the name of one's own organisation; takes no id",
    "bounces.mailed": "asked with a Message-ID, of whoever has the mail vendor's signature",
    "outgoing.delivering.forget": "sweeps all organisations; only a worker may",
    "platform.appointing.lacks_factor": _PROVEN,
    "sessions.copied": _COOKIE,
    "sessions.end_everywhere": _PROVEN,
    "sessions.place": _COOKIE,
    "sessions.seen": _COOKIE,
    "sealing.sealing.due": "sweeps all organisations; only a worker may",
}
"""Verbs that answer for somebody else's ids on purpose: before anybody is signed in, or for a sweep. No event and no
route takes such an id from outside: the attacks on those show it."""

CLIENTS_SEE: dict[str, str] = {
    "orgs.branding.logo": "every client of an organisation sees its logo",
    "GET /api/logos/{logo_id:uuid}": "every client of an organisation sees its logo",
}
"""What belongs to no document: the other client of the same organisation gets it too. Rita and nobody do not."""

ONES_OWN: frozenset[str] = frozenset(
    {
        "factors.devices.trust",
        "factors.notices.tell",
        "factors.proving.confirmed",
        "factors.totp.offer_totp",
        "factors.warning.warn_of_wrong_codes",
        "identity.changing_email.ask",
        "identity.changing_email.finish",
        "identity.profile.change_password",
        "identity.profile.rename",
        "members.leaving.leave",
        "sessions.end_here",
    }
)
"""What everybody may do to their own account and place, also Victor; nobody else's is reached by it."""

WORKERS_OWN: dict[str, str] = {
    "drafts.writing.wake": "the scheduler lets go of a silent worker's claim",
    "identity.telling.tell": "a mail, queued by the verb it tells of",
    "members.ownership.lapse_offers": "part of verbs about the members, which have asked",
    "outgoing.telling.dead": "a mail, queued by the verb it tells of",
    "outgoing.telling.paused": "a mail, queued by the verb it tells of",
    "notifications.claim": "the mail worker's bookkeeping",
    "notifications.queue": "a mail, queued by the verb it tells of",
    "notifications.refused": "the mail worker's bookkeeping",
    "notifications.send_anew": "part of saying that an address works again, which has asked",
    "notifications.sent": "the mail worker's bookkeeping",
    "notifications.write": "the mail worker's bookkeeping",
    "plans.telling.tell_owner": "a mail, queued by the verb it tells of",
    "plans.rows.look_soon": "part of verbs about the organisation, which have asked",
}
"""Verbs without a permission, that a worker calls in its own organisation: Victor is in it, but no event leads him there."""

NOBODY_ONESELF = frozenset({"members.roles.change_role"})
"""Verbs about a colleague, which refuse everybody who is meant themselves: the world's ids are the owner's own."""
