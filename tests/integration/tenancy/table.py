"""docs/tenancy.md: what the attacks got, object by object."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from contractflow.ops.docs import aligned
from contractflow.ops.serving import ROOT
from tests.integration.tenancy.answers import Answer

FILE = ROOT / "docs" / "tenancy.md"

HEAD = """# Who reaches another agency's things

Nobody. Written by `./cf docs` from a run of `tests/integration/tenancy/`, which finds by itself what there is to attack
(every verb of the services, every route, event, job, table, key and gate) and fails when something is added that it
cannot attack. All of it happened in one database with two agencies, Northlight and Redshift.

*Rita* owns Redshift. *Another client* signs a different document of Northlight. *Victor* may only look at Northlight.
*Nobody* is not signed in. They used the ids of Northlight's things, as somebody who has seen them in an address does.
After every attack Northlight's rows were the same, to the transaction that wrote them, and no answer contained a word
or an id of Northlight's that the attacker had not sent. What exists and what does not got the same answer."""

# fmt: off
SECTIONS: dict[str, tuple[str, Sequence[str]]] = {
    "services": ("## Every verb of the services, called with Northlight's ids\n\n"
                 "The same words, and the same number of statements, as for ids that nothing has. *Only their own* is an answer"
                 " made of the caller's own things; *reads* is what Victor may see. Functions that take a row, not an id, were handed"
                 " Northlight's: where they *fail*, nothing came of it.",
                 ("Rita", "Rita's worker", "another client", "nobody", "Victor")),
    "routes":   ("## Every HTTP route, asked for Northlight's things", ("Rita", "another client", "nobody")),
    "pages":    ("## Every page, at the door\n\nA page is a file without data, the same for everybody who gets it.",
                 ("another client", "nobody")),
    "events":   ("## Every event, by name over a raw socket\n\nWith Northlight's ids in the payload and in the address.",
                 ("Rita", "another client", "nobody")),
    "jobs":     ("## Every job, in Redshift's name with Northlight's ids", ("Rita's worker",)),
    "tables":   ("## Every table, by SQL without a WHERE clause\n\nAs the roles of the web process and of the workers."
                 " *move* gives one's own rows to Northlight; INSERT plants a copy of a row of Northlight's.",
                 ("Rita", "Rita's worker", "another client", "nobody", "nobody's worker")),
    "keys":     ("## Every foreign key\n\nA row of Redshift was made to refer to one of Northlight, by the owner of the tables,"
                 " with triggers, checks and all other keys off.", ("the owner of the tables",)),
    "gates":    ("## Every function that runs as somebody else\n\nCalled without an organisation and without a proof:"
                 " with nothing, with wildcards, with guesses.", ("nobody",)),
}
# fmt: on


def text(answers: dict[str, list[Answer]]) -> str:
    parts = [HEAD]
    for section, (lead, whom) in SECTIONS.items():
        parts += [lead, _table(answers[section], whom)]
    return "\n\n".join(parts) + "\n"


def _table(answers: Iterable[Answer], whom: Sequence[str]) -> str:
    rows: dict[str, dict[str, str]] = {}
    for answer in answers:
        rows.setdefault(_short(answer.target), {})[answer.whom] = answer.said
    header = ("what", *(f"as {one}" for one in whom))
    lines = [(f"`{target}`", *(said.get(one, "") for one in whom)) for target, said in sorted(rows.items())]
    return aligned(header, [line for line in lines if any(line[1:])])


def _short(target: str) -> str:
    """Of an event's name the state and the handler: the rest is how Reflex writes it."""
    if not target.startswith("reflex___"):
        return target
    state, _, handler = target.rpartition(".")
    return f"{state.rpartition('____')[2]}.{handler}"
