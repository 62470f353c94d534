"""What leaves a process carries no secrets and no people."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from contractflow.observability import HIDDEN, hidden
from contractflow.ops.serving import ROOT


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail to clara@client.test failed", "mail to [e-mail] failed"),
        ("GET /_event?token=0a1b-2c&EIO=4", f"GET /_event?token={HIDDEN}&EIO=4"),
        ("GET /portal/open/aB3_x-9", f"GET /portal/open/{HIDDEN}"),
        ("303 /invite/abc.def?x=1", f"303 /invite/{HIDDEN}?x=1"),
        ("GET /not-me/aB3_x-9", f"GET /not-me/{HIDDEN}"),
        ("Authorization: Bearer abcdefgh12345678", f"Authorization: Bearer {HIDDEN}"),
        ("redis://:hunter2@host:6379/0", f"redis://:{HIDDEN}@host:6379/0"),
        ("draft 0198-77 queued", "draft 0198-77 queued"),
        (
            '(psycopg.errors.InvalidTextRepresentation) invalid input syntax for type integer: "Zelda\nQ"\n[SQL: x]',
            f"(psycopg.errors.InvalidTextRepresentation) invalid input syntax for type integer: {HIDDEN}\n[SQL: x]",
        ),
        (
            'psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "uq"\nDETAIL:  Key (name)=(Zelda) already exists.',
            f'psycopg.errors.UniqueViolation: duplicate key value violates unique constraint "uq"\nDETAIL:  {HIDDEN}',
        ),
        (
            "DETAIL:  Failing row contains (1, Zelda\nQ, 2).\n[SQL: x]",
            f"DETAIL:  {HIDDEN}\n[SQL: x]",
        ),
    ],
)
def test_text_is_cleaned(said: str, kept: str) -> None:
    assert hidden(said) == kept


def test_structures_are_walked_and_secret_names_hidden() -> None:
    event = {
        "request": {"headers": {"Cookie": "cf=1", "Host": "x"}, "data": [{"password": "p"}, "a@b.test"]},
        "n": 3,
    }
    assert hidden(event) == {
        "request": {"headers": {"Cookie": HIDDEN, "Host": "x"}, "data": [{"password": HIDDEN}, "[e-mail]"]},
        "n": 3,
    }


PROGRAM = """
import logging
from contractflow.observability import start
start("general")
log = logging.getLogger("contractflow.services.mail")
log.warning("to %s", "clara@client.test", extra={"token": "t0p", "document_id": "d1"})
try:
    raise ValueError("clara@client.test")
except ValueError:
    log.exception("failed")
"""


def test_logs_are_one_json_object_per_line_outside_of_local() -> None:
    environment = os.environ | {"CONTRACTFLOW_ENVIRONMENT": "test"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, cwd=ROOT, check=True
    )
    first, second = (json.loads(line) for line in done.stderr.splitlines())
    assert first["message"] == "to [e-mail]"
    assert (first["component"], first["level"], first["token"], first["document_id"]) == (
        "general",
        "warning",
        HIDDEN,
        "d1",
    )
    assert "Traceback" in second["exception"]
    assert "clara" not in done.stderr
