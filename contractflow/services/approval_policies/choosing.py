"""Which policy a document gets, and why: the first in order of which every rule holds, else what the organisation always asks."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import col, select

from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import ApprovalPolicy, Document, DocumentVersion, Org
from contractflow.permissions import Permission as P
from contractflow.services.approval_policies import fields
from contractflow.services.approval_policies.fields import Facts, Rule
from contractflow.services.approval_policies.steps import OWNER_AND_ADMINS, Step

MOST = 20
REMIND_AFTER, ESCALATE_AFTER = (2, 5), 7
EVERYTHING_ELSE = "Everything else"

_LOCK_TAKEN_OUT = text("""
    SELECT EXISTS (
      SELECT FROM document_version v, jsonb_each(v.provenance) AS clause (id, facts)
       WHERE v.document_id = :document_id AND v.id <> :version_id AND facts ->> 'locked' = 'true'
         AND NOT EXISTS (SELECT FROM document_version now WHERE now.id = :version_id AND now.provenance ? clause.id))""")


@dataclass(frozen=True)
class Plan:
    """What is asked of a document now; no `steps` means that it goes out without an approval."""

    steps: tuple[Step, ...]
    name: str = EVERYTHING_ELSE
    policy_id: UUID | None = None
    version: int = 1
    why: str = "No policy applies, so an admin or the owner approves it."
    remind_after: tuple[int, ...] = REMIND_AFTER
    escalate_after: int = ESCALATE_AFTER


def plan_for(work: UnitOfWork, document: Document, version: DocumentVersion | None) -> Plan:
    """The plan for `document` as it is in `version`; without one, or where no policy applies, what is always asked."""
    work.require(P.DOCUMENT_READ)
    policies = in_order(work) if version is not None else []
    if version is not None and policies:
        facts = facts_of(work, document, version)
        for policy in policies:
            rules = rules_of(policy)
            if all(fields.holds(rule, facts) for rule in rules):
                return _plan(policy, rules)
    settings = work.db.get_one(Org, document.org_id).settings
    if settings.get("approval_required", True):
        return Plan((OWNER_AND_ADMINS,))
    return Plan((), why="No policy applies, and everything else goes out without an approval.")


def in_order(work: UnitOfWork) -> list[ApprovalPolicy]:
    work.require(P.ORG_READ)
    query = (
        select(ApprovalPolicy)
        .where(col(ApprovalPolicy.org_id) == work.actor.org_id, col(ApprovalPolicy.removed_at).is_(None))
        .order_by(col(ApprovalPolicy.position), col(ApprovalPolicy.id))
        .limit(MOST)
    )
    return list(work.db.exec(query))


def rules_of(policy: ApprovalPolicy) -> list[Rule]:
    return [Rule.from_json(stored) for stored in policy.rules]


def steps_of(policy: ApprovalPolicy) -> tuple[Step, ...]:
    return tuple(Step.from_json(stored) for stored in policy.steps)


def facts_of(work: UnitOfWork, document: Document, version: DocumentVersion) -> Facts:
    """What the rules read of `document`. A locked clause that was taken out was changed, too."""
    work.require(P.DOCUMENT_READ)
    content = Content.from_text(version.content)
    is_edited = any(facts.get("lock_edited") for facts in version.provenance.values())
    taken_out = (
        is_edited
        or work.db.execute(
            _LOCK_TAKEN_OUT, {"document_id": document.id, "version_id": version.id}
        ).scalar_one()
    )
    return Facts(
        kind=document.kind,
        total_minor=content.total_minor,
        currency=content.currency,
        discount=fields.discount_of(content),
        term=fields.term_of(content, document.brief),
        is_lock_edited=bool(taken_out),
    )


def _plan(policy: ApprovalPolicy, rules: list[Rule]) -> Plan:
    said = ", ".join(fields.words(rule) for rule in rules)
    return Plan(
        steps_of(policy),
        policy.name,
        policy.id,
        policy.version,
        f"{said}." if said else "It applies to every document.",
        tuple(map(int, policy.remind_after)),
        policy.escalate_after,
    )
