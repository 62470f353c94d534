"""The plans of organisations: what time brings, and what Paddle has to be told until it has heard it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import AppError
from contractflow.integrations.payments import paddle
from contractflow.integrations.payments.plans import SaidPlan
from contractflow.permissions import System
from contractflow.services import plans
from contractflow.services.plans import Ask

if TYPE_CHECKING:
    from contractflow.integrations.payments.paddle_plans import PaddlePlans

log = logging.getLogger(__name__)

# fmt: off
ASKED: dict[Ask, Callable[[PaddlePlans, str], SaidPlan]] = {
    Ask.FETCH:      lambda seller, ref: seller.fetch(ref),
    Ask.CANCEL:     lambda seller, ref: seller.cancel(ref),
    Ask.CANCEL_NOW: lambda seller, ref: seller.cancel(ref, at_once=True),
    Ask.KEEP:       lambda seller, ref: seller.keep(ref),
}
# fmt: on


def look(org_id: str) -> None:
    """Do what is due for one organisation's plan. Safe to run twice."""
    actor = System(UUID(org_id), "scheduler")
    with unit_of_work(actor) as work:
        wish = plans.look(work)
    seller = paddle.plans() if wish else None
    if wish is None or seller is None:
        return
    try:
        said = ASKED[wish.ask](seller, wish.ref)
    except AppError as problem:
        log.warning("plan of %s: paddle was asked to %s: %s", org_id, wish.ask, problem.message)
        with unit_of_work(actor) as work:
            plans.postpone(work)
    else:
        with unit_of_work(actor) as work:
            plans.follow(work, said)
