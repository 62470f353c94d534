"""What the organisation is called, where it is, what it counts in, and what it asks before something goes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from zoneinfo import available_timezones

from contractflow.content import nodes
from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Org
from contractflow.money import CURRENCIES
from contractflow.permissions import Permission as P
from contractflow.permissions import why_not
from contractflow.services import limits
from contractflow.services.display import When, when
from contractflow.services.moving import locked
from contractflow.services.orgs.branding import logo_address, why_no_branding
from contractflow.services.orgs.closing import erased_on

NAME_LIMIT, TAX_LIMIT, ADDRESS_LIMIT = 120, 80, 500


@dataclass(frozen=True)
class OrganisationPage:
    """The `why_not` sentences are empty for who may. `erased_on` is set while it is being deleted."""

    id: str = ""
    name: str = ""
    legal_name: str = ""
    tax_id: str = ""
    address: str = ""
    currency: str = ""
    timezone: str = ""
    approval_required: bool = True
    since: When = field(default_factory=When)
    logo: str = ""
    """Where a browser gets it; empty without one."""
    why_not_update: str = ""
    why_not_brand: str = ""
    is_brand_for_larger_plans: bool = False
    may_remove_logo: bool = False
    why_not_policy: str = ""
    why_not_transfer: str = ""
    why_not_delete: str = ""
    why_not_export: str = ""
    is_closing: bool = False
    erased_on: str = ""
    is_on_hold: bool = False


def organisation(work: UnitOfWork) -> OrganisationPage:
    work.require(P.ORG_READ)
    org = work.db.get_one(Org, work.member.org_id)
    return OrganisationPage(
        id=str(org.id),
        name=org.name,
        legal_name=org.legal_name or "",
        tax_id=org.tax_id or "",
        address=org.billing_address.get("lines", ""),
        currency=org.default_currency,
        timezone=org.timezone,
        approval_required=bool(org.settings.get("approval_required", True)),
        since=when(org.created_at, work.now, org.timezone),
        logo=logo_address(org),
        why_not_update=why_not(work.actor, P.ORG_UPDATE),
        why_not_brand=why_no_branding(work),
        is_brand_for_larger_plans=bool(limits.why_no_branding(work))
        and not why_not(work.actor, P.BRAND_MANAGE),
        may_remove_logo=bool(logo_address(org)) and not why_not(work.actor, P.BRAND_MANAGE),
        why_not_policy=why_not(work.actor, P.APPROVAL_POLICY_MANAGE),
        why_not_transfer=why_not(work.actor, P.ORG_TRANSFER),
        why_not_delete=why_not(work.actor, P.ORG_DELETE),
        why_not_export=why_not(work.actor, P.ORG_EXPORT_DATA),
        is_closing=org.deletion_requested_at is not None,
        erased_on=erased_on(org),
        is_on_hold=org.legal_hold,
    )


def save_organisation(
    work: UnitOfWork, *, name: str, legal_name: str, tax_id: str, address: str, currency: str, timezone: str
) -> None:
    """Change what it is called and where it is; contracts and invoices that are out keep what they say. Raises Invalid."""
    work.require(P.ORG_UPDATE)
    wanted = {
        "name": one_line(name, "name", "the organisation's name", NAME_LIMIT),
        "legal_name": _optional(legal_name, "legal_name", NAME_LIMIT),
        "tax_id": _optional(tax_id, "tax_id", TAX_LIMIT),
        "default_currency": currency,
        "timezone": timezone,
    }
    lines = _lines(address)
    if currency not in CURRENCIES:
        raise Invalid("Choose one of the currencies in the list.", "currency")
    if timezone not in available_timezones():
        raise Invalid("Choose one of the time zones in the list.", "timezone")
    org = locked(work, Org, work.member.org_id, "organisation")
    changes = {key: (getattr(org, key), value) for key, value in wanted.items()}
    changes["address"] = (org.billing_address.get("lines", ""), lines)
    if all(before == after for before, after in changes.values()):
        return
    for key, value in wanted.items():
        setattr(org, key, value)
    org.billing_address = {**org.billing_address, "lines": lines}
    work.record("org:update", "org", org.id, changes=changes)


def save_policy(work: UnitOfWork, *, approval_required: bool) -> None:
    """Whether a document has to be approved by an admin or the owner before it goes out."""
    work.require(P.APPROVAL_POLICY_MANAGE)
    org = locked(work, Org, work.member.org_id, "organisation")
    before = bool(org.settings.get("approval_required", True))
    if before is approval_required:
        return
    org.settings = {**org.settings, "approval_required": approval_required}
    changes: dict[str, Any] = {"approval_required": (before, approval_required)}
    work.record("org:change_policy", "org", org.id, changes=changes)


def _optional(typed: str, field_name: str, limit: int) -> str | None:
    return one_line(typed, field_name, "", limit) if nodes.visible(typed).strip() else None


def _lines(typed: str) -> str:
    lines = [" ".join(nodes.visible(line).split()) for line in typed.splitlines()]
    text = "\n".join(line for line in lines if line)
    if len(text) > ADDRESS_LIMIT:
        raise Invalid(f"This is too long: at most {ADDRESS_LIMIT} characters.", "address")
    return text
