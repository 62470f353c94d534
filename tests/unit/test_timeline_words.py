"""The trail names moves by table and verb; the timeline and the certificate have words for each of them."""

import re
from pathlib import Path

import pytest

from contractflow import services
from contractflow.services.audit.areas import AREAS, actions_of
from contractflow.services.timeline import QUIET, WORDS
from contractflow.workflows.billing import INVOICE, PAYMENT
from contractflow.workflows.document import APPROVAL, GENERATION, STATUS
from contractflow.workflows.draft_job import DRAFT_JOB, REWRITE
from contractflow.workflows.membership import MEMBERSHIP, OWNERSHIP
from contractflow.workflows.signer import SIGNER


@pytest.mark.parametrize(
    "workflow",
    [STATUS, APPROVAL, GENERATION, SIGNER, INVOICE, PAYMENT, DRAFT_JOB, REWRITE, MEMBERSHIP, OWNERSHIP],
    ids=lambda w: w.name,
)
def test_every_move_of_a_document_has_words(workflow):
    actions = {f"{workflow.table}:{move.verb}" for move in workflow.moves}
    assert actions <= WORDS.keys() | QUIET


def test_every_action_is_of_exactly_one_kind_of_the_audit_log():
    kinds = {action: [area.key for area in AREAS if action in actions_of(area.key)] for action in WORDS}
    assert {action: found for action, found in kinds.items() if len(found) != 1} == {}


def test_every_recorded_action_has_words():
    """As they stand in the services: a name that is put together there is a move's, and tested above."""
    recorded = {
        action for path in Path(services.__path__[0]).rglob("*.py")
        for action in re.findall(r'work\.record\(\s*"([a-z_]+:[a-z_]+)"', path.read_text())
    }  # fmt: skip
    assert len(recorded) > 20
    assert recorded - WORDS.keys() == set()
