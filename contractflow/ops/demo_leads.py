"""Leads of the demo agency, as its own form brought them: one of each stage."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Member, System
from contractflow.services import leads
from contractflow.services.leads import Enquiry

ENQUIRIES = (
    Enquiry("Lena Okafor", "lena@brightwater.test", "We open two hotels in spring and need a launch campaign: brand, website, paid social.", "Brightwater Hotels", "+44 20 7946 0112", "45,000", {}, {"utm_source": "newsletter", "utm_campaign": "autumn"}),
    Enquiry("Jonas Falk", "jonas@falk.test", "Do you write product pages as well? About sixty, German and English.", budget="6,500"),
    Enquiry("Priya Raman", "priya@mosaic.test", "A retainer for our social channels, three posts a week, reporting every month.", "Mosaic Fitness", "", "2,800"),
    Enquiry("Sven Halvorsen", "sven@halvorsen.test", "A logo for my boat."),
    Enquiry("Marta Silva", "marta@casaverde.test", "A new identity for our garden centres, from the sign above the door to the app.", "Casa Verde", "", "31,000"),
)  # fmt: skip


def load(member: Member) -> None:
    """What strangers wrote, and how far the member has taken it."""
    form = System(member.org_id, "lead form")
    _, jonas, priya, sven, marta = [_as(form, leads.submit, enquiry) for enquiry in ENQUIRIES]
    _as(member, leads.contact, jonas)
    _as(member, leads.qualify, priya)
    _as(member, leads.disqualify, sven, "Too small for us; passed on to a friend.")
    _as(member, leads.convert, marta)
    _as(member, leads.assign, jonas, str(member.membership_id))


def _as(actor: Member | System, verb: Callable[..., Any], *args: Any) -> Any:
    with unit_of_work(actor) as work:
        return verb(work, *args)
