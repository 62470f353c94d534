"""The main job from sign-up to Paid, with three people, each in a browser of their own."""

from __future__ import annotations

import pytest

from tests.e2e import steps

pytestmark = pytest.mark.xdist_group("product")


async def test_from_sign_up_to_paid(meet) -> None:
    olivia, adam, clara = await meet("Olivia Owner"), await meet("Adam Admin"), await meet("Clara Client")

    await olivia.sign_up("Northlight Studio")
    await olivia.sees("Your first contract")
    await steps.invite(olivia, adam)
    await steps.add_client(olivia, clara)
    await steps.new_document(olivia, "Website relaunch")
