"""Every verb of the services, as Rita, her worker, a client of another document, a visitor, and as Victor."""

from __future__ import annotations

import re
from uuid import UUID

from sqlalchemy import text

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotAllowed, NotFound
from contractflow.ops.serving import ROOT
from tests import cast
from tests.integration.tenancy.arguments import CannotCall
from tests.integration.tenancy.known import BY_HAND, LEFT_TO_OTHERS, NOBODY_ONESELF, ONES_OWN, WORKERS_OWN
from tests.integration.tenancy.verbs import attack_verbs, reached_by_the_rightful, ready, verbs


def test_there_is_a_way_to_call_every_verb(world):
    """Say in arguments.py or known.py what a new parameter takes."""
    mute = []
    for name, verb in verbs().items():
        try:
            ready(world, name, verb, world.sets()[0])
        except (CannotCall, KeyError) as unknown:
            mute.append(f"{name}: {unknown}")
    assert mute == []
    assert len(verbs()) > 130


def test_no_verb_changes_or_tells_anything_of_another_organisation(services):
    assert [str(answer) for answer in services if answer.wrong] == []


def test_an_outsider_is_never_told_that_it_is_forbidden_because_it_is_somebody_elses(services):
    """What a member of the agency may do does not exist for Rita; what only clients or workers may, nobody else may."""
    by_rita = {answer.target: answer.said for answer in services if answer.whom == "Rita"}
    for verb in ("documents.page.one", "documents.sending.send", "clients.page.one", "invoices.reading.one", "drafts.rewriting.accept",
                 "sealing.downloading.download", "timeline.of_document", "members.inviting.withdraw_invite", "drafts.reading.live"):  # fmt: skip
        assert by_rita[verb] == "does not exist", verb


def test_whoever_may_gets_through_with_the_same_arguments(world, ledger):
    """Otherwise the arguments would be wrong, and every refusal worth nothing."""
    named = {name: verb for name, verb in verbs().items() if name not in {*LEFT_TO_OTHERS, *NOBODY_ONESELF}}
    walled = {
        name: verb for name, verb in named.items()
        if (call := ready(world, name, verb, world.sets()[0])).ids and not call.rows
    }  # fmt: skip
    assert [n for n, verb in walled.items() if not reached_by_the_rightful(world, ledger, n, verb)] == []


def test_what_is_known_by_hand_is_still_there():
    assert {*BY_HAND, *LEFT_TO_OTHERS, *ONES_OWN, *WORKERS_OWN} - set(verbs()) == set()


def test_no_event_reaches_a_verb_that_trusts_the_ids_it_is_given():
    """Those are for the door (web, api) and for workers, who have proof of whose the ids are."""
    handlers = "\n".join(module.read_text() for module in (ROOT / "contractflow" / "state").glob("*.py"))
    trusting = {".".join(name.split(".")[-2:]) for name in {**LEFT_TO_OTHERS, **WORKERS_OWN}}
    packages = {f"{name.split('.')[0]}.{name.split('.')[-1]}" for name in {**LEFT_TO_OTHERS, **WORKERS_OWN}}
    assert {name for name in trusting | packages if re.search(rf"\b{re.escape(name)}\b", handlers)} == set()


def as_owner(
    work: UnitOfWork, document_id: UUID, statement: str = "SELECT title FROM document WHERE id = :id"
) -> list:
    """What a service with a hole would do: look past the wall."""
    work.db.execute(text("SET LOCAL ROLE cf_owner"))
    found = work.db.execute(text(statement), {"id": document_id})
    return list(found.all()) if found.returns_rows else []


def reads(work: UnitOfWork, document_id: UUID) -> str:
    return str(as_owner(work, document_id))


def writes(work: UnitOfWork, document_id: UUID) -> None:
    as_owner(work, document_id, "UPDATE document SET title = 'mine' WHERE id = :id")


def tells(work: UnitOfWork, document_id: UUID) -> None:
    if as_owner(work, document_id):
        raise NotAllowed("That document is not yours.")
    raise NotFound("document")


def takes_longer(work: UnitOfWork, document_id: UUID) -> None:
    if as_owner(work, document_id):
        work.db.execute(text("SELECT 1"))
    raise NotFound("document")


def lets_viewers_write(work: UnitOfWork) -> None:
    if work.actor is cast.victor:
        work.db.execute(text("UPDATE client SET notes = 'x'"))


def test_verbs_with_holes_are_found(world, ledger):
    holes = {verb.__name__: verb for verb in (reads, writes, tells, takes_longer, lets_viewers_write)}
    found = {(answer.target, answer.whom) for answer in attack_verbs(world, ledger, holes) if answer.wrong}
    assert found >= {(name, "Rita") for name in ("reads", "writes", "tells", "takes_longer")}
    assert ("lets_viewers_write", "Victor") in found
    assert ("lets_viewers_write", "Rita") not in found
