"""Everything of an organisation in one file: who may, what is in it, what is not, and that nobody else's is."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import subprocess
import sys
import zipfile

import httpx
import pytest
from sqlmodel import select

from contractflow.api import api
from contractflow.db.unit_of_work import unit_of_work
from contractflow.errors import NotFound
from contractflow.models import Artifact, AuditEvent
from contractflow.security.sessions import MEMBERS
from contractflow.services import orgs
from contractflow.services.orgs import LEFT_OUT, TABLES, exporting
from contractflow.web.principal import BROWSER
from tests import builders, cast
from tests.integration.journey import as_, sent

pytestmark = pytest.mark.usefixtures("database", "redis")
PATH = "/api/organisation/everything.zip"
PDF = b"%PDF-1.7 sealed"


async def get(member, *, is_confirmed=True, **headers):
    facts = {"org": str(member.org_id), BROWSER: ""}
    cookie, _ = await MEMBERS.begin(str(member.user_id), facts, is_confirmed=is_confirmed)
    transport = httpx.ASGITransport(app=api())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(PATH, headers={"cookie": f"{MEMBERS.kind.cookie}={cookie}", **headers})


async def taken(member=cast.adam):
    answer = await get(member)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive


def rows(archive, table):
    return [json.loads(line) for line in archive.read(f"data/{table}.jsonl").decode().splitlines()]


def exported() -> int:
    with unit_of_work(cast.northlight) as work:
        return len(work.db.exec(select(AuditEvent.seq).where(AuditEvent.action == "org:export")).all())


async def test_only_admins_who_have_just_confirmed_it_take_it_away():
    assert (await get(cast.mia)).status_code == (await get(cast.victor)).status_code == 403
    asked = await get(cast.olivia, is_confirmed=False)
    assert (asked.status_code, asked.headers["x-confirm-identity"]) == (403, "1")
    led = await get(cast.olivia, is_confirmed=False, accept="text/html")
    assert led.headers["location"] == f"/confirm-identity?next={PATH}"
    assert exported() == 0
    assert (await get(cast.olivia)).status_code == 200
    assert exported() == 1


async def test_it_holds_every_version_every_file_and_a_trail_that_proves_itself(tmp_path):
    document_id = sent()
    with unit_of_work(cast.northlight) as work:
        file = Artifact(
            org_id=cast.NORTHLIGHT, document_id=document_id, kind="source", filename="a/b.pdf", mime="application/pdf",
            size_bytes=len(PDF), content=PDF, sha256=hashlib.sha256(PDF).digest(),
        )  # fmt: skip
        work.db.add(file)
    archive = await taken()
    (document,) = rows(archive, "document")
    versions = rows(archive, "document_version")
    assert document["id"] == str(document_id)
    assert document["current_version_id"] in {version["id"] for version in versions}
    assert json.loads(versions[-1]["content"])["blocks"]
    assert {"name": "Mia Member", "role": "member"}.items() <= next(
        row for row in rows(archive, "membership") if row["id"] == str(cast.mia.membership_id)
    ).items()
    assert rows(archive, "client")
    assert rows(archive, "signer")[0]["email"]
    (file,) = [name for name in archive.namelist() if name.startswith("files/")]
    assert file.endswith("-a_b.pdf")
    assert archive.read(file) == PDF
    archive.extractall(tmp_path)
    proof = [sys.executable, "-I", "-S", "verify_trail.py"]
    ran = await asyncio.to_thread(
        subprocess.run, proof, cwd=tmp_path / "audit-log", capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


async def test_nothing_in_it_opens_a_door_and_nothing_of_a_rival_is_in_it(database):
    sent()
    with database.admin() as admin:
        admin.execute(
            """UPDATE org SET settings = '{"paddle": {"key": "pdl_secret"}}' WHERE id = %s""",
            [cast.NORTHLIGHT],
        )
        hashes = [
            bytes(found).hex()
            for (found,) in admin.execute("SELECT token_hmac FROM signer WHERE token_hmac IS NOT NULL")
        ]
    archive = await taken()
    said = "".join(archive.read(name).decode() for name in archive.namelist() if name.startswith("data/"))
    assert hashes
    assert not any(word in said for word in (*hashes, "pdl_secret", "token_hmac"))
    assert str(cast.NORTHLIGHT) in said
    assert str(cast.REDSHIFT) not in said
    rivals = await taken(cast.rita)
    assert [row["name"] for row in rows(rivals, "org")] == ["Redshift"]
    copy = as_(cast.olivia, orgs.export)
    for verb, rest in ((orgs.export_part, ["client"]), (orgs.export_file, [])):
        with pytest.raises(NotFound):
            as_(cast.rita, verb, copy, *rest)
    with pytest.raises(NotFound):
        as_(cast.olivia, orgs.export_part, copy, "app_user")


async def test_more_rows_than_a_part_holds_all_come(monkeypatch):
    monkeypatch.setattr(exporting, "PART", 3)
    with unit_of_work(cast.northlight) as work:
        names = {builders.a_client(work, name=f"Client {number}").name for number in range(7)}
    found = [row["name"] for row in rows(await taken(), "client")]
    assert (set(found), len(found)) == (names, 7)


async def test_while_it_is_being_deleted_it_can_still_be_taken_away():
    as_(cast.olivia, orgs.request_deletion, "Northlight")
    assert rows(await taken(cast.olivia), "org")[0]["name"] == "Northlight"


def test_every_table_of_an_organisation_is_taken_along_or_left_out_for_a_reason(database):
    with database.admin() as admin:
        owned = {
            table
            for (table,) in admin.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id'"
                " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            )
        }
    assert owned - {"org"} == (TABLES.keys() | LEFT_OUT.keys()) - {"org"}
    assert not TABLES.keys() & LEFT_OUT.keys()
