"""What this Paddle knows, and telling the product about it by signed webhooks."""

from __future__ import annotations

import asyncio
import copy
import hashlib
import hmac
import json
import time
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from contractflow.sandbox import faults
from contractflow.sandbox.shelf import Shelf

API_KEY = "pdl_sdbx_apikey_sandbox"
WEBHOOK_SECRET = "pdl_ntfset_sandbox"
RETRY_AFTER = (0.0, 0.2, 0.5, 1, 2, 5, 15, 60)  # seconds; Paddle itself tries sixty times in three days
_COLLECTIONS = (
    "customers",
    "addresses",
    "products",
    "prices",
    "transactions",
    "subscriptions",
    "adjustments",
    "events",
    "cards",
)
_TIERS = (("starter", "Starter", 2900), ("growth", "Growth", 9900), ("scale", "Scale", 29900))
MONTHS_A_YEAR = 10
"""What a year costs, in months."""

Entity = dict[str, Any]


class Books:
    """All entities by collection and id, on one shelf; `emit` delivers an event in the background."""

    def __init__(self, directory: Path, webhook_url: str, webhook_secret: str = WEBHOOK_SECRET) -> None:
        self._shelf = Shelf(directory / "paddle.json", _COLLECTIONS)
        self._webhook_url, self._secret = webhook_url, webhook_secret
        self._under_way: set[asyncio.Task[None]] = set()
        self.deliveries: list[Entity] = []
        self.url = ""
        """Where its own pages are, as whoever asks it last reached it."""
        for tier, name, monthly in _TIERS:
            self._seed_tier(tier, name, monthly)

    def __getitem__(self, collection: str) -> dict[str, Entity]:
        entities: dict[str, Entity] = self._shelf.collections[collection]
        return entities

    def add(self, collection: str, prefix: str, **fields: Any) -> Entity:
        """A new entity with an id that sorts by time, as Paddle's do."""
        now = moment()
        entity: Entity = {"id": new_id(prefix), "created_at": now, "updated_at": now, **fields}
        self[collection][entity["id"]] = entity
        self._shelf.save()
        return entity

    def change(self, entity: Entity, **fields: Any) -> None:
        entity.update(fields, updated_at=moment())
        self._shelf.save()

    def emit(self, event_type: str, entity: Entity) -> None:
        event: Entity = {
            "event_id": new_id("evt"),
            "event_type": event_type,
            "occurred_at": moment(),
            "notification_id": new_id("ntf"),
            "data": copy.deepcopy(entity),
        }
        self["events"][event["event_id"]] = event
        self._shelf.save()
        self.later(self._deliver(event))

    def later(self, work: Any) -> None:
        """Do `work` (a coroutine) in the background."""
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def close(self) -> None:
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _deliver(self, event: Entity) -> None:
        fault = faults.take("paddle", "badsig", "dup", "late", "lost", event=event["event_type"])
        kind = fault.get("kind")
        if kind == "lost":
            return
        if kind == "late":
            await asyncio.sleep(fault.get("seconds", 1.5))
        body = json.dumps(event).encode()
        async with httpx.AsyncClient(timeout=5, trust_env=False) as http:
            for number, wait in enumerate(RETRY_AFTER, start=1):
                await asyncio.sleep(wait)
                secret = "somebody-else" if kind == "badsig" and number == 1 else self._secret
                status = await self._post(http, body, secret)
                self.deliveries.append({"event": event["event_type"], "try": number, "status": status})
                if status == httpx.codes.OK:
                    break
            if kind == "dup":
                await self._post(http, body, self._secret)

    async def _post(self, http: httpx.AsyncClient, body: bytes, secret: str) -> int | str:
        headers = {
            "Paddle-Signature": signature(body, secret),
            "Content-Type": "application/json",
            "User-Agent": "Paddle",
        }
        try:
            return (await http.post(self._webhook_url, content=body, headers=headers)).status_code
        except httpx.HTTPError as error:
            return type(error).__name__

    def _seed_tier(self, tier: str, name: str, monthly: int) -> None:
        """The product's own three tiers have fixed price ids, so that the settings can name them."""
        now = moment()
        product = {
            "name": name,
            "description": None,
            "type": "standard",
            "tax_category": "saas",
            "status": "active",
        }
        product |= {
            "image_url": None,
            "custom_data": None,
            "import_meta": None,
            "created_at": now,
            "updated_at": now,
        }
        self["products"].setdefault(f"pro_{tier}", product | {"id": f"pro_{tier}"})
        for interval, amount in (("month", monthly), ("year", monthly * MONTHS_A_YEAR)):
            price = priced(
                {
                    "product_id": f"pro_{tier}",
                    "name": name,
                    "description": f"ContractFlow {name}, a {interval}",
                    "unit_price": {"amount": str(amount), "currency_code": "EUR"},
                    "billing_cycle": {"interval": interval, "frequency": 1},
                    "type": "standard",
                }
            )
            price_id = f"pri_{tier}_{interval}"
            self["prices"].setdefault(
                price_id, price | {"id": price_id, "created_at": now, "updated_at": now}
            )


def moment(at: datetime | None = None) -> str:
    return (at or datetime.now(UTC)).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_id(prefix: str) -> str:
    return f"{prefix}_01{time.time_ns() // 1000:016x}{uuid.uuid4().hex[:8]}"


def signature(body: bytes, secret: str, at: int | None = None) -> str:
    at = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{at}:".encode() + body, hashlib.sha256).hexdigest()
    return f"ts={at};h1={digest}"


def priced(asked: Entity) -> Entity:
    """A price as Paddle answers it, without id and times, from what was asked for."""
    return {
        "product_id": asked["product_id"],
        "name": asked.get("name"),
        "description": asked["description"],
        "type": asked.get("type", "custom"),
        "billing_cycle": asked.get("billing_cycle"),
        "trial_period": asked.get("trial_period"),
        "tax_mode": asked.get("tax_mode", "account_setting"),
        "unit_price": asked["unit_price"],
        "unit_price_overrides": [],
        "quantity": asked.get("quantity") or {"minimum": 1, "maximum": 100},
        "status": "active",
        "custom_data": asked.get("custom_data"),
        "import_meta": None,
    }
