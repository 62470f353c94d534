"""The figures of Analytics as files."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import NotFound
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services import analytics, analytics_files
from contractflow.web.admission import admits
from contractflow.web.threads import perform


@admits(P.INVOICE_READ)
async def table(request: Request, member: Member) -> Response:
    """CSV of one chart, of the period and client in the address."""
    asked = request.query_params
    months = asked.get("months", "")
    period = int(months) if months in map(str, analytics.PERIODS) else analytics.USUAL
    wanted = {"months": period, "client_id": _client(asked.get("client", ""))}
    file = await perform(member, analytics_files.table, asked.get("table", ""), **wanted)  # type: ignore[arg-type]
    headers = {
        "content-disposition": f'attachment; filename="{file.name}"',
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(file.text, media_type="text/csv; charset=utf-8", headers=headers)


routes = [Route("/api/analytics.csv", table)]


def _client(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise NotFound("client") from None
