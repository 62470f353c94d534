"""The floor's writer: whoever asks gets the stamped pieces XADDed at their pace. Nothing is checked, kept or fenced."""

from __future__ import annotations

import asyncio
import json
import os

import uvloop
from redis.asyncio import Redis

from contractflow.sandbox.stamped import pieces

ORDERS = "bench:orders"
KEPT_SECONDS = 120


async def write(redis: Redis, key: str, order: dict[str, str]) -> None:
    async for piece in pieces(order):
        await redis.xadd(key, {"t": piece})
    await redis.xadd(key, {"end": "1"})
    await redis.expire(key, KEPT_SECONDS)


async def main() -> None:
    redis = Redis.from_url(os.environ["CONTRACTFLOW_REDIS_URL"], decode_responses=True)
    writing = set()
    while True:
        _, asked = await redis.blpop(ORDERS)
        order = json.loads(asked)
        writing.add(task := asyncio.create_task(write(redis, order["key"], order)))
        task.add_done_callback(writing.discard)


if __name__ == "__main__":
    uvloop.run(main())
