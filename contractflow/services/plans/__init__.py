"""The organisation's own plan: what it may use, buying and changing it, and what happens when nobody pays.

Paddle is asked between two transactions, never inside one (web/plans.py, jobs/plans.py). Whatever it says of a
subscription goes through `follow`, which brings our row in line with it: twice, late or in any order is the same.
"""

from contractflow.services.plans.buying import checkout_closed, checkout_opened, order, ordered
from contractflow.services.plans.changing import Change, billed_as, may_cancel, may_change, may_keep, may_pay
from contractflow.services.plans.costs import BillRow, Cost, amount, bill_rows, holds, money, shown_cost
from contractflow.services.plans.following import follow, followed
from contractflow.services.plans.looking import Ask, Wish, look, postpone
from contractflow.services.plans.reading import Banner, PlanPage, TierRow, UseRow, banner, plan_page
from contractflow.services.plans.rows import look_soon

__all__ = [
    "Ask",
    "Banner",
    "BillRow",
    "Change",
    "Cost",
    "PlanPage",
    "TierRow",
    "UseRow",
    "Wish",
    "amount",
    "banner",
    "bill_rows",
    "billed_as",
    "checkout_closed",
    "checkout_opened",
    "follow",
    "followed",
    "holds",
    "look",
    "look_soon",
    "may_cancel",
    "may_change",
    "may_keep",
    "may_pay",
    "money",
    "order",
    "ordered",
    "plan_page",
    "postpone",
    "shown_cost",
]
