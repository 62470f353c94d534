"""The second factor of the demo's platform admin: its secret is public on purpose, a demo on this machine only.

Platform admins cannot be without one. `./cf demo-code` prints the code that an app with this secret shows now.
"""

from __future__ import annotations

import time
from typing import Final

import pyotp

from contractflow.db.unit_of_work import unit_of_work
from contractflow.permissions import Member
from contractflow.security import totp, vault
from contractflow.services import factors
from contractflow.services.factors.rows import ask
from contractflow.services.factors.totp import place

SECRET: Final = "NORTHLIGHTDEMONORTHLIGHTDEMO2345"  # noqa: S105  documented


def enrol(person: Member) -> None:
    """As if `person` had scanned it, half a minute ago: the present code is still good."""
    with unit_of_work(person) as work:
        ask(
            work,
            "SELECT gate_totp_offer(:secret)",
            secret=vault.lock(place(person.user_id), SECRET),
        )
    with unit_of_work(person) as work:
        factors.enable_totp(work, code(-1))


def code(steps: int = 0) -> str:
    """What the app shows now, or so many half minutes later."""
    return str(pyotp.TOTP(SECRET).generate_otp(int(time.time()) // totp.PERIOD + steps))
