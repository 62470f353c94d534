"""POST /api/webhooks/mail: the mail vendor says that a mail came back, signed as Standard Webhooks says.

    {"type": "bounced" | "complained" | "delayed", "message_id": "<…@…>", "reason": "550 5.1.1 no such mailbox"}

A mail server's own report (RFC 3464) is taken as well, with the content type message/rfc822 and signed the same way.
Any vendor's own format is brought into this one by a line of its rules, or by a small function in between: docs/runbook.md.
"""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.config import settings
from contractflow.integrations.email.reports import read_report
from contractflow.integrations.outgoing import signing
from contractflow.permissions import System, Visitor
from contractflow.services import bounces
from contractflow.web.admission import admits
from contractflow.web.rules import PUBLIC
from contractflow.web.threads import perform

FOR_GOOD = ("bounced", "complained")
"""The rest is on its way still: the vendor tries again."""


class Said(NamedTuple):
    type: str
    message_id: str
    reason: str


@admits(PUBLIC)
async def mail(request: Request) -> Response:
    """200 for what is known, and for what is not ours; 401 for what nobody signed, 400 for what is no such event."""
    raw, secret = await request.body(), settings().mail_webhook_secret
    if secret is None or not signing.verify(secret.get_secret_value(), request.headers, raw, time.time()):
        return Response(status_code=HTTPStatus.UNAUTHORIZED)
    try:
        said = _report(raw) if _is_mail(request) else _read(raw)
    except (ValueError, KeyError, TypeError):
        return Response(status_code=HTTPStatus.BAD_REQUEST)
    found = await perform(Visitor(), bounces.mailed, said.message_id) if said.type in FOR_GOOD else None
    if found:
        org_id, row_id = found
        await perform(System(org_id, "mail"), bounces.returned, row_id, said.reason, said.type)
    return Response(status_code=HTTPStatus.OK)


def _read(raw: bytes) -> Said:
    body = json.loads(raw)
    return _said(body["type"], body["message_id"], body.get("reason"))


def _report(raw: bytes) -> Said:
    return _said(*read_report(raw))


def _is_mail(request: Request) -> bool:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == "message/rfc822"


def _said(kind: Any, message_id: Any, reason: Any) -> Said:
    reason = reason or "It came back."
    if not all(isinstance(each, str) and "\0" not in each for each in (kind, message_id, reason)):
        raise ValueError("not text")
    return Said(kind, message_id[:200], " ".join(reason.split())[:300])


routes = [Route("/api/webhooks/mail", mail, methods=["POST"])]
