"""The form on which strangers ask for work: what it says, what it asks besides, and to whom its leads go."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.config import settings
from contractflow.content import nodes
from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import Invalid, NotFound
from contractflow.models import AppUser, Membership, Org
from contractflow.permissions import GRANTS, Role, why_not
from contractflow.permissions import Permission as P
from contractflow.services.moving import locked

HEADING = "Tell us about your project"
HEADING_LIMIT, INTRO_LIMIT, MOST_QUESTIONS, QUESTION_LIMIT, MOST_CHOICES = 120, 500, 5, 160, 100
WRITERS = [role.value_text for role in Role if role.value >= GRANTS[P.LEAD_WRITE].least.value]

_SLUG = re.compile(r"[a-z0-9-]{3,80}")
_LOOK_UP = text("SELECT org_id FROM gate_lead_form(:slug)")


@dataclass(frozen=True)
class LeadForm:
    """What a stranger sees; `questions` are asked besides what every form asks."""

    slug: str
    org: str
    heading: str
    intro: str
    currency: str
    questions: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One line of a select."""

    value: str
    label: str


@dataclass(frozen=True)
class LeadFormPage:
    """The form's settings; `embed` is the one tag that puts it on the agency's own site."""

    url: str = ""
    embed: str = ""
    heading: str = ""
    intro: str = ""
    questions: str = ""
    is_open: bool = True
    assignee: str = ""
    members: list[Choice] = field(default_factory=list)
    why_not: str = ""


def find(work: UnitOfWork, slug: str) -> UUID:
    """The organisation whose form is at /lead/`slug`; asked as a visitor. Raises NotFound."""
    org_id = work.db.scalar(_LOOK_UP, {"slug": slug}) if _SLUG.fullmatch(slug) else None
    if org_id is None:
        raise NotFound("form")
    return UUID(str(org_id))


def form(work: UnitOfWork) -> LeadForm:
    """The public form; asked as the system of the organisation that `find` answered. Raises NotFound when it is closed."""
    work.require(P.LEAD_READ)
    org = work.db.get(Org, work.actor.org_id)
    said = chosen(org) if org else {}
    if org is None or not said.get("is_open", True):
        raise NotFound("form")
    return LeadForm(
        slug=org.slug,
        org=org.name,
        heading=said.get("heading") or HEADING,
        intro=said.get("intro", ""),
        currency=org.default_currency,
        questions=tuple(said.get("questions", ())),
    )


def form_page(work: UnitOfWork) -> LeadFormPage:
    """The form's settings, for whoever may see leads."""
    work.require(P.LEAD_READ)
    org = work.db.get_one(Org, work.member.org_id)
    said, url = chosen(org), f"{settings().base_url}/lead/{org.slug}"
    return LeadFormPage(
        url=url,
        embed=f'<script async src="{url}/embed.js"></script>',
        heading=said.get("heading") or HEADING,
        intro=said.get("intro", ""),
        questions="\n".join(said.get("questions", ())),
        is_open=bool(said.get("is_open", True)),
        assignee=said.get("assignee", ""),
        members=choices(work),
        why_not=why_not(work.actor, P.LEAD_FORM_MANAGE),
    )


def save_form(
    work: UnitOfWork, *, heading: str, intro: str, questions: str, assignee: str, is_open: bool
) -> None:
    """Change what the form says and asks, whom its leads go to, and whether it is open. Raises Invalid."""
    work.require(P.LEAD_FORM_MANAGE)
    wanted: dict[str, Any] = {
        "heading": one_line(heading, "heading", "what the form says at its top", HEADING_LIMIT),
        "intro": _intro(intro),
        "questions": _questions(questions),
        "assignee": _assignee(work, assignee),
        "is_open": is_open,
    }
    org = locked(work, Org, work.member.org_id, "organisation")
    before = chosen(org)
    if before == wanted:
        return
    org.settings = {**org.settings, "lead_form": wanted}
    changes = {name: (str(before.get(name, "")), str(value)) for name, value in wanted.items()}
    work.record("lead_form:save", "org", org.id, changes=changes)


def chosen(org: Org) -> dict[str, Any]:
    """What the organisation has said about its form; nothing at first."""
    said = org.settings.get("lead_form")
    return said if isinstance(said, dict) else {}


def choices(work: UnitOfWork) -> list[Choice]:
    """Who a lead can be given to, by name."""
    work.require(P.LEAD_READ)
    query = (
        select(Membership.id, AppUser.name)
        .join(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(Membership.status) == "active", col(Membership.role).in_(WRITERS))
        .order_by(col(AppUser.name), col(Membership.id))
        .limit(MOST_CHOICES)
    )
    return [Choice(str(member_id), name) for member_id, name in work.db.exec(query)]


def _intro(typed: str) -> str:
    words = " ".join(nodes.visible(typed).split())
    if len(words) > INTRO_LIMIT:
        raise Invalid(f"This is too long: at most {INTRO_LIMIT} characters.", "intro")
    return words


def _questions(typed: str) -> list[str]:
    lines = [" ".join(line.split()) for line in nodes.visible(typed).splitlines()]
    asked = list(dict.fromkeys(line for line in lines if line))
    if len(asked) > MOST_QUESTIONS or any(len(line) > QUESTION_LIMIT for line in asked):
        raise Invalid(f"At most {MOST_QUESTIONS} questions of {QUESTION_LIMIT} characters each.", "questions")
    return asked


def _assignee(work: UnitOfWork, chosen_id: str) -> str:
    if chosen_id and chosen_id not in {one.value for one in choices(work)}:
        raise Invalid("Choose one of the members offered.", "assignee")
    return chosen_id
