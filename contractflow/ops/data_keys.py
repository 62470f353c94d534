"""`contractflow keys renew-data`: what the database keeps encrypted is locked again with the newest data key.

After it nothing needs the older ones any more. In batches, each a transaction of its own: stopped half way, it goes on
where it was when it is called again, and people sign in all the while.
"""

from __future__ import annotations

from collections import Counter
from typing import Final
from uuid import UUID

from sqlalchemy import text

from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.errors import Invalid
from contractflow.permissions import Visitor
from contractflow.security import vault
from contractflow.services.factors.totp import place

BATCH: Final = 200
_NEXT = text(
    "SELECT user_id, totp_secret_enc FROM user_credential"
    " WHERE totp_secret_enc IS NOT NULL AND user_id > :after ORDER BY user_id LIMIT :batch FOR UPDATE"
)
_KEEP = text("UPDATE user_credential SET totp_secret_enc = :locked WHERE user_id = :user_id")


def renew(batch: int = BATCH) -> str:
    """How many were locked anew. Raises Invalid, after all the others were, when some cannot be opened."""
    counted: Counter[str] = Counter()
    last: UUID | None = UUID(int=0)
    while last:
        with unit_of_work(Visitor(), role=DbRole.OWNER) as work:
            last = _renew_batch(work, last, batch, counted)
    said = (
        f"Key {vault.current_key()}: {counted['anew']:,} secrets of authenticator apps locked anew,"
        f" {counted['current']:,} had it already."
    )
    if lost := counted["lost"]:
        raise Invalid(
            f"{said} {lost:,} cannot be opened with any key of CONTRACTFLOW_DATA_KEYS: keep the older keys there."
        )
    return said


def _renew_batch(work: UnitOfWork, after: UUID, batch: int, counted: Counter[str]) -> UUID | None:
    """The last person of it; None when there was nobody left."""
    rows = work.db.execute(_NEXT, {"after": after, "batch": batch}).all()
    for row in rows:
        try:
            fresh = vault.renewed(place(row.user_id), bytes(row.totp_secret_enc))
        except vault.Unreadable:
            counted["lost"] += 1
            continue
        counted["anew" if fresh else "current"] += 1
        if fresh:
            work.db.execute(_KEEP, {"locked": fresh, "user_id": row.user_id})
    return rows[-1].user_id if rows else None
