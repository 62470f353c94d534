"""What is generated is what the tables say now."""

from contractflow.ops import docs
from tests.unit.test_workflows import WORKFLOWS


def test_the_committed_file_is_what_the_tables_say():
    assert docs.FILE.read_text("utf-8") == docs.text(), "run ./cf docs and commit docs/workflows.md"


def test_every_machine_is_in_it():
    assert {workflow.name for workflow in WORKFLOWS} == {workflow.name for workflow in docs.MACHINES.values()}
