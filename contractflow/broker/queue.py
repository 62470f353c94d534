"""Waking workers: a job is a name and ids. The row it works on is the truth, so a lost wake-up costs a second."""

from __future__ import annotations

import logging
from typing import Any

from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job

from contractflow.broker.connections import queue_redis

log = logging.getLogger(__name__)

JOBS = "contractflow.jobs."
SERIALIZER = "json"

# fmt: off
LANES = {
    # job                        the queue it waits in, each with workers of its own:
    "drafts.generate":           "drafts",    # waits for providers, fifty at once
    "mail.deliver":              "mail",      # what waits for others or is done in a blink
    "outgoing.deliver":          "mail",
    "outgoing.forget":           "mail",
    "payments.process_webhook":  "mail",
    "payments.reconcile":        "mail",
    "documents.expire":          "mail",
    "documents.attend_approval": "mail",
    "invoices.issue_due":        "mail",
    "invoices.attend_overdue":  "mail",
    "orgs.erase":                "mail",
    "plans.look":                "mail",
    "signing.seal":              "general",   # computes: one process per job
}
# fmt: on
QUEUES = tuple(dict.fromkeys(LANES.values()))
SECONDS_TO_FINISH = {"drafts": 240, "mail": 120, "general": 300}
SECONDS_A_FAILURE_IS_KEPT = 60


class SafeJob(Job):  # type: ignore[misc]  # RQ's classes are skipped by mypy
    """Runs our own jobs and nothing else: whoever can write to Redis still cannot name `os.system`."""

    @property
    def func(self) -> Any:
        if (self.func_name or "").removeprefix(JOBS) not in LANES or self.instance is not None:
            raise PermissionError(f"not one of our jobs: {self.func_name!r}")
        return super().func

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None

    def send_webhooks(self, *args: object, **kwargs: object) -> None:
        """Never: an address that comes out of Redis is nobody's to call."""


def enqueue(name: str, *, job_id: str, **ids: object) -> bool:
    """Wake a worker for `contractflow.jobs.<name>(**ids)`; at most one job with this id waits or runs.

    Returns whether it was handed over now. Never raises and never takes longer than a quarter of a second:
    the scheduler finds every row that nobody was woken for.
    """
    if name not in LANES:
        raise LookupError(f"there is no job called {name!r}")
    queue = LANES[name]
    try:
        _queue(queue).enqueue_call(
            JOBS + name,
            kwargs={key: str(value) for key, value in ids.items()},
            job_id=job_id,
            unique=True,
            timeout=SECONDS_TO_FINISH[queue],
            result_ttl=0,
            failure_ttl=SECONDS_A_FAILURE_IS_KEPT,
        )
    except DuplicateJobError:
        return False
    except (RedisError, OSError) as problem:
        log.warning("could not wake %s for %s: %s", queue, job_id, problem)
        return False
    return True


def ahead_of(queue: str, prefix: str) -> int | None:
    """How many other drafts' (or whatever the ids name before their last "-") jobs wait before the first id with `prefix`.

    None when it does not wait here: somebody took it, or nobody was woken for it yet.
    """
    before: set[str] = set()
    for job_id in _queue(queue).get_job_ids():
        if job_id.startswith(prefix):
            return len(before)
        before.add(job_id[: len(prefix)])
    return None


def waiting(queue: str) -> int:
    """How many jobs nobody has taken yet."""
    return int(_queue(queue).count)


def _queue(name: str) -> Queue:
    return Queue(name, connection=queue_redis(), job_class=SafeJob, serializer=SERIALIZER)
