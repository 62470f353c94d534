"""POST /api/reports: what a browser says the content security policy stopped. Nothing it says changes anything but a count."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.config import settings
from contractflow.security import csp_reports
from contractflow.web.admission import admits
from contractflow.web.rules import PUBLIC

TYPES = frozenset({"application/csp-report", "application/reports+json", "application/json"})


@admits(PUBLIC)
async def collect(request: Request) -> Response:
    """204 for whatever was understood or not: a browser does nothing with the answer. 415 for another kind of body."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in TYPES:
        return Response(status_code=415)
    try:
        posted = json.loads(await request.body())
    except (ValueError, RecursionError):
        return Response(status_code=400)
    await csp_reports.keep(csp_reports.read(posted, settings().base_url))
    return Response(status_code=204)


routes = [Route("/api/reports", collect, methods=["POST"])]
