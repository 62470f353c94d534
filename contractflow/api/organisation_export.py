"""Everything an organisation has as one ZIP: its rows, its files, its audit log with what proves it."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.api.audit import write_evidence
from contractflow.permissions import Member
from contractflow.permissions import Permission as P
from contractflow.services import audit, orgs
from contractflow.services.audit import Export, Wanted
from contractflow.services.orgs import LEFT_OUT, TABLES, Copy
from contractflow.web.admission import admits
from contractflow.web.archives import Outlet, streamed
from contractflow.web.requests import member_of
from contractflow.web.threads import perform

README: Final = """This is everything that your organisation has on ContractFlow.

data/       one file a table, one row a line (JSON). They refer to each other by id.
            document_version.jsonl holds every version's exact text, as it was hashed, approved and signed.
files/      the files themselves, first of all the sealed PDFs; data/artifact.jsonl says which belongs to what.
audit-log/  everything that was done, and a script that proves that it is whole. Read the README there.

Not here, and why:
"""


@admits(P.ORG_EXPORT_DATA)
async def everything(request: Request, member: Member) -> Response:
    copy = await perform(member, orgs.export)
    trail = await perform(member, audit.export, "evidence", Wanted())
    return streamed(f"contractflow-{copy.name}.zip", "application/zip", _archive(request, copy, trail))


routes = [Route("/api/organisation/everything.zip", everything)]


async def _archive(request: Request, copy: Copy, trail: Export) -> AsyncIterator[bytes]:
    outlet = Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", README + "".join(f"{name}: {why}\n" for name, why in LEFT_OUT.items()))
        for part in (
            _rows(request, archive, copy),
            _files(request, archive, copy),
            write_evidence(request, archive, trail, "audit-log/"),
        ):
            async for _ in part:
                yield outlet.taken()
    yield outlet.taken()


async def _rows(request: Request, archive: zipfile.ZipFile, copy: Copy) -> AsyncIterator[None]:
    """Who came is asked anew for each part, so that an ended session ends the download."""
    for table in TABLES:
        with archive.open(f"data/{table}.jsonl", "w", force_zip64=True) as file:
            part = await perform(await member_of(request), orgs.export_part, copy, table)
            await asyncio.to_thread(file.write, part.text.encode())
            while part.after:
                yield
                part = await perform(await member_of(request), orgs.export_part, copy, table, part.after)
                await asyncio.to_thread(file.write, part.text.encode())
        yield


async def _files(request: Request, archive: zipfile.ZipFile, copy: Copy) -> AsyncIterator[None]:
    """One at a time; PDFs are compressed already."""
    file = await perform(await member_of(request), orgs.export_file, copy)
    while file:
        await asyncio.to_thread(archive.writestr, f"files/{file.name}", file.content, zipfile.ZIP_STORED)
        yield
        file = await perform(await member_of(request), orgs.export_file, copy, file.id)
