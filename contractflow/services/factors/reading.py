"""What Settings › Security shows of one's own factors."""

from __future__ import annotations

from dataclasses import dataclass

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.models import AppUser
from contractflow.permissions import Permission as P


@dataclass(frozen=True)
class SecurityPage:
    email: str = ""


def page(work: UnitOfWork) -> SecurityPage:
    work.require(P.ORG_READ)
    return SecurityPage(work.db.get_one(AppUser, work.member.user_id).email)
