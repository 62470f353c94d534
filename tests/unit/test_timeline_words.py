"""The trail names moves by table and verb; the timeline and the certificate have words for each of them."""

import pytest

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
