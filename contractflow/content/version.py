"""What one version of a document holds: everything that is approved, sent, signed and sealed, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from contractflow.content import blocks as block_rules
from contractflow.content import nodes, plan, variables
from contractflow.content.blocks import Block
from contractflow.content.plan import PaymentPlan, PlanRow
from contractflow.errors import Invalid

LONGEST_TITLE = 200
LONGEST_VALUE = 2_000
MOST_VARIABLES = 200


@dataclass(frozen=True)
class Content:
    """`variables` maps a name like "client.name" to its value; amounts are minor units of `currency`."""

    title: str
    blocks: tuple[Block, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    payment_plan: PaymentPlan = field(default_factory=PaymentPlan)
    total_minor: int = 0
    currency: str = "EUR"

    def to_text(self) -> str:
        """The canonical JSON text, which is what is stored and hashed: sorted keys, no spaces, UTF-8."""
        content = {
            "blocks": [{"id": block.id, "md": block.md} for block in self.blocks],
            "currency": self.currency,
            "payment_plan": [row.to_json() for row in self.payment_plan.rows],
            "title": self.title,
            "total_minor": self.total_minor,
            "variables": dict(self.variables),
        }
        return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_text(cls, text: str) -> Content:
        """The content whose canonical text is `text`, as `to_text` wrote it."""
        content = json.loads(text)
        return cls(
            title=content["title"],
            blocks=tuple(Block(block["id"], block["md"]) for block in content["blocks"]),
            variables=content["variables"],
            payment_plan=PaymentPlan(tuple(PlanRow.from_json(row) for row in content["payment_plan"])),
            total_minor=content["total_minor"],
            currency=content["currency"],
        )

    @property
    def missing_variables(self) -> tuple[str, ...]:
        return variables.missing(self.blocks, self.variables)

    @property
    def read_blocks(self) -> tuple[Block, ...]:
        """The blocks as a reader sees them, with the variables filled."""
        return variables.filled(self.blocks, self.variables)


def check(content: Content) -> None:
    """Refuse what cannot become a version; called whenever one is saved. Raises Invalid."""
    title = nodes.visible(content.title)
    if not title.strip():
        raise Invalid("Give the document a title.", "title")
    if len(title) > LONGEST_TITLE:
        raise Invalid(f"A title has at most {LONGEST_TITLE} characters.", "title")
    if title != content.title or "\n" in title or "\t" in title:
        raise Invalid("A title is one line of visible characters.", "title")
    if len(content.variables) > MOST_VARIABLES:
        raise Invalid(f"A document has at most {MOST_VARIABLES} variables.", "variables")
    for name, value in content.variables.items():
        if len(value) > LONGEST_VALUE:
            raise Invalid(
                f"The value of “{name}” has at most {LONGEST_VALUE:,} characters.", f"variables.{name}"
            )
    block_rules.check(content.blocks)
    plan.check(content.payment_plan, content.total_minor, content.currency)
