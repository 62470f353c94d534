"""The audit log as files over HTTP: who may, what is in them, and a script that proves it with Python alone."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from asyncio import Queue, create_task, timeout
from dataclasses import replace
from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest
from sqlmodel import select

from contractflow.api import api
from contractflow.api.audit import SCRIPT
from contractflow.db.unit_of_work import unit_of_work
from contractflow.models import AuditEvent
from contractflow.models.membership import Membership
from contractflow.permissions import Role
from contractflow.security.sessions import MEMBERS
from contractflow.services.audit import exporting
from contractflow.web.principal import BROWSER
from tests import cast
from tests.integration.tampering import EVENTS, TAMPERING, cut_clean, rewrite, tamper, write_chain

pytestmark = pytest.mark.usefixtures("database", "redis")

TABLE, EVIDENCE = "/api/audit/log.csv", "/api/audit/evidence.zip"


async def begun(member, is_confirmed=True):
    """A session in a browser without a cookie of its own, as its person begins it or has just confirmed it."""
    return await MEMBERS.begin(
        str(member.user_id), {"org": str(member.org_id), BROWSER: ""}, is_confirmed=is_confirmed
    )


async def get(path, member=None):
    headers = {}
    if member:
        cookie, _ = await begun(member)
        headers["cookie"] = f"{MEMBERS.kind.cookie}={cookie}"
    transport = httpx.ASGITransport(app=api())
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        return await client.get(path, headers=headers)


def rows(answer):
    assert answer.content.startswith("\ufeff".encode()), "Excel needs it"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def proved(folder, *arguments):
    """What the script says, run by a Python that knows nothing but itself."""
    ran = subprocess.run(
        [sys.executable, "-I", "-S", str(folder / SCRIPT.name), *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env={},
    )  # fmt: skip
    return ran.returncode, ran.stdout + ran.stderr


async def evidence(folder, member=cast.adam):
    answer = await get(EVIDENCE, member)
    assert answer.status_code == 200
    (folder / "audit-log.zip").write_bytes(answer.content)
    with zipfile.ZipFile(folder / "audit-log.zip") as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("path", [TABLE, EVIDENCE])
async def test_only_admins_take_it_away_and_the_trail_says_so(path):
    write_chain()
    assert (await get(path)).status_code == 401
    for person in (cast.mia, cast.victor):
        refused = await get(path, person)
        assert (refused.status_code, refused.text) == (403, "Only admins and above can export the audit log.")
    taken = await get(path, cast.adam)
    assert taken.status_code == 200
    assert taken.headers["content-disposition"].startswith('attachment; filename="audit-log-northlight-20')
    assert taken.headers["cache-control"] == "private, no-store"
    assert taken.headers["x-content-type-options"] == "nosniff"
    with unit_of_work(cast.northlight) as work:
        event = work.db.exec(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert (event.action, event.actor_label, event.data["events"]) == ("audit:export", "Adam Admin", EVENTS)
    assert event.data["form"] == ("csv" if path == TABLE else "evidence")


@pytest.mark.parametrize("path", [TABLE, EVIDENCE])
async def test_it_is_asked_anew_who_it_is(path):
    write_chain()
    cookie, _ = await begun(cast.adam, is_confirmed=False)
    headers = {"cookie": f"{MEMBERS.kind.cookie}={cookie}"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=api()), base_url="http://testserver"
    ) as client:
        refused = await client.get(path, headers=headers)
        asked = f"{path}?kind=members&document=CF-1"  # the filters hold after the confirmation as well
        led = await client.get(asked, headers={**headers, "accept": "text/html"})
        out = await client.get(asked, headers={"accept": "text/html"})
    assert (refused.status_code, refused.text) == (403, "Confirm that it is you first.")
    for answer, page in ((led, "/confirm-identity"), (out, "/login")):
        assert answer.headers["location"] == f"{page}?next={quote(asked)}"
    with unit_of_work(cast.northlight) as work:
        assert len(work.db.exec(select(AuditEvent)).all()) == EVENTS


async def test_a_rival_gets_their_own():
    write_chain()
    taken = rows(await get(TABLE, cast.rita))
    assert [row["Who"] for row in taken] == ["Rita Rival"]


async def test_the_table_has_who_what_where_before_and_after():
    with unit_of_work(cast.adam) as work:
        work.record(
            "member:change_role", "membership", uuid4(), changes={"role": ("member", "admin")}, why="left"
        )
    (row,) = rows(await get(TABLE, cast.olivia))
    assert (row["Number"], row["Who"], row["Action"]) == ("1", "Adam Admin", "member:change_role")
    assert (row["Before"], row["After"], row["Details"]) == ("role: member", "role: admin", '{"why": "left"}')
    assert (row["Address"], row["Browser"]) == ("192.0.2.1", "pytest")
    assert len(row["Fingerprint"]) == 64


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "－1"])
async def test_no_cell_is_a_formula(start):
    with unit_of_work(replace(cast.adam, name=start + "cmd", user_agent=start)) as work:
        work.record("client:edit", "client", uuid4(), changes={start: (start, "x")})
    answer = await get(TABLE, cast.olivia)
    (row,) = rows(answer)
    assert row["Who"] == f"'{start}cmd"
    assert not [cell for cell in row.values() if cell[:1] in set("=+-@\t\r\n＝＋－＠")]


async def test_the_table_is_narrowed_as_the_page_is_and_a_wrong_filter_is_refused():
    write_chain()
    with unit_of_work(cast.adam) as work:
        work.record("org:save_bank_details", "org", cast.NORTHLIGHT)
    assert len(rows(await get(f"{TABLE}?person={cast.adam.user_id}", cast.olivia))) == 1
    assert [r["Action"] for r in rows(await get(f"{TABLE}?kind=org", cast.olivia))] == [
        "org:save_bank_details"
    ]
    refused = await get(f"{TABLE}?since=soon", cast.olivia)
    assert (refused.status_code, refused.text) == (422, "Enter a day, such as 2026-11-30.")


async def test_the_evidence_is_proved_by_python_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(exporting, "PART", 7)
    write_chain()
    folder = await evidence(tmp_path)
    names = {path.name for path in folder.iterdir()}
    assert names == {"README.txt", "manifest.json", "events.jsonl", "verify_trail.py", "audit-log.zip"}
    code, said = proved(folder)
    assert (code, said.splitlines()[0]) == (
        0,
        "OK     20 events of Northlight, unbroken from the first to the last.",
    )
    assert proved(folder, "audit-log.zip") == (code, said)
    last = json.loads((folder / "events.jsonl").read_text().splitlines()[-1])
    assert proved(folder, "--head", f"20:{last['hash']}")[0] == 0
    code, said = proved(folder, "--head", f"20:{'0' * 64}")
    assert (code, "Line 20 (event 20) is not the event that the head you gave prints" in said) == (1, True)
    code, said = proved(folder, "--head", f"21:{'0' * 64}")
    assert (code, "the newest are missing" in said) == (1, True)
    for odd in ("20", "x:y", "20:abc"):
        assert proved(folder, "--head", odd)[0] == 2


ON_PAPER = {
    # what somebody does to the file: the line that is named, and words of the reason
    "changed": (10, "does not have its hash", lambda lines: [*lines[:9], lines[9].replace("client:edit", "client:look"), *lines[10:]]),
    "deleted": (10, "event 10 is missing before it", lambda lines: lines[:9] + lines[10:]),
    "cut off": (15, "the newest are missing", lambda lines: lines[:15]),
    "inserted": (11, "is not the next one", lambda lines: [*lines[:10], lines[4], *lines[10:]]),
    "swapped": (10, "is not the next one", lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]]),
    "garbled": (10, "cannot be read", lambda lines: [*lines[:9], "{nonsense}", *lines[10:]]),
    "emptied": (0, "the newest are missing", lambda lines: lines[:0]),
}  # fmt: skip


@pytest.mark.parametrize("how", ON_PAPER)
async def test_the_script_says_which_line_of_the_file_is_wrong(how, tmp_path):
    write_chain()
    folder = await evidence(tmp_path)
    line, reason, change = ON_PAPER[how]
    file = folder / "events.jsonl"
    file.write_text("\n".join(change(file.read_text().splitlines())) + "\n" if line else "")
    code, said = proved(folder)
    assert code == 1
    assert said.startswith(f"WRONG  Line {line} ")
    assert reason in said.splitlines()[0]


HARMLESS_ON_PAPER = {
    "a column was edited",  # the evidence holds what was hashed, which is the truth
    "an event was added behind the head",  # the evidence ends at the head
}


@pytest.mark.parametrize("name", sorted(TAMPERING.keys() - HARMLESS_ON_PAPER))
async def test_an_export_of_a_tampered_trail_is_proved_wrong(name, database, tmp_path):
    write_chain()
    with unit_of_work(cast.northlight) as work:
        head = work.db.exec(select(AuditEvent).where(AuditEvent.seq == EVENTS)).one()
    tamper(database, name)
    code, said = proved(await evidence(tmp_path), "--head", f"20:{head.hash.hex()}")
    assert code == 1, said
    assert said.startswith("WRONG  Line ")


async def test_a_trail_written_anew_is_proved_wrong_by_the_head_in_a_mail(database, tmp_path):
    write_chain()
    with unit_of_work(cast.northlight) as work:
        head = work.db.exec(select(AuditEvent).where(AuditEvent.seq == EVENTS)).one()
    rewrite(database)
    folder = await evidence(tmp_path)
    assert proved(folder)[0] == 0, "in itself the forged chain fits"
    code, said = proved(folder, "--head", f"20:{head.hash.hex()}")
    assert (code, "the chain was written anew" in said) == (1, True)
    cut_clean(database)
    shutil.rmtree(folder)
    folder.mkdir()
    code, said = proved(await evidence(folder), "--head", f"20:{head.hash.hex()}")
    assert (code, said.startswith("WRONG  Line 15 is the last")) == (1, True)


async def test_a_long_trail_is_never_whole_in_memory(database):
    """15,000 events, 6.5 MB as lines; a part is a thousand of them and takes 8 MB: both together would be seen."""
    with unit_of_work(cast.mia) as work:
        work.record("client:edit", "client", uuid4(), note="x" * 180)
    rival, _ = await begun(cast.rita)
    for path in (TABLE, EVIDENCE):  # what a first time imports and keeps is not the trail
        assert [piece async for piece in streamed(path, rival)]
    with database.admin() as admin:  # as it would look: the columns do not matter here, the size does
        admin.execute(
            "INSERT INTO audit_event SELECT (jsonb_populate_record(e, jsonb_build_object('seq', n))).*"
            " FROM audit_event e, generate_series(2, 15000) n WHERE e.org_id = %s",
            [cast.NORTHLIGHT],
        )
        admin.execute("UPDATE audit_head SET seq = 15000 WHERE org_id = %s", [cast.NORTHLIGHT])
    cookie, _ = await begun(cast.adam)
    for path, least in ((TABLE, 6_000_000), (EVIDENCE, 50_000)):
        tracemalloc.start()
        taken = 0
        async for piece in streamed(path, cookie):
            taken += len(piece)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert taken > least
        assert peak < 11_000_000, f"{path}: {peak:,} bytes at once"


async def streamed(path, cookie):
    """What a browser is sent, piece by piece; httpx's transport would collect it first."""
    sent: Queue = Queue(maxsize=1)
    headers = [(b"cookie", f"{MEMBERS.kind.cookie}={cookie}".encode()), (b"host", b"testserver")]
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "headers": headers,
        "http_version": "1.1", "scheme": "http", "server": ("testserver", 80), "client": ("192.0.2.1", 1), "root_path": "",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
    }  # fmt: skip

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    asking = create_task(api()(scope, receive, sent.put))
    more = True
    while more:
        message = await sent.get()
        if message["type"] == "http.response.body":
            more = message.get("more_body", False)
            yield message.get("body", b"")
    await asking


@pytest.mark.parametrize("loss", ["session", "role"])
async def test_a_download_ends_with_the_session_and_with_the_role(loss, monkeypatch):
    monkeypatch.setattr(exporting, "PART", 5)
    write_chain()
    cookie, session = await begun(cast.adam)
    stream = streamed(TABLE, cookie)
    assert "Mia Member" in (await anext(stream)).decode("utf-8-sig")
    if loss == "session":
        await MEMBERS.end(session.family)
    else:
        with unit_of_work(cast.northlight) as work:
            work.db.get_one(Membership, cast.adam.membership_id).role = Role.MEMBER
    received = 0
    with pytest.raises(TimeoutError):
        async with timeout(2):
            async for _ in stream:
                received += 1
    assert received <= 2
