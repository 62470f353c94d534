"""`contractflow keys renew-data`: what the database keeps encrypted is locked again with the newest data key.

After it nothing needs the older ones any more. In batches, each a transaction of its own: stopped half way, it goes on
where it was when it is called again, and people sign in all the while.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text

from contractflow.db.roles import DbRole
from contractflow.db.unit_of_work import UnitOfWork, unit_of_work
from contractflow.errors import Invalid
from contractflow.permissions import Visitor
from contractflow.security import vault
from contractflow.services.factors import totp
from contractflow.services.outgoing import places

BATCH: Final = 200


class Kept(NamedTuple):
    """A column of secrets: which rows have one is asked in the order of their key."""

    what: str
    next: TextClause
    keep: TextClause
    place: Callable[[UUID], str]


SECRETS: Final = (
    Kept(
        "secrets of authenticator apps",
        text(
            "SELECT user_id AS id, totp_secret_enc AS locked FROM user_credential"
            " WHERE totp_secret_enc IS NOT NULL AND user_id > :after ORDER BY user_id LIMIT :batch FOR UPDATE"
        ),
        text("UPDATE user_credential SET totp_secret_enc = :locked WHERE user_id = :id"),
        totp.place,
    ),
    Kept(
        "addresses of integrations",
        text(
            "SELECT id, target_enc AS locked FROM endpoint WHERE target_enc IS NOT NULL AND id > :after"
            " ORDER BY id LIMIT :batch FOR UPDATE"
        ),
        text("UPDATE endpoint SET target_enc = :locked WHERE id = :id"),
        places.target,
    ),
    Kept(
        "secrets of integrations",
        text(
            "SELECT id, secret_enc AS locked FROM endpoint WHERE secret_enc IS NOT NULL AND id > :after"
            " ORDER BY id LIMIT :batch FOR UPDATE"
        ),
        text("UPDATE endpoint SET secret_enc = :locked WHERE id = :id"),
        places.secret,
    ),
    Kept(
        "former secrets of integrations",
        text(
            "SELECT id, former_secret_enc AS locked FROM endpoint WHERE former_secret_enc IS NOT NULL AND id > :after"
            " ORDER BY id LIMIT :batch FOR UPDATE"
        ),
        text("UPDATE endpoint SET former_secret_enc = :locked WHERE id = :id"),
        places.former_secret,
    ),
)


def renew(batch: int = BATCH) -> str:
    """How many were locked anew. Raises Invalid, after all the others were, when some cannot be opened."""
    counts = [(kept, _renew_all(kept, batch)) for kept in SECRETS]
    said = "\n".join(
        f"Key {vault.current_key()}: {counted['anew']:,} {kept.what} locked anew, {counted['current']:,} had it already."
        for kept, counted in counts
        if counted or kept is SECRETS[0]
    )
    if lost := sum(counted["lost"] for _, counted in counts):
        raise Invalid(
            f"{said} {lost:,} cannot be opened with any key of CONTRACTFLOW_DATA_KEYS: keep the older keys there."
        )
    return said


def _renew_all(kept: Kept, batch: int) -> Counter[str]:
    counted: Counter[str] = Counter()
    last: UUID | None = UUID(int=0)
    while last:
        with unit_of_work(Visitor(), role=DbRole.OWNER) as work:
            last = _renew_batch(work, kept, last, batch, counted)
    return counted


def _renew_batch(work: UnitOfWork, kept: Kept, after: UUID, batch: int, counted: Counter[str]) -> UUID | None:
    """The last row of it; None when there was nobody left."""
    rows = work.db.execute(kept.next, {"after": after, "batch": batch}).all()
    for row in rows:
        try:
            fresh = vault.renewed(kept.place(row.id), bytes(row.locked))
        except vault.Unreadable:
            counted["lost"] += 1
            continue
        counted["anew" if fresh else "current"] += 1
        if fresh:
            work.db.execute(kept.keep, {"locked": fresh, "id": row.id})
    return rows[-1].id if rows else None
