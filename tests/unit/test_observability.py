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
        ("POST /unsubscribe/aB3_x-9.1", f"POST /unsubscribe/{HIDDEN}"),
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


REPORTING = """
import json, logging, sys
import sentry_sdk
from sentry_sdk.transport import Transport
from contractflow.observability import start

class Kept(Transport):
    def capture_envelope(self, envelope):
        for item in envelope.items:
            if item.payload.json: print(json.dumps(item.payload.json))

real = sentry_sdk.init
sentry_sdk.init = lambda **options: real(**options, transport=Kept)
start(sys.argv[1])
logging.getLogger("contractflow.web").warning("crumb for clara@client.test")
contract = "the whole contract of " + "Clara"  # as a value only: Python 3.13 shows Sentry the lines of this program
try:
    raise ValueError("clara@client.test opened /portal/open/aB3_x-9 with token=t0psecret")
except ValueError:
    logging.getLogger("contractflow.web").exception("mail to clara@client.test failed")
"""


@pytest.mark.parametrize("component", ["web", "drafts", "general"])
def test_what_goes_to_sentry_carries_no_people(component: str) -> None:
    environment = os.environ | {"CONTRACTFLOW_SENTRY_DSN": "https://key@sentry.test/1"}
    done = subprocess.run(
        [sys.executable, "-c", REPORTING, component],
        env=environment, capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    (event,) = (json.loads(line) for line in done.stdout.splitlines())
    assert (event["server_name"], event["level"]) == (component, "error")
    assert event["exception"]["values"][0]["type"] == "ValueError"
    for word in ("clara", "aB3_x", "t0psecret", "the whole contract of Clara"):
        assert word not in done.stdout, word


FROM_A_PAGE = """SyntaxError: Unexpected token 'C', "Clara's secret terms" is not valid JSON of clara@client.test
    at parse (https://app.example.com/assets/state-4f1c.js:1:2345)
    at https://app.example.com/portal/open/aB3_x-9?token=t0psecret"""
PAGE = (
    REPORTING.split("start(sys.argv[1])", maxsplit=1)[0]
    + "start('web')\nfrom contractflow.web.refusals import log_frontend_error\nlog_frontend_error(Exception(sys.stdin.read()))\n"
)


@pytest.mark.parametrize("dsn", ["https://key@sentry.test/1", ""])
def test_what_a_page_stumbled_over_goes_to_sentry_over_our_own_socket_without_people(dsn: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "CONTRACTFLOW_SENTRY_DSN"}
    done = subprocess.run(
        [sys.executable, "-c", PAGE],
        input=FROM_A_PAGE,
        env=environment | ({"CONTRACTFLOW_SENTRY_DSN": dsn} if dsn else {}),
        capture_output=True, text=True, cwd=ROOT, check=True,
    )  # fmt: skip
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(events) == bool(dsn)
    for event in events:
        assert (event["tags"], event["level"]) == ({"part": "browser"}, "error")
        assert event["exception"]["values"][0]["type"] == "SyntaxError"
        assert "state-4f1c.js:1:2345" in event["extra"]["where"][0]
    for word in ("Clara", "clara", "secret terms", "aB3_x", "t0psecret"):
        assert word not in done.stdout, word
