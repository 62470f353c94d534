"""docs/security.md claims nothing that is not there."""

import re

from sqlmodel import SQLModel

from contractflow import models  # noqa: F401  its tables are in the metadata then
from contractflow.ops.serving import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text("utf-8")
CLAIMED = [
    "3.2.1",
    "3.2.2",
    "3.3.1",
    "3.3.2",
    "3.3.3",
    "3.3.4",
    "3.4.1",
    "3.4.2",
    "3.4.3",
    "3.4.4",
    "3.4.5",
    "3.4.6",
    "3.4.7",
    "3.4.8",
    "3.5.1",
    "3.5.2",
    "3.5.3",
    "3.5.4",
    "3.5.5",
    "3.7.1",
    "3.7.2",
    "4.1.1",
    "4.1.2",
    "4.1.3",
    "4.4.1",
    "4.4.2",
    "4.4.3",
    "4.4.4",
    "6.1.1",
    "6.1.2",
    "6.1.3",
    "6.2.1",
    "6.2.2",
    "6.2.3",
    "6.2.4",
    "6.2.5",
    "6.2.6",
    "6.2.7",
    "6.2.8",
    "6.2.9",
    "6.2.10",
    "6.2.11",
    "6.2.12",
    "6.3.1",
    "6.3.2",
    "6.3.3",
    "6.3.4",
    "6.3.8",
    "6.4.1",
    "6.4.2",
    "6.4.3",
    "6.4.4",
    "6.5.1",
    "6.5.2",
    "6.5.3",
    "6.5.4",
    "6.5.5",
    "6.6.2",
    "6.6.3",
    "7.1.1",
    "7.1.2",
    "7.2.1",
    "7.2.2",
    "7.2.3",
    "7.2.4",
    "7.3.1",
    "7.3.2",
    "7.4.1",
    "7.4.2",
    "7.4.3",
    "7.4.4",
    "7.4.5",
    "7.5.1",
    "7.5.2",
    "8.1.1",
    "8.1.2",
    "8.2.1",
    "8.2.2",
    "8.2.3",
    "8.3.1",
    "8.3.2",
    "8.4.1",
]


def missing(page: str) -> list[str]:
    """Tests and files the page names that are not there."""
    named = re.findall(r"`((?:unit|integration|e2e)/[\w/]+\.py)(?:::(\w+))?`", page)
    return [
        f"{path}::{test}" for path, test in named
        if not (file := ROOT / "tests" / path).exists() or (test and not re.search(rf"def {test}\(", file.read_text("utf-8")))
    ]  # fmt: skip


def test_every_test_it_names_exists():
    assert missing(PAGE) == []
    assert len(re.findall(r"\.py::test_", PAGE)) > 60


def test_a_test_that_is_gone_is_noticed():
    assert missing("`unit/test_security_page.py::test_that_never_was` and `unit/gone.py`") == [
        "unit/test_security_page.py::test_that_never_was",
        "unit/gone.py::",
    ]


def test_every_item_of_the_design_has_a_row_that_says_something():
    rows = {line.split("|")[1].split()[0]: line for line in PAGE.splitlines() if re.match(r"\| \d", line)}
    assert list(rows) == CLAIMED
    assert [
        item
        for item, row in rows.items()
        if not re.search(r"test_|not yet|there (?:are|is) no|contractflow/|this page|Settings|none", row)
    ] == []


def test_every_field_with_a_rule_of_its_own_exists():
    fields = PAGE.split("## Fields with a rule of their own")[1].split("\n## ")[0]
    named = [
        re.findall(r"`(\w+)\.(\w+)`", line.split("|")[1])
        for line in fields.splitlines()
        if line.startswith("| `")
    ]
    assert len(named) > 10
    assert all(named)
    for table, column in (field for row in named for field in row):
        assert column in SQLModel.metadata.tables[table].columns, f"{table}.{column}"
