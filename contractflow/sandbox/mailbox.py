"""The mailbox: an SMTP server that keeps every mail as an .eml file, a page to read them, and `/mail.json` for tests.

Faults of "smtp": temporary (451), permanent (550, nobody there), policy (554, this mail not), drop (the connection closes in
the middle). {"kind": "permanent", "to": "clara@…"} waits for a mail to that address.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from contractflow.sandbox import faults
from contractflow.sandbox.looks import page

KEPT = 400  # mails; the oldest go first
_LARGEST = 20 * 1024 * 1024
_HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)
_URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
# A mail may show what it brought along and open links in a new tab; it may not run or fetch anything.
_MAIL_POLICY = "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"


@dataclass(frozen=True)
class Attachment:
    name: str
    type: str
    size: int
    url: str


@dataclass(frozen=True)
class Mail:
    id: str
    at: str
    to: list[str]
    sender: str
    subject: str
    text: str
    html: str
    links: list[str]
    attachments: list[Attachment]
    unsubscribe: str
    """What a mail program shows as a button (List-Unsubscribe, RFC 2369); empty without."""


class Mailbox:
    """Every mail that was sent, in memory and as files, newest first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._mails = [_read(file) for file in sorted(directory.glob("*.eml"), reverse=True)]

    def keep(self, raw: bytes, recipients: list[str]) -> None:
        file = self._directory / f"{time.time_ns():020d}.eml"
        half_written = file.with_suffix(".new")
        half_written.write_bytes(f"X-Sandbox-To: {', '.join(recipients)}\r\n".encode() + raw)
        half_written.replace(file)
        self._mails.insert(0, _read(file))
        for old in self._mails[KEPT:]:
            (self._directory / f"{old.id}.eml").unlink(missing_ok=True)
        del self._mails[KEPT:]

    def newest_first(self, to: str = "") -> list[Mail]:
        wanted = to.strip().lower()
        return [mail for mail in self._mails if not wanted or wanted in mail.to]

    def find(self, mail_id: str) -> Mail | None:
        return next((mail for mail in self._mails if mail.id == mail_id), None)

    def attachment(self, mail_id: str, number: int) -> tuple[str, bytes] | None:
        """Type and bytes of the `number`th attachment."""
        mail = self.find(mail_id)
        if mail is None or not 0 <= number < len(mail.attachments):
            return None
        part = list(_parse(self._directory / f"{mail.id}.eml").iter_attachments())[number]
        return part.get_content_type(), part.get_payload(decode=True)  # type: ignore[return-value]  # bytes: decoded

    def empty(self) -> None:
        for mail in self._mails:
            (self._directory / f"{mail.id}.eml").unlink(missing_ok=True)
        self._mails.clear()


class Postman:
    """What aiosmtpd asks for every mail; the names are its own."""

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        match faults.take("smtp", to=envelope.rcpt_tos[0].lower()).get("kind"):
            case "temporary":
                return "451 4.3.0 Sandbox: try again later"
            case "permanent":
                return "550 5.1.1 Sandbox: no such mailbox"
            case "policy":
                return "554 5.7.1 Sandbox: this mail is not wanted"
            case "drop":
                server.transport.close()
                return "421 4.3.2 Sandbox: closing"
        self._mailbox.keep(envelope.original_content, [address.lower() for address in envelope.rcpt_tos])
        return "250 2.0.0 Kept in the sandbox"

    async def handle_exception(self, error: Exception) -> str:
        return f"451 4.3.0 Sandbox: {type(error).__name__}"


def _parse(file: Path) -> EmailMessage:
    return message_from_bytes(file.read_bytes(), policy=policy.default)


def _read(file: Path) -> Mail:
    message = _parse(file)
    text, html = (_body(message, kind) for kind in ("plain", "html"))
    return Mail(
        id=file.stem,
        at=datetime.fromtimestamp(int(file.stem) / 1e9, UTC).isoformat(timespec="milliseconds"),
        to=[address.strip() for address in str(message["X-Sandbox-To"]).split(",")],
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        text=text,
        html=html,
        links=list(dict.fromkeys(_links(text, html))),
        attachments=list(_attachments(message, file.stem)),
        unsubscribe=str(message["List-Unsubscribe"] or "").strip("<>"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _links(text: str, html: str) -> Iterator[str]:
    yield from (unescape(found) for found in _HREF.findall(html) if found.startswith("http"))
    yield from _URL.findall(text)


def _attachments(message: EmailMessage, mail_id: str) -> Iterator[Attachment]:
    for number, part in enumerate(message.iter_attachments()):
        size = len(part.get_payload(decode=True) or b"")
        url = f"/mail/{mail_id}/attachments/{number}"
        yield Attachment(part.get_filename() or "attachment", part.get_content_type(), size, url)


def _mailbox(request: Request) -> Mailbox:
    mailbox: Mailbox = request.app.state.mailbox
    return mailbox


async def _list_page(request: Request) -> Response:
    to = request.query_params.get("to", "")
    mails = _mailbox(request).newest_first(to)
    newest = mails[0].id if mails else ""
    return page("mailbox.html", mails=mails, to=to, newest=newest, web_url=request.app.state.web_url)


async def _mail_page(request: Request) -> Response:
    mail = _mailbox(request).find(request.path_params["id"])
    if mail is None:
        return page("gone.html", 404, what="mail")
    return page("mail.html", mail=mail)


async def _mail_html(request: Request) -> Response:
    mail = _mailbox(request).find(request.path_params["id"])
    if mail is None:
        return HTMLResponse("", 404)
    in_new_tab = '<base target="_blank">'
    return HTMLResponse(in_new_tab + mail.html, headers={"Content-Security-Policy": _MAIL_POLICY})


async def _attachment(request: Request) -> Response:
    found = _mailbox(request).attachment(request.path_params["id"], request.path_params["number"])
    if found is None:
        return page("gone.html", 404, what="attachment")
    kind, content = found
    safe = kind if kind in {"application/pdf", "image/png"} else "application/octet-stream"
    return Response(content, media_type=safe, headers={"X-Content-Type-Options": "nosniff"})


async def _mail_json(request: Request) -> Response:
    mails = _mailbox(request).newest_first(request.query_params.get("to", ""))
    return JSONResponse([asdict(mail) for mail in mails])


async def _empty(request: Request) -> Response:
    _mailbox(request).empty()
    return Response(status_code=204)


routes = [
    Route("/", _list_page),
    Route("/mail.json", _mail_json),
    Route("/mail.json", _empty, methods=["DELETE"]),
    Route("/mail/{id:str}", _mail_page),
    Route("/mail/{id:str}/html", _mail_html),
    Route("/mail/{id:str}/attachments/{number:int}", _attachment),
]
