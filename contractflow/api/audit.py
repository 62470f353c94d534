"""The audit log as files: a table for people, and the exact lines with what proves them. Streamed, never whole in memory."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services import audit
from contractflow.services.audit import Export, Part, Wanted
from contractflow.web.admission import admits
from contractflow.web.archives import Outlet, streamed
from contractflow.web.requests import member_of
from contractflow.web.threads import perform

SCRIPT: Final = Path(audit.__file__).with_name("verify_trail.py")
README: Final = """This is the audit log of your organisation, complete, one event a line (events.jsonl).

Nothing in it can be changed, removed, added or put in another order without being noticed. Prove it with

    python3 verify_trail.py

which needs Python 3.7 or later and nothing else: no network, and nothing of ours. Read it first, if you like.

It cannot notice by itself that everything was written anew. For that, give it the newest entry that you hold
outside: the mails to your team and every sealed PDF print one (Audit trail: entry 1234, and 64 characters):

    python3 verify_trail.py --head 1234:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
"""


@admits(P.AUDIT_EXPORT)
async def table(request: Request, member: Member) -> Response:
    """CSV of what the filters in the address leave."""
    query = request.query_params
    wanted = Wanted(**{name: query.get(name, "") for name in Wanted.__dataclass_fields__})
    begun = await perform(member, audit.export, "csv", wanted)
    return streamed(f"{begun.name}.csv", "text/csv; charset=utf-8", _lines(request, begun, audit.csv_part))


@admits(P.AUDIT_EXPORT)
async def evidence(request: Request, member: Member) -> Response:
    """A ZIP with the whole chain as JSON lines and the verifier: a part of a chain would prove nothing."""
    begun = await perform(member, audit.export, "evidence", Wanted())
    return streamed(f"{begun.name}.zip", "application/zip", _archive(request, begun))


routes = [Route("/api/audit/log.csv", table), Route("/api/audit/evidence.zip", evidence)]


async def _lines(request: Request, begun: Export, part: Callable[..., Part]) -> AsyncIterator[bytes]:
    """Part by part; who came is asked anew for each, so that an ended session ends the download."""
    after, is_last = 0, False
    while not is_last:
        read = await perform(await member_of(request), part, begun, after)
        after, is_last = read.seq, read.is_last
        yield read.text.encode()


async def _archive(request: Request, begun: Export) -> AsyncIterator[bytes]:
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        async for _ in write_evidence(request, archive, begun):
            yield outlet.taken()
    yield outlet.taken()


async def write_evidence(
    request: Request, archive: zipfile.ZipFile, begun: Export, folder: str = ""
) -> AsyncIterator[None]:
    """The chain and what proves it, into an archive; stops after each part, so that it can be sent."""
    archive.writestr(f"{folder}README.txt", README)
    archive.writestr(f"{folder}manifest.json", begun.manifest)
    archive.writestr(f"{folder}{SCRIPT.name}", SCRIPT.read_text(encoding="utf-8"))
    with archive.open(f"{folder}events.jsonl", "w", force_zip64=True) as lines:
        async for text in _lines(request, begun, audit.json_part):
            await asyncio.to_thread(lines.write, text)
            yield
