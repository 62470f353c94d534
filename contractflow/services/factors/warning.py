"""Wrong codes, one after the other: who knows the password may not be the person, who has to hear of it."""

from __future__ import annotations

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.services import notifications
from contractflow.services.devices import device
from contractflow.services.display import shown
from contractflow.services.factors import rows


def warn_of_wrong_codes(work: UnitOfWork) -> None:
    """Mail the member whose codes are tried, at most once an hour; it stands in the trail each time."""
    member = work.member
    work.record("factor:wrong_codes", "app_user", member.user_id)
    notifications.queue(
        work,
        "wrong_codes",
        recipient=rows.factors_of(work, member.user_id).email,
        user_id=member.user_id,
        dedupe_key=f"wrong_codes:{member.user_id}:{work.now:%Y-%m-%dT%H}",
        name=member.name,
        at=shown(work, work.now).exact,
        ip=member.ip or "unknown",
        device=device(member.user_agent) or "an unknown browser",
    )
