"""Our clause library: Markdown files beside this module, in up to three tones and with a fallback, and their order.

A starting point, not legal advice. `compose` is the whole contract of the provider that always answers; `clause` is
one of them, which a person adds because it is missing. What an agency gets as templates of its own is on the `shelf`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

from contractflow.content.variables import label
from contractflow.integrations.ai.brief import Brief, lines, one_line

FOLDER = Path(__file__).parent / "clauses"
_SECTION = re.compile(r"^<!-- (\w+) -->$", re.MULTILINE)
_WORKING = ("deliverables", "timeline", "cooperation", "fees", "expenses", "subcontractors", "changes")
_PROTECTING = ("ip", "confidentiality", "data", "liability", "events")
_CLOSING = ("law", "notices", "general", "particular", "signatures")
_NDA = ("nda_purpose", "nda_information", "nda_duties", "nda_return", "data", "liability", "nda_term")

# fmt: off
ORDER: dict[str, tuple[str, ...]] = {
    "msa":          ("parties", "details", "scope", *_WORKING, *_PROTECTING, "term", *_CLOSING),
    "sow":          ("parties", "details", "scope", *_WORKING, *_PROTECTING, "term", *_CLOSING),
    "retainer":     ("parties", "details", "retained", *_WORKING, *_PROTECTING, "monthly_term", *_CLOSING),
    "proposal":     ("purpose", "details", "scope", *_WORKING, *_PROTECTING, "term", "law", "general", "particular", "acceptance"),
    "nda":          ("parties", "details", *_NDA, *_CLOSING),
    "change_order": ("change_parties", "details", "change_work", "timeline", "fees", "change_rest", "particular", "signatures"),
    "other":        ("parties", "details", "scope", *_WORKING, *_PROTECTING, "term", *_CLOSING),
}
"""Every clause that a kind of contract may have, where it belongs."""

LEFT_OUT = {
    "short":    {"cooperation", "expenses", "changes", "general", "subcontractors", "events", "notices"},
    "standard": {"subcontractors", "events", "notices"},
    "detailed": set[str](),
}


class Known(NamedTuple):
    """What we know of a clause: why a contract has it, how its heading may read, and what in a brief asks for it."""

    why: str
    headings: str
    asked_by: str = ""


KNOWN: dict[str, Known] = {
    "parties":         Known("Says who is bound by the agreement, and from when.", r"part(?:y|ies)|who we are|purpose"),
    "purpose":         Known("Says what is offered, and to whom.", r"purpose|part(?:y|ies)|introduction|summary"),
    "details":         Known("Puts the details of your brief where they can be filled in.", r"details|key (?:terms|facts)|particulars"),
    "scope":           Known("Says what is owed. Most disputes are about this.", r"scope|services|\bwork\b(?!ing)"),
    "retained":        Known("Says what the monthly fee covers, and what it does not.", r"scope|services|retainer|retained"),
    "deliverables":    Known("Says when something counts as delivered and accepted, which starts the payment.", r"deliver|acceptance"),
    "timeline":        Known("Without dates nobody is late.", r"time ?line|schedule|milestone|dates|timing"),
    "cooperation":     Known("The client owes access, material and approvals; the dates depend on them.", r"together|co-?operation|client.s? (?:duties|obligations|responsib)"),
    "fees":            Known("Says what is paid, when, and what happens when it is not.", r"fee|payment|price|remuneration|compensation"),
    "expenses":        Known("Says who bears travel, media, stock and licences.", r"expense|costs", r"travel|shoot|photo|video|film|media|ads?\b|stock|licen[cs]e"),
    "subcontractors":  Known("Freelancers will do parts of the work: says who answers for them.", r"sub-?contract|third part", r"freelanc|sub-?contract|photograph|videograph|influencer|partner"),
    "changes":         Known("Wishes change during the work; says how that changes price and dates.", r"change"),
    "ip":              Known("Says who may use the results, and from when.", r"intellectual|property|rights|ownership|copyright|licen[cs]", r"design|logo|brand|photo|video|film|copy|content|website|usage"),
    "confidentiality": Known("You will see figures and plans of the client that are nobody else's business.", r"confiden|secre"),
    "data":            Known("Personal data are handled: the law asks for rules about it.", r"data|privacy|gdpr", r"data|newsletter|mail|crm|tracking|analytics|cookie|lead|customer|user|survey|interview"),
    "liability":       Known("Without it the agency is liable without limit.", r"liab|warrant|indemn"),
    "events":          Known("Events and shoots fall to weather and strikes: says what happens to the dates.", r"majeure|outside (?:our |their )?control|beyond", r"event|festival|fair|shoot|travel|outdoor"),
    "term":            Known("Says how long it runs, and how it ends early.", r"term\b|terminat|duration|ending"),
    "monthly_term":    Known("A retainer runs on until somebody ends it: says how.", r"term\b|terminat|duration|ending"),
    "nda_purpose":     Known("Says what the information may be used for.", r"purpose"),
    "nda_information": Known("Says what is confidential, and what is not.", r"information|definition"),
    "nda_duties":      Known("Says what who receives it must and must not do.", r"dut(?:y|ies)|obligation"),
    "nda_return":      Known("Says what happens to the papers in the end.", r"return|destr"),
    "nda_term":        Known("Says how long the secret is kept.", r"term\b|terminat|duration"),
    "change_parties":  Known("Says which agreement is changed.", r"part(?:y|ies)|agreement"),
    "change_work":     Known("Says what changes.", r"change|work|scope"),
    "change_rest":     Known("Says that everything else stays as it was.", r"rest|else|remain|unchanged"),
    "law":             Known("Says which law applies when you disagree.", r"law|jurisdiction|dispute"),
    "notices":         Known("Says how one tells the other something so that it counts.", r"notice|communication"),
    "general":         Known("Keeps the rest standing when one clause falls, and asks for text form.", r"general|miscellaneous|final|provisions"),
    "particular":      Known("Your must-haves are not all in the text.", r"particular|special"),
    "signatures":      Known("Says that signing electronically counts.", r"sign|execution|acceptance"),
    "acceptance":      Known("Says how the offer is accepted.", r"accept|sign"),
}
# fmt: on


def compose(brief: Brief) -> str:
    """The whole contract as Markdown, one `## <number>. <title>` per clause. The same brief gives the same text."""
    return "\n\n".join(
        f"## {number}. {title}\n\n{body}"
        for number, (title, body) in enumerate((clause(name, brief) for name in names_for(brief)), start=1)
    )


def names_for(brief: Brief) -> Sequence[str]:
    """The clauses of a contract of this kind and length, in their order."""
    left_out = set(LEFT_OUT.get(brief.length, LEFT_OUT["standard"]))
    left_out |= set() if any(map(one_line, brief.must_haves)) else {"particular"}
    left_out |= set() if brief.variables else {"details"}
    return [name for name in ORDER.get(brief.kind, ORDER["other"]) if name not in left_out]


def clause(name: str, brief: Brief) -> tuple[str, str]:
    """Title and text of one clause, filled from `brief`. Raises KeyError for a clause we do not have."""
    if name not in KNOWN:
        raise KeyError(name)
    title, body = _written(name, brief.tone)
    return title, _tidy(Template(body).substitute(_facts(brief)))


def _facts(brief: Brief) -> dict[str, str]:
    term, law = one_line(brief.term).rstrip("."), one_line(brief.jurisdiction).rstrip(".")
    return {
        "agency": _name(brief.agency, "The Agency"),
        "client": _name(brief.client, "The Client"),
        "title": one_line(brief.title),
        "scope": _bullets(lines(brief.scope)) or "The work agreed between the two sides in writing.",
        "must_haves": _bullets([one_line(must) for must in brief.must_haves if one_line(must)]),
        "details": _bullets([f"{label(v.name)}: {{{{{v.name}}}}}" for v in brief.variables]),
        "term_sentence": f"Agreed time: {term}." if term else "",
        "duration_sentence": _duration(brief.kind, term),
        "price_sentence": f"The total price is **{brief.total}**."
        if brief.total
        else "The price is agreed in writing.",
        "plan": _bullets([f"{one_line(p.label)}: {p.amount}, {p.due}" for p in brief.plan])
        or "- On delivery, by invoice.",
        "law": f"the law of {law}"
        if law
        else f"the law of the place where {_name(brief.agency, 'the Agency')} is registered",
    }


def _duration(kind: str, term: str) -> str:
    if term:
        return f"This agreement runs for the following time: {term}."
    if kind in {"retainer", "nda"}:
        return "This agreement runs for twelve months."
    return "This agreement runs until the work is delivered, accepted and paid for."


def _name(name: str, otherwise: str) -> str:
    return one_line(name.replace("*", "")) or otherwise


def _bullets(items: list[str]) -> str:
    return items[0] if len(items) == 1 and len(items[0]) > 200 else "\n".join(f"- {item}" for item in items)


def _tidy(body: str) -> str:
    return re.sub(r" {2,}", " ", body).strip()


def _written(name: str, tone: str) -> tuple[str, str]:
    """Title and text of a clause; the plain text for a tone we do not have."""
    title, texts = sections(name)
    return title, texts.get(tone, texts["plain"])


@cache
def sections(name: str) -> tuple[str, dict[str, str]]:
    """Title of a clause, and its texts with their $facts: by tone, and as "fallback" what we settle for."""
    title, *parts = _SECTION.split((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    texts = {part.strip(): text.strip() for part, text in zip(parts[::2], parts[1::2], strict=True)}
    return title.removeprefix("#").strip(), texts
