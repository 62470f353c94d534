"""Waking workers: our jobs only, one wake-up at a time, and never a person kept waiting."""

from __future__ import annotations

import importlib
import time

import pytest
from rq import Callback, Queue

from contractflow.broker import connections
from contractflow.broker.queue import LANES, SERIALIZER, SafeJob, enqueue, waiting
from contractflow.config import settings
from contractflow.ops.processes import free_port


def test_one_wake_up_per_id(redis_url):
    assert enqueue("drafts.generate", job_id="draft-1-0", draft_id=1)
    assert not enqueue("drafts.generate", job_id="draft-1-0", draft_id=1)
    assert waiting("drafts") == 1


def test_a_job_carries_a_name_and_ids_as_json(redis_url):
    enqueue("mail.deliver", job_id="mail-7", notification_id=7)
    job = SafeJob.fetch("mail-7", connection=connections.queue_redis(), serializer=SERIALIZER)
    assert (job.func_name, job.kwargs) == ("contractflow.jobs.mail.deliver", {"notification_id": "7"})


@pytest.mark.parametrize(
    "name", ["os.system", "contractflow.services.drafts.request", "contractflow.jobs.worker.run_draft_worker"]
)
def test_nobody_elses_code_runs(redis_url, name):
    queue = Queue("general", connection=connections.queue_redis(), serializer=SERIALIZER)
    queue.enqueue(name, "true", job_id="evil", on_success=Callback("os.system"))
    job = SafeJob.fetch("evil", connection=connections.queue_redis(), serializer=SERIALIZER)
    with pytest.raises(PermissionError):
        _ = job.func
    assert job.success_callback is None


def test_an_unknown_job_is_a_mistake_of_ours(redis_url):
    with pytest.raises(LookupError):
        enqueue("mail.delivre", job_id="x")


@pytest.mark.parametrize("name", LANES)
def test_every_job_of_the_table_exists(name):
    module, function = name.split(".")
    assert callable(getattr(importlib.import_module(f"contractflow.jobs.{module}"), function))


def test_without_redis_nobody_waits(monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")
    settings.cache_clear()
    connections.forget_connections()
    began = time.monotonic()
    assert not enqueue("drafts.generate", job_id="draft-1-0", draft_id=1)
    assert time.monotonic() - began < 0.25
    settings.cache_clear()
    connections.forget_connections()
