"""Every table of moves is checked the same way: reachable, unambiguous, honest about who may do what, and when."""

from types import SimpleNamespace
from uuid import uuid4

import pytest

from contractflow.errors import IllegalMove, NotAllowed
from contractflow.permissions import Member, Permission, PlatformAdmin, Role, Signer, System
from contractflow.workflows.billing import INVOICE, PAYMENT, SUBSCRIPTION
from contractflow.workflows.comment import COMMENT
from contractflow.workflows.crm import LEAD, PROJECT
from contractflow.workflows.document import APPROVAL, GENERATION, STATUS, Approval, Generation, Status
from contractflow.workflows.draft_job import DRAFT_JOB, REWRITE
from contractflow.workflows.endpoint import ENDPOINT
from contractflow.workflows.membership import MEMBERSHIP, OWNERSHIP
from contractflow.workflows.signer import SIGNER, SignerStatus
from contractflow.workflows.template import TEMPLATE

WORKFLOWS = [
    STATUS,
    APPROVAL,
    GENERATION,
    DRAFT_JOB,
    REWRITE,
    SIGNER,
    INVOICE,
    PAYMENT,
    SUBSCRIPTION,
    LEAD,
    PROJECT,
    ENDPOINT,
    MEMBERSHIP,
    TEMPLATE,
    COMMENT,
    OWNERSHIP,
]
ORG = uuid4()

each = pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda w: w.name)


def a_member(role):
    return Member(uuid4(), ORG, uuid4(), role, "Somebody")


VIEWER, MEMBER, ADMIN, OWNER = map(a_member, Role)
CLARA = Signer(ORG, uuid4(), uuid4(), "Clara")
WORKER = System(ORG, "worker")


def a_document(**other):
    """A document of which every guard says yes, owned by MEMBER."""
    facts = {
        "status": Status.REVIEW, "approval_status": Approval.APPROVED, "generation_status": Generation.READY,
        "has_content": True, "unwritten": "", "has_signer": True, "has_reason": True, "has_comment": True,
        "is_drafting": False,
        "missing_variables": [], "is_approved": True, "needs_approval": True, "has_placeholder": False,
        "is_signed_by_all": True, "has_signature": False, "is_fully_paid": True,
        "is_own": lambda actor: actor is MEMBER,
    }  # fmt: skip
    return SimpleNamespace(**facts | other)


@each
def test_every_state_can_be_reached(workflow):
    reached = {workflow.initial}
    while new := {m.target for m in workflow.moves if reached & set(m.sources)} - reached:
        reached |= new
    assert reached == set(type(workflow.initial))


@each
def test_no_two_rows_answer_the_same_question(workflow):
    questions = [(source, move.verb) for move in workflow.moves for source in move.sources]
    assert len(questions) == len(set(questions))


@each
def test_a_verb_leads_to_one_place(workflow):
    targets = {}
    for move in workflow.moves:
        assert targets.setdefault(move.verb, move.target) == move.target


def test_the_trail_tells_every_verb_of_a_table_apart():
    """Several machines of one table share its name in the trail: "document:approve"."""
    verbs = [
        (workflow.table, verb) for workflow in WORKFLOWS for verb in {move.verb for move in workflow.moves}
    ]
    assert len(verbs) == len(set(verbs))


@each
def test_every_row_says_who(workflow):
    for move in workflow.moves:
        if isinstance(move.who, Permission):
            continue
        kinds = move.who if isinstance(move.who, tuple) else (move.who,)
        assert kinds
        assert set(kinds) <= {Signer, System, PlatformAdmin}


@each
def test_the_drawing_shows_every_row(workflow):
    lines = workflow.mermaid().splitlines()
    assert lines[1] == f"    [*] --> {workflow.initial}"
    assert len(lines) == 2 + sum(len(move.sources) for move in workflow.moves)


ENDS = {
    "endpoint": {"removed"},
    "document": {"voided"},
    "approval": set(),
    "generation": set(),
    "draft_job": {"succeeded", "cancelled"},
    "rewrite": {"accepted", "discarded"},
    "signer": {"signed", "delegated", "removed"},
    "invoice": {"void"},
    "payment": {"reversed"},
    "subscription": set(),
    "lead": {"converted"},
    "project": {"canceled"},
    "template": {"archived"},
    "comment": set(),
    "membership": set(),
    "ownership": {"accepted", "declined", "withdrawn", "lapsed"},
}


@each
def test_only_these_states_are_final(workflow):
    sources = {source for move in workflow.moves for source in move.sources}
    assert {str(state) for state in set(type(workflow.initial)) - sources} == ENDS[workflow.name]


