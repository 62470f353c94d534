"""Endpoints: adding one, changing what it is told, pausing, removing. Secrets are shown once, and locked in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlmodel import col, func, select, update

from contractflow.content.lines import one_line
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, Invalid, LimitReached, NotFound
from contractflow.integrations.outgoing import addresses, signing
from contractflow.models import Delivery, Endpoint
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.security import vault
from contractflow.services import limits
from contractflow.services.moving import locked, move
from contractflow.services.outgoing import places
from contractflow.workflows.endpoint import ENDPOINT, EndpointStatus
from contractflow.workflows.events import CHOSEN

NAME_LIMIT: Final = 80
MOST_ENDPOINTS: Final = 20
OVERLAP: Final = timedelta(hours=24)
"""How long messages are signed with the former secret as well."""

Reader = Callable[[str], str]
# What reads the typed address, and what of it may be shown.
CHANNELS: Final[dict[str, tuple[Reader, Reader]]] = {
    "webhook": (addresses.checked, addresses.shown),
    "slack": (addresses.checked_slack, addresses.shown_slack),
}


@dataclass(frozen=True)
class Made:
    """`secret` is empty for Slack, whose address is the secret."""

    endpoint_id: str = ""
    secret: str = field(default="", repr=False)


def add(work: UnitOfWork, *, channel: str, name: str, url: str, events: Iterable[str]) -> Made:
    """A new endpoint, and the secret its messages are signed with, which nobody sees again. Raises Invalid, LimitReached."""
    work.require(P.INTEGRATION_MANAGE)
    if channel not in CHANNELS:
        raise Invalid("Choose a webhook or Slack.", "channel")
    if channel == "webhook":
        limits.require_api(work)
    wanted, target = _chosen(events), _target(channel, url)
    named = one_line(name, "name", "a name", NAME_LIMIT)
    _require_room(work)
    row = Endpoint(id=uuid7(), org_id=_org(work), channel=channel, name=named, shown="", events=wanted)
    row.target_enc, row.shown = vault.lock(places.target(row.id), target), CHANNELS[channel][1](target)
    secret = signing.new_secret() if channel == "webhook" else ""
    row.secret_enc = vault.lock(places.secret(row.id), secret) if secret else None
    work.db.add(row)
    work.record(
        "endpoint:add", "endpoint", row.id, name=named, host=urlsplit(target).hostname, channel=channel
    )
    return Made(str(row.id), secret)


def change(work: UnitOfWork, endpoint_id: UUID, *, name: str, url: str, events: Iterable[str]) -> None:
    """Another name, another address (empty leaves it), other events. Raises Invalid, NotFound."""
    work.require(P.INTEGRATION_MANAGE)
    row = _open(work, endpoint_id)
    wanted, named = _chosen(events), one_line(name, "name", "a name", NAME_LIMIT)
    changes: dict[str, tuple[object, object]] = {
        "name": (row.name, named),
        "events": (", ".join(row.events), ", ".join(wanted)),
    }
    if url.strip():
        target = _target(row.channel, url)
        before = vault.unlock(places.target(row.id), row.target_enc or b"")
        if target != before:
            row.target_enc, row.shown = (
                vault.lock(places.target(row.id), target),
                CHANNELS[row.channel][1](target),
            )
            changes["host"] = (urlsplit(before).hostname, urlsplit(target).hostname)
            changes["address"] = ("the former one", "another one")
    if all(before == after for before, after in changes.values()):
        return
    row.name, row.events = named, wanted
    work.record("endpoint:change", "endpoint", row.id, name=named, changes=changes)


def pause(work: UnitOfWork, endpoint_id: UUID) -> None:
    """What happens from now on is not told there; what was queued before waits. Raises NotFound, IllegalMove."""
    row = _locked(work, endpoint_id)
    if row.status is not EndpointStatus.PAUSED:
        row.why_paused = ""
        move(work, row, ENDPOINT, "pause", name=row.name)


def resume(work: UnitOfWork, endpoint_id: UUID) -> None:
    """Told again, with a clean record. Raises NotFound, IllegalMove, LimitReached."""
    work.require(P.INTEGRATION_MANAGE)
    row = _open(work, endpoint_id)
    if row.status is EndpointStatus.ACTIVE:
        return
    if row.channel == "webhook":
        limits.require_api(work)
    row.why_paused, row.failures, row.failing_since, row.rests_until = "", 0, None, None
    move(work, row, ENDPOINT, "resume", name=row.name)


def remove(work: UnitOfWork, endpoint_id: UUID) -> None:
    """Never told again; its address and secrets are forgotten at once. Raises NotFound."""
    row = _locked(work, endpoint_id)
    if row.status is EndpointStatus.REMOVED:
        return
    move(work, row, ENDPOINT, "remove", name=row.name)
    row.target_enc = row.secret_enc = row.former_secret_enc = row.former_until = None
    work.db.execute(
        update(Delivery)
        .where(col(Delivery.endpoint_id) == row.id, col(Delivery.status) == "queued")
        .values(status="dead", finished_at=work.now)
    )


def rotate(work: UnitOfWork, endpoint_id: UUID) -> Made:
    """A new secret, shown once; the former one signs along for a day. Raises NotFound, IllegalMove for Slack."""
    work.require(P.INTEGRATION_MANAGE)
    row = _open(work, endpoint_id)
    if row.secret_enc is None:
        raise IllegalMove("Slack's messages are not signed. Paste a new address instead.")
    former = vault.unlock(places.secret(row.id), row.secret_enc)
    secret = signing.new_secret()
    row.former_secret_enc, row.former_until = (
        vault.lock(places.former_secret(row.id), former),
        work.now + OVERLAP,
    )
    row.secret_enc = vault.lock(places.secret(row.id), secret)
    work.record("endpoint:rotate", "endpoint", row.id, name=row.name)
    return Made(str(row.id), secret)


def test(work: UnitOfWork, endpoint_id: UUID) -> None:
    """Send it one message now, paused or not; tried once. Raises NotFound, LimitReached."""
    work.require(P.INTEGRATION_MANAGE)
    row = _open(work, endpoint_id)
    if row.channel == "webhook":
        limits.require_api(work)
    row.rests_until = None
    work.db.flush()
    work.record("endpoint:test", "endpoint", row.id, name=row.name)


def _locked(work: UnitOfWork, endpoint_id: UUID) -> Endpoint:
    work.require(P.INTEGRATION_MANAGE)
    return locked(work, Endpoint, endpoint_id, "endpoint")


def _open(work: UnitOfWork, endpoint_id: UUID) -> Endpoint:
    """Locked, and not removed."""
    row = _locked(work, endpoint_id)
    if row.status is EndpointStatus.REMOVED:
        raise NotFound("endpoint")
    return row


def _chosen(events: Iterable[str]) -> list[str]:
    """In the order of the table. Raises Invalid."""
    wanted = set(events)
    if wanted - CHOSEN.keys():
        raise Invalid("Choose among the events offered.", "events")
    if not wanted:
        raise Invalid("Choose at least one event.", "events")
    return [word for word in CHOSEN if word in wanted]


def _target(channel: str, url: str) -> str:
    try:
        return CHANNELS[channel][0](url)
    except addresses.Refused as refused:
        raise Invalid(str(refused), "url") from None


def _require_room(work: UnitOfWork) -> None:
    query = select(func.count()).where(col(Endpoint.status) != EndpointStatus.REMOVED)
    if work.db.exec(query).one() >= MOST_ENDPOINTS:
        raise LimitReached(f"There are {MOST_ENDPOINTS} integrations already. Remove one first.")


def _org(work: UnitOfWork) -> UUID:
    assert work.actor.org_id is not None  # noqa: S101  who has a permission has an organisation
    return work.actor.org_id
