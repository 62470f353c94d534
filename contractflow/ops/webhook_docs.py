"""docs/webhooks.md, whose tables are those that the product itself reads; its Python is run by the tests."""

from __future__ import annotations

from pathlib import Path

from contractflow.integrations.outgoing.posting import SECONDS
from contractflow.ops.docs import aligned
from contractflow.ops.serving import ROOT
from contractflow.services.outgoing.delivering import DAYS_OF_FAILURE, LONGEST_WAITS, MOST_ATTEMPTS
from contractflow.services.outgoing.facts import FACTS
from contractflow.services.outgoing.keeping import MOST_ENDPOINTS, OVERLAP
from contractflow.workflows.events import CHOSEN

FILE = ROOT / "docs" / "webhooks.md"

_PAGE = '''# Webhooks

Written by `./cf docs` from `contractflow/workflows/events.py` and `contractflow/services/outgoing/facts.py`; the Python
below is run by `tests/unit/test_outgoing.py`. People add endpoints under *Settings › Integrations* (Admins and above).

## What arrives

A `POST` with JSON, signed as [Standard Webhooks](https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md)
says, so that its libraries can be used as they are:

```
webhook-id: msg_01939a3c6f2e7b18a0c1d2e3f4a5b6c7
webhook-timestamp: 1795431600
webhook-signature: v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=

{{"type":"document.signed","timestamp":"2026-11-23T11:40:00.000Z","data":{{"organisation_id":"…","document":{{"id":"…",…}}}}}}
```

`type` is the event, `timestamp` when it happened, `data` what it is about:

{facts}

Ids, states and amounts; amounts are integers in the minor unit of `currency`. No names of people, no addresses, no texts
of documents, no comments: whoever needs more follows `url`, signed in. `data` is as it was when the message was made,
seconds after the event.

## Events

{events}

`endpoint.test` comes from *Send a test event*, whatever the endpoint chose. It is tried once.

## Verify before you believe

The signature is HMAC-SHA-256 over `<webhook-id>.<webhook-timestamp>.<body>`, with the bytes behind `whsec_` (base64) as
key. Use the body exactly as it came. After *New secret* messages carry two signatures for {overlap:.0f} hours: one right one is enough.

```python
import base64
import hashlib
import hmac
import time


def verify(secret: str, headers: dict[str, str], body: bytes, now: float | None = None) -> bool:
    """Whether `body` was sent by ContractFlow within the last five minutes. `headers` with names in lower case."""
    at = headers["webhook-timestamp"]
    if abs((time.time() if now is None else now) - int(at)) > 300:
        return False
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{{headers['webhook-id']}}.{{at}}.".encode() + body
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers["webhook-signature"].split(" ")
    return any([hmac.compare_digest(f"v1,{{right}}", one) for one in given])
```

## What to answer, and what we do otherwise

* Any status from 200 to 299 within {seconds:.0f} seconds: taken. The body does not matter; its first 500 characters are in the log.
* Anything else, a redirect too: tried again, {attempts} times in all, with waits that grow to six hours and are drawn by
  lot (full jitter): {hours:.0f} hours on average. `Retry-After` is heeded up to six hours.
* `410 Gone`: the endpoint is paused at once.
* Given up: the message is *Failed* in the log, the Admins are told (once a day for each endpoint), and anybody who manages
  integrations can send one or all of them again, for thirty days. The log keeps nothing longer.
* {days} days without one success: the endpoint is paused, and the Admins are told.

**At least once, in any order.** A message may come twice: the `webhook-id` is the same then, also when it is sent again by
hand. Messages may overtake each other: compare `timestamp`, or ask for what is now.

## Where we post

To `https://` only, port 443 or one from 1024 on, never to an address that is not on the public internet: the name is
resolved right before every post, all its addresses are looked at, and the connection goes to the one that was looked at.
Redirects are not followed. At most {endpoints} endpoints for an organisation. Webhooks need the Scale plan; Slack is in every plan.

## Slack

An *incoming webhook* of Slack gets a line with a link in place of the JSON, from the same outbox with the same retries and
the same log. Its messages are not signed: the address is the secret, and is kept encrypted as the secrets are.

## On our side

| what | where |
|---|---|
| the outbox | `delivery`, written by `gate_tell_endpoints` in the transaction of the line of the trail |
| the worker | `contractflow/jobs/outgoing.py`, one job for each endpoint; the sweep `gate_due_deliveries` finds what nobody was woken for |
| the addresses | `contractflow/integrations/outgoing/addresses.py` |
| to try it | `./cf up`, then `<sandbox>/hooks/<any name>` as the address; `<sandbox>/hooks` shows what came; faults in `contractflow/sandbox/hooks.py` |
'''


def write(path: Path = FILE) -> Path:
    path.write_text(text(), "utf-8")
    return path


def text() -> str:
    facts = [(f"`{noun}`", ", ".join(_facts(noun))) for noun in FACTS]
    events = [(f"`{event.word}`", event.words, event.group) for event in CHOSEN.values()]
    return _PAGE.format(
        facts=aligned(("in `data`", "what is said of it"), facts),
        events=aligned(("event", "when", "group"), events),
        overlap=OVERLAP.total_seconds() // 3600,
        seconds=SECONDS,
        attempts=MOST_ATTEMPTS,
        hours=sum(LONGEST_WAITS) / 2 / 3600,
        days=DAYS_OF_FAILURE,
        endpoints=MOST_ENDPOINTS,
    )


def _facts(noun: str) -> list[str]:
    columns = FACTS[noun].columns + (("url",) if FACTS[noun].path else ())
    return [f"`{column}`" for column in columns]