# fmt: off
CASES = [
    # verb        who      the document                                                 what comes of it
    ("submit",    MEMBER,  a_document(status=Status.DRAFT),                             Status.REVIEW),
    ("submit",    VIEWER,  a_document(status=Status.DRAFT),                             NotAllowed),
    ("submit",    MEMBER,  a_document(status=Status.DRAFT, has_content=False),          IllegalMove),
    ("submit",    MEMBER,  a_document(status=Status.DRAFT, unwritten="“New clause” …"), IllegalMove),
    ("submit",    MEMBER,  a_document(status=Status.DRAFT, has_placeholder=True),       IllegalMove),
    ("submit",    MEMBER,  a_document(status=Status.DRAFT, has_signer=False),           IllegalMove),
    ("submit",    MEMBER,  a_document(status=Status.DRAFT, is_drafting=True),           IllegalMove),
    ("submit",    MEMBER,  a_document(status=Status.DRAFT, missing_variables=["term"]), IllegalMove),
    ("return",    ADMIN,   a_document(),                                                Status.DRAFT),
    ("return",    ADMIN,   a_document(has_comment=False),                               IllegalMove),
    ("send",      MEMBER,  a_document(),                                                Status.SENT),
    ("send",      ADMIN,   a_document(is_own=lambda _: False),                      Status.SENT),
    ("send",      MEMBER,  a_document(is_own=lambda _: False),                      NotAllowed),
    ("send",      MEMBER,  a_document(is_approved=False),                               IllegalMove),
    ("send",      MEMBER,  a_document(is_approved=False, needs_approval=False,
                                      approval_status=Approval.NONE),                   Status.SENT),
    ("send",      MEMBER,  a_document(is_approved=False, needs_approval=False,
                                      approval_status=Approval.STALE),                  IllegalMove),
    ("send",      MEMBER,  a_document(has_placeholder=True),                            IllegalMove),
    ("send",      MEMBER,  a_document(unwritten="“New clause” …"),                      IllegalMove),
    ("send",      OWNER,   a_document(status=Status.SIGNED),                            IllegalMove),
    ("sign",      OWNER,   a_document(status=Status.SENT),                              NotAllowed),
    ("sign",      CLARA,   a_document(status=Status.SENT),                              Status.SIGNED),
    ("sign",      CLARA,   a_document(status=Status.SENT, is_signed_by_all=False),      IllegalMove),
    ("decline",   CLARA,   a_document(status=Status.SENT, has_reason=False),            IllegalMove),
    ("decline",   CLARA,   a_document(status=Status.SENT),                              Status.DECLINED),
    ("pay",       WORKER,  a_document(status=Status.SIGNED),                            Status.PAID),
    ("pay",       WORKER,  a_document(status=Status.SIGNED, is_fully_paid=False),       IllegalMove),
    ("pay",       OWNER,   a_document(status=Status.SIGNED),                            NotAllowed),
    ("unpay",     WORKER,  a_document(status=Status.PAID),                              Status.SIGNED),
    ("expire",    WORKER,  a_document(status=Status.SENT),                              Status.EXPIRED),
    ("extend",    MEMBER,  a_document(status=Status.EXPIRED),                           Status.SENT),
    ("recall",    MEMBER,  a_document(status=Status.SENT),                              Status.DRAFT),
    ("recall",    MEMBER,  a_document(status=Status.SENT, has_signature=True),          IllegalMove),
    ("revise",    MEMBER,  a_document(status=Status.DECLINED),                          Status.DRAFT),
    ("void",      MEMBER,  a_document(status=Status.SENT),                              Status.VOIDED),
    ("void",      MEMBER,  a_document(status=Status.SENT, has_reason=False),            IllegalMove),
    ("void",      OWNER,   a_document(status=Status.SIGNED),                            IllegalMove),
]
# fmt: on


@pytest.mark.parametrize(("verb", "actor", "document", "outcome"), CASES)
def test_status(verb, actor, document, outcome):
    if isinstance(outcome, Status):
        assert STATUS.next(document, verb, actor) is outcome
        assert verb in STATUS.verbs(document, actor)
    else:
        with pytest.raises(outcome):
            STATUS.next(document, verb, actor)
        assert verb not in STATUS.verbs(document, actor)
        assert STATUS.refusal(document, verb, actor).endswith(".")


def test_a_signer_declines_with_a_reason():
    signer = SimpleNamespace(status=SignerStatus.VIEWED, decline_reason="  ")
    with pytest.raises(IllegalMove, match="Give a reason"):
        SIGNER.next(signer, "decline", CLARA)
    signer.decline_reason = "Too expensive."
    assert SIGNER.next(signer, "decline", CLARA) is SignerStatus.DECLINED


def test_a_misspelt_verb_is_a_bug_not_a_refusal():
    with pytest.raises(LookupError):
        STATUS.next(a_document(), "sned", OWNER)


def test_a_refusal_names_the_present_state():
    with pytest.raises(IllegalMove, match=r"This document is “voided” now, so that is no longer possible\."):
        STATUS.next(a_document(status=Status.VOIDED), "send", OWNER)


def test_buttons_follow_the_table():
    assert STATUS.verbs(a_document(), VIEWER) == []
    assert STATUS.verbs(a_document(), MEMBER) == ["return", "withdraw", "send", "void"]
    assert STATUS.verbs(a_document(status=Status.SENT), ADMIN) == ["recall", "void"]
    assert STATUS.verbs(a_document(status=Status.SENT), CLARA) == ["sign", "decline"]
