"""What the demo agency has set up: its currency and bank, who approves what is large, and whom it tells."""

from __future__ import annotations

from contractflow.config import settings
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.services import approval_policies, orgs, outgoing
from contractflow.services.approval_policies import Rule, Step, TypedPolicy
from contractflow.workflows.events import CHOSEN


def euros(work: UnitOfWork) -> None:
    """In euros: what new clients and leads begin with."""
    here = orgs.organisation(work)
    orgs.save_organisation(
        work, name=here.name, legal_name="", tax_id="", address="", currency="EUR", timezone=here.timezone
    )


def policy(work: UnitOfWork) -> None:
    """What is large asks the owner besides; all else asks one admin or the owner."""
    approval_policies.save(
        work,
        None,
        TypedPolicy(
            "Large contracts",
            (Rule("value", "at_least", "50,000.00", "EUR"),),
            (Step("Account", roles=("admin",)), Step("Sign-off", roles=("owner",))),
        ),
    )


def bank(work: UnitOfWork) -> None:
    orgs.save_bank_details(
        work,
        holder="Northlight GmbH",
        iban="DE89 3704 0044 0532 0130 00",
        bic="COBADEFFXXX",
        bank="Commerzbank",
    )


def slack(work: UnitOfWork) -> None:
    """A channel of the sandbox's Slack, that hears of signatures and money."""
    told = [event.word for event in CHOSEN.values() if event.group in ("Signatures", "Money")]
    url = f"{settings().slack_base_url}/services/T000/B000/northlight"
    outgoing.add(work, channel="slack", name="#signed-and-paid", url=url, events=told)


OWNERS = (euros, bank, policy)
"""Set up before there is a client."""
