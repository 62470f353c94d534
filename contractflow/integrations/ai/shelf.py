"""What an agency gets to start with: eight templates and the clauses they are made of, from the library's own files.

A starting point, not legal advice. What the library takes from a brief stands here as variables, `{{client.name}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import Template
from typing import NamedTuple

from contractflow.content.typed_variables import TypedVariable
from contractflow.content.variables import find
from contractflow.integrations.ai.library import sections

NOT_ON_THE_SHELF = {"details", "particular"}
"""Clauses that consist of what a brief says."""

CATEGORIES = {
    "basics": "Parties and purpose",
    "work": "Work and delivery",
    "money": "Money",
    "media": "Media and creators",
    "rights": "Rights",
    "protection": "Confidentiality and liability",
    "ending": "Term and closing",
}

# fmt: off
CLAUSES: dict[str, tuple[str, ...]] = {
    "basics":     ("parties", "purpose", "change_parties", "creator_parties", "nda_purpose"),
    "work":       ("scope", "retained", "deliverables", "timeline", "cooperation", "approvals", "revisions", "content_supply",
                   "subcontractors", "changes", "change_work", "hosting", "maintenance", "browsers", "accessibility", "reporting"),
    "money":      ("fees", "creator_fee", "expenses", "late_payment", "rush", "kill_fee", "price_review"),
    "media":      ("media_budget", "ad_accounts", "brand_safety", "posts", "disclosure", "exclusivity", "conduct", "usage"),
    "rights":     ("ip", "portfolio", "third_party", "open_source", "ai_use", "source_files"),
    "protection": ("confidentiality", "nda_information", "nda_duties", "nda_return", "data", "liability", "indemnity",
                   "insurance", "events", "non_solicitation"),
    "ending":     ("term", "monthly_term", "nda_term", "handover", "change_rest", "law", "disputes", "notices", "general",
                   "acceptance", "signatures"),
}
"""The clauses of each category, in the order of a contract."""

class Starter(NamedTuple):
    """One template: the kind of document that is made from it, its name, and its clauses."""

    kind: str
    name: str
    about: str
    clauses: tuple[str, ...]


STARTERS: dict[str, Starter] = {
    "msa": Starter("msa", "Master services agreement", "The frame for everything you do for a client; each order follows as a statement of work.", (
        "parties", "scope", "deliverables", "cooperation", "approvals", "revisions", "fees", "late_payment", "expenses",
        "subcontractors", "changes", "ip", "portfolio", "third_party", "ai_use", "confidentiality", "data", "liability",
        "indemnity", "insurance", "events", "term", "handover", "non_solicitation", "law", "disputes", "notices", "general", "signatures")),
    "sow": Starter("sow", "Statement of work", "One piece of work with its scope, dates and price.", (
        "parties", "scope", "deliverables", "timeline", "cooperation", "revisions", "fees", "changes", "ip", "liability",
        "term", "law", "signatures")),
    "retainer": Starter("retainer", "Monthly retainer", "Work every month for a monthly fee, until somebody ends it.", (
        "parties", "retained", "reporting", "cooperation", "fees", "price_review", "expenses", "ip", "confidentiality", "data",
        "liability", "monthly_term", "handover", "law", "general", "signatures")),
    "nda": Starter("nda", "Mutual non-disclosure agreement", "Before you show each other what is not public.", (
        "parties", "nda_purpose", "nda_information", "nda_duties", "nda_return", "nda_term", "law", "general", "signatures")),
    "change_order": Starter("change_order", "Change order", "Changes an agreement that is running, without starting again.", (
        "change_parties", "change_work", "timeline", "fees", "change_rest", "signatures")),
    "influencer": Starter("other", "Influencer agreement", "A creator publishes content for a client of yours.", (
        "creator_parties", "posts", "approvals", "disclosure", "conduct", "exclusivity", "usage", "creator_fee",
        "confidentiality", "events", "law", "general", "signatures")),
    "web_build": Starter("sow", "Website design and build", "From design to launch, with acceptance, hosting and what comes after.", (
        "parties", "scope", "deliverables", "timeline", "content_supply", "revisions", "browsers", "accessibility", "hosting",
        "maintenance", "fees", "late_payment", "changes", "ip", "open_source", "source_files", "portfolio", "confidentiality",
        "data", "liability", "term", "handover", "law", "general", "signatures")),
    "paid_media": Starter("retainer", "Paid media management", "Campaigns on search and social with a media budget of the client.", (
        "parties", "retained", "media_budget", "ad_accounts", "approvals", "brand_safety", "reporting", "fees", "late_payment",
        "confidentiality", "data", "liability", "events", "monthly_term", "handover", "law", "general", "signatures")),
}

_FACTS = {
    "agency": "{{agency.name}}",
    "client": "{{client.name}}",
    "title": "{{document.title}}",
    "scope": "{{scope}}",
    "term_sentence": "Agreed time: {{term}}.",
    "duration_sentence": "This agreement runs for the following time: {{term}}.",
    "law": "the law of {{governing_law}}",
    # The plan is part of what is signed, and the one place where the money stands: nothing can contradict it.
    "price_sentence": "The total price stands in the payment plan, which is part of this agreement.",
    "plan": "- in the parts and on the dates of the payment plan",
}

V = TypedVariable
VARIABLES: dict[str, TypedVariable] = {v.name: v for v in (
    V("scope", "long", help="One line for each thing you do."),
    V("term", default="six months", help="How long it runs, or when it is done."),
    V("governing_law", default="England and Wales", help="The country whose law applies."),
    V("revision_rounds", "number", default="2", least="0", most="20"),
    V("approval_days", "number", default="5", least="1", most="60", help="Working days."),
    V("late_fee", default="€40"),
    V("rush_surcharge", "number", default="50", least="0", most="300", help="Percent."),
    V("cancellation_percent", "number", default="50", least="0", most="100", help="Percent."),
    V("price_increase_percent", "number", default="5", least="0", most="50", help="Percent."),
    V("media_budget", help="An amount with its currency, such as €10,000."),
    V("insurance_cover", default="€1,000,000"),
    V("warranty_days", "number", default="90", least="0", most="730", help="Days."),
    V("content_date", "date"),
    V("online_days", "number", default="90", least="1", most="3650", help="Days."),
    V("exclusivity_days", "number", default="30", least="0", most="365", help="Days."),
    V("usage_months", "number", default="6", least="0", most="120", help="Months."),
    V("competing_products", help="Products or brands that compete."),
    V("creator_fee", help="An amount with its currency, such as €2,500."),
    V("brand"), V("product"),
)}
# fmt: on


class Written(NamedTuple):
    """A clause of the shelf; `fallback` is "" where there is nothing to give way in."""

    key: str
    category: str
    title: str
    preferred: str
    fallback: str


def clauses() -> Iterator[Written]:
    """All of them, by category and in the order of a contract."""
    for category, keys in CLAUSES.items():
        for key in keys:
            title, texts = sections(key)
            yield Written(key, category, title, _open(texts["plain"]), _open(texts.get("fallback", "")))


def paragraphs(key: str) -> Iterator[tuple[str, str]]:
    """The clauses of the starter `key`: the name of each, and its Markdown under its heading."""
    for name in STARTERS[key].clauses:
        title, texts = sections(name)
        yield name, f"## {title}\n\n{_open(texts['plain'])}"


def variables_in(*texts: str) -> tuple[TypedVariable, ...]:
    """What we know about the variables of `texts`, in order of appearance."""
    return tuple(VARIABLES[name] for name in find("\n".join(texts)) if name in VARIABLES)


def _open(text: str) -> str:
    return Template(text).substitute(_FACTS) if text else ""
