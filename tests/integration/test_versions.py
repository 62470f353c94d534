"""Versions of a document: any two compared word by word, and an older one brought back as a new one."""

from __future__ import annotations

import pytest

from contractflow.errors import IllegalMove, NotAllowed, NotFound
from contractflow.services import documents
from contractflow.workflows.document import Approval
from tests import cast
from tests.integration import journey
from tests.integration.journey import as_

pytestmark = pytest.mark.usefixtures("database", "redis_url")


def edited():
    """A draft whose first clause was changed and whose second was removed: versions 2, 3 and 4."""
    document_id = journey.a_draft()
    first, second = as_(cast.mia, documents.one, document_id).blocks
    words = "## 1. Scope\n\nWe build the **new** website."
    as_(cast.mia, documents.save_block, document_id, first.id, words, first.digest)
    as_(cast.mia, documents.remove_block, document_id, second.id)
    return document_id


def test_any_two_versions_are_compared_word_by_word():
    document_id = edited()
    for stranger in (cast.rita,):
        with pytest.raises(NotFound):
            as_(stranger, documents.compare, document_id)
    seen = as_(cast.victor, documents.compare, document_id, "2", "4")
    assert [row.kind for row in seen.rows] == ["changed", "removed"]
    assert "<ins><strong>new</strong> </ins>" in seen.rows[0].html
    assert seen.summary == "1 clause changed, 1 clause removed: 1 word in, 9 words out."
    assert (seen.old.value, seen.new.value, len(seen.versions)) == ("2", "4", 4)
    assert seen.new.label.startswith("Version 4 · Edited by Mia Member")
    assert seen.new.marks == "current"
    assert not seen.can_restore
    back = as_(cast.mia, documents.compare, document_id, "4", "2")
    assert [row.kind for row in back.rows] == ["changed", "added"]
    assert as_(cast.mia, documents.compare, document_id, "4", "4").summary == "Nothing differs."
    for wrong in ("9", "0", "x", "²", "9" * 30):
        with pytest.raises(NotFound):
            as_(cast.mia, documents.compare, document_id, wrong, "4")


def test_what_stands_beside_the_text_is_compared_as_well():
    document_id = journey.a_draft()
    as_(cast.mia, documents.rename, document_id, "Two websites")
    seen = as_(cast.mia, documents.compare, document_id)
    assert [(row.label, row.before, row.after) for row in seen.changes] == [
        ("Title", "Website relaunch", "Two websites")
    ]
    assert seen.summary == "The text is the same."


def test_without_numbers_it_begins_with_what_was_approved():
    document_id = journey.approved()
    block = as_(cast.mia, documents.one, document_id).blocks[0]
    as_(cast.mia, documents.save_block, document_id, block.id, f"{block.md} One.", block.digest)
    block = as_(cast.mia, documents.one, document_id).blocks[0]
    as_(cast.mia, documents.save_block, document_id, block.id, f"{block.md} Two.", block.digest)
    seen = as_(cast.mia, documents.compare, document_id)
    assert (seen.old.value, seen.new.value) == ("2", "4")


def test_an_older_version_comes_back_as_a_new_one():
    document_id = edited()
    with pytest.raises(NotAllowed):
        as_(cast.victor, documents.restore, document_id, 2)
    with pytest.raises(NotFound):
        as_(cast.rita, documents.restore, document_id, 2)
    with pytest.raises(NotFound):
        as_(cast.mia, documents.restore, document_id, 99)
    assert as_(cast.mia, documents.restore, document_id, 2) == 5
    assert as_(cast.mia, documents.restore, document_id, 2) == 5
    assert len(as_(cast.mia, documents.one, document_id).blocks) == 2
    assert as_(cast.mia, documents.compare, document_id, "2", "5").summary == "Nothing differs."
    assert journey.trail(cast.mia, document_id).count("document:restore") == 1


def test_restoring_takes_an_approval_back_and_a_sent_text_is_frozen():
    document_id = journey.approved()
    as_(cast.mia, documents.restore, document_id, 1)
    assert journey.look(cast.mia, document_id).approval_status is Approval.STALE
    sent = journey.sent()
    with pytest.raises(IllegalMove, match="frozen"):
        as_(cast.mia, documents.restore, sent, 1)
    assert not as_(cast.mia, documents.compare, sent, "1", "2").can_restore
