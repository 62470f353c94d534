"""A stranger has sent the form: one lead, however often it is sent, and somebody who hears of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contractflow.broker import changes
from contractflow.content import nodes
from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid
from contractflow.models import Lead, Membership, Org
from contractflow.money import parse_money
from contractflow.permissions import Permission as P
from contractflow.services.clients import address
from contractflow.services.leads import telling
from contractflow.services.leads.form import chosen
from contractflow.services.moving import locked

MESSAGE_LIMIT, ANSWER_LIMIT, NAME_LIMIT, PHONE_LIMIT = 2000, 500, 120, 60
UTM = ("utm_source", "utm_medium", "utm_campaign")
UTM_LIMIT = 100
SAME_WITHIN = timedelta(days=1)
"""The same words from the same address within this time are the same lead."""


@dataclass(frozen=True)
class Enquiry:
    """The form as it was filled in: `answers` by question, `utm` by the words of UTM."""

    name: str
    email: str
    message: str
    company: str = ""
    phone: str = ""
    budget: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    utm: Mapping[str, str] = field(default_factory=dict)


def submit(work: UnitOfWork, enquiry: Enquiry) -> UUID:
    """Keep the lead and tell whoever it goes to; sent twice it is one lead. Raises Invalid by field."""
    work.require(P.LEAD_WRITE)
    # Two clicks at once wait for each other here.
    org = locked(work, Org, work.system("lead form").org_id, "form")
    columns, print_ = _read(enquiry, org), _fingerprint(enquiry)
    if earlier := _sent_before(work, print_):
        return earlier
    lead = Lead(
        **columns,
        org_id=org.id,
        submission_key=f"{print_}:{work.now.date()}",
        assigned_to=_assignee(work, org),
        created_at=work.now,
    )
    work.db.add(lead)
    work.db.flush()
    work.record("lead:arrive", "lead", lead.id)
    telling.arrived(work, lead, org)
    work.after_commit(lambda: changes.announce(f"org:{org.id}"))
    return lead.id


def _read(enquiry: Enquiry, org: Org) -> dict[str, Any]:
    """The columns of the lead. Raises Invalid."""
    message = _text(enquiry.message, "message", MESSAGE_LIMIT)
    if not message:
        raise Invalid("Say in a sentence or two what you need.", "message")
    typed, currency = enquiry.budget.strip(), org.default_currency
    budget = parse_money(typed, currency, field="budget") if typed else None
    answers = {
        question: said
        for number, (question, answer) in enumerate(enquiry.answers.items())
        if (said := _text(answer, f"answer_{number}", ANSWER_LIMIT))
    }
    return {
        "name": one_line(enquiry.name, "name", "your name", NAME_LIMIT),
        "email": address(enquiry.email, "email"),
        "company": _line(enquiry.company, "company", NAME_LIMIT),
        "phone": _line(enquiry.phone, "phone", PHONE_LIMIT),
        "message": message,
        "answers": answers,
        "utm": {name: said[:UTM_LIMIT] for name in UTM if (said := enquiry.utm.get(name, "").strip())},
        "budget_minor": budget,
        "currency": currency if budget is not None else None,
    }


def _fingerprint(enquiry: Enquiry) -> str:
    """64 characters, the same for the same words from the same address."""
    said = asdict(enquiry) | {"email": enquiry.email.lower(), "answers": dict(enquiry.answers), "utm": {}}
    words = json.dumps({name: " ".join(str(value).split()) for name, value in said.items()}, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()


def _sent_before(work: UnitOfWork, fingerprint: str) -> UUID | None:
    since = work.now - SAME_WITHIN
    keys = [f"{fingerprint}:{day.date()}" for day in (since, work.now)]
    query = select(Lead.id).where(col(Lead.submission_key).in_(keys), col(Lead.created_at) > since)
    return work.db.exec(query.limit(1)).first()


def _assignee(work: UnitOfWork, org: Org) -> UUID | None:
    """Whom the settings name, while they are still there."""
    named = chosen(org).get("assignee")
    member = work.db.get(Membership, UUID(named)) if named else None
    return member.id if member and member.status == "active" else None


def _line(typed: str, name: str, limit: int) -> str | None:
    return one_line(typed, name, "", limit) if nodes.visible(typed).strip() else None


def _text(typed: str, name: str, limit: int) -> str:
    words = nodes.visible(typed).strip()
    if len(words) > limit:
        raise Invalid(f"This is too long: at most {limit:,} characters.", name)
    return words
