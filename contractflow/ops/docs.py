"""docs/workflows.md, written from the tables that the product itself reads: it cannot say anything else.

docs/tenancy.md is what its attacks got, written by the tests that attack.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from contractflow.integrations.email import KINDS
from contractflow.money import format_money
from contractflow.ops.serving import ROOT
from contractflow.permissions import GRANTS, Permission, Role
from contractflow.services.tiers import CURRENCY, GRACE_DAYS, TIERS, TRIAL_DAYS, TRIAL_TIER, named
from contractflow.workflows.billing import INVOICE, PAYMENT, SUBSCRIPTION
from contractflow.workflows.comment import COMMENT
from contractflow.workflows.crm import LEAD, PROJECT
from contractflow.workflows.document import APPROVAL, GENERATION, STATUS
from contractflow.workflows.draft_job import DRAFT_JOB, REWRITE
from contractflow.workflows.endpoint import ENDPOINT
from contractflow.workflows.machine import Move, Workflow
from contractflow.workflows.membership import MEMBERSHIP, OWNERSHIP
from contractflow.workflows.signer import SIGNER
from contractflow.workflows.template import TEMPLATE

FILE = ROOT / "docs" / "workflows.md"
_FACT = re.compile(r"{{ (\w+) }}")

# fmt: off
MACHINES: dict[str, Workflow[Any]] = {
    "A document":                        STATUS,
    "The approval of a document":        APPROVAL,
    "The drafting of a document":        GENERATION,
    "A draft job":                       DRAFT_JOB,
    "The rewrite of a clause":           REWRITE,
    "A signer":                          SIGNER,
    "An invoice":                        INVOICE,
    "A payment":                         PAYMENT,
    "The organisation's own plan":       SUBSCRIPTION,
    "A lead":                            LEAD,
    "A project":                         PROJECT,
    "A template or clause":              TEMPLATE,
    "A thread of comments":              COMMENT,
    "A member":                          MEMBERSHIP,
    "The offer of the ownership":        OWNERSHIP,
    "An integration":                    ENDPOINT,
}
# fmt: on

HEAD = """# Workflows, permissions, tiers and mails

Written by `./cf docs` from the tables in `contractflow/workflows/`, `contractflow/permissions.py`,
`contractflow/services/tiers.py` and `contractflow/integrations/email/kinds.py`. Change the tables, then run it again."""


def write(path: Path = FILE) -> Path:
    path.write_text(text(), "utf-8")
    return path


def write_tenancy() -> int:
    """Attack, and write down what the attacks got; takes about a minute. Answers pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "tests/integration/tenancy/test_table.py"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "CF_WRITE_DOCS": "1"}, check=False).returncode


def text() -> str:
    """The whole file."""
    machines = chain.from_iterable(_machine(title, workflow) for title, workflow in MACHINES.items())
    parts = [
        *(HEAD, "## State machines", _MACHINES_LEAD, *machines),
        *("## Permissions", _GRANTS_LEAD, _grants()),
        *("## Tiers", _tiers_lead(), _tiers()),
        *("## Mails", _MAILS_LEAD, _mails()),
    ]
    return "\n\n".join(parts) + "\n"


_MACHINES_LEAD = """A move happens only along these edges: the code reads the table, and the database refuses every other edge. *Who* is the
least role of a member (for one's own, where that differs), a client who signs, or the system itself. *Only if* are
facts that must hold: the number is of the sentence below the table that a person reads when one does not."""
_GRANTS_LEAD = """Every role may do what the roles to its left may. Who is not allowed reads “Only … can
*phrase*.” *One's own* is a document one owns. Who asks about another organisation's things learns that they do not exist."""
_MAILS_LEAD = """A mail is a row in the transaction of what it tells, sent by a worker afterwards; *also in the product* means in the
member's own notifications."""


def _machine(title: str, workflow: Workflow[Any]) -> list[str]:
    drawn = f"```mermaid\n{workflow.mermaid()}\n```"
    refusals = list(dict.fromkeys(guard.otherwise for move in workflow.moves for guard in move.only_if))
    rows = [
        (
            move.verb,
            ", ".join(map(_code, move.sources)),
            _code(move.target),
            _who(move),
            _only_if(move, refusals),
        )
        for move in workflow.moves
    ]
    where = f"`{workflow.table}.{workflow.column}`, at first {_code(workflow.initial)}."
    listed = "\n".join(f"{number}. {words}" for number, words in enumerate(refusals, 1))
    table = aligned(("verb", "from", "to", "who", "only if"), rows)
    return [f"### {title}", where, drawn, table, *([listed] if listed else [])]


def _who(move: Move[Any]) -> str:
    if isinstance(move.who, Permission):
        return f"{_least(move.who)} (`{move.who}`)"
    kinds = move.who if isinstance(move.who, tuple) else (move.who,)
    return " or ".join(
        {"Signer": "the client who signs", "System": "system", "PlatformAdmin": "a platform admin"}[
            kind.__name__
        ]
        for kind in kinds
    )


def _least(permission: Permission) -> str:
    grant = GRANTS[permission]
    return grant.least.label if grant.own is grant.least else f"{grant.least.label}, own {grant.own.label}"


def _only_if(move: Move[Any], refusals: list[str]) -> str:
    return ", ".join(str(refusals.index(guard.otherwise) + 1) for guard in move.only_if)


def _grants() -> str:
    header = ("permission", "phrase", *(role.label for role in Role))
    return aligned(
        header,
        [(_code(p), g.phrase, *(_mark(role, g.least, g.own) for role in Role)) for p, g in GRANTS.items()],
    )


def _mark(role: Role, least: Role, own: Role) -> str:
    if role.value >= least.value:
        return "yes"
    return "own" if role.value >= own.value else ""


def _tiers_lead() -> str:
    return (
        f"A new organisation has {named(TRIAL_TIER).name} for {TRIAL_DAYS} days. After a missed payment there are "
        f"{GRACE_DAYS} days of grace,\nthen it reads only. Signing, paying and downloading are in no tier: they never stop."
    )


def _tiers() -> str:
    header = (
        "tier",
        "a month",
        "a year",
        "seats",
        "AI drafts a month",
        "at a time",
        "active documents",
        "approval steps",
        "branding",
        "API and webhooks",
    )
    return aligned(header, [
        (t.name, format_money(t.monthly_minor, CURRENCY), format_money(t.yearly_minor, CURRENCY), _limit(t.seats), _limit(t.drafts), str(t.drafts_at_once), _limit(t.documents),
         _limit(t.approval_steps), _yes(t.has_branding), _yes(t.has_api))
        for t in TIERS
    ])  # fmt: skip


def _mails() -> str:
    rows = [
        (_code(key), _FACT.sub(r"*\1*", kind.subject), kind.word, kind.link.value, _yes(kind.in_feed))
        for key, kind in KINDS.items()
    ]
    return aligned(("kind", "subject", "pill", "its button leads to", "also in the product"), rows)


def _limit(number: int | None) -> str:
    return "unlimited" if number is None else f"{number:,}"


def _yes(holds: bool) -> str:
    return "yes" if holds else ""


def _code(words: str) -> str:
    return f"`{words}`"


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Aligned, so that it reads as well without being rendered."""
    lines = [tuple(header), *map(tuple, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    lines.insert(1, tuple("-" * width for width in widths))
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
