"""Rendering a message: one template per kind, laid out twice, as HTML and as plain text, so the words cannot drift."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from contractflow.integrations.email.kinds import KINDS, Link

_TEMPLATES = Path(__file__).parent / "templates"
_SUBJECT_LIMIT = 180
_BLANK_LINES = re.compile(r"\n\s*\n\s*")
_MAILBOX = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[^@\s<>()\[\],;:\\\"]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class Attachment(NamedTuple):
    name: str
    content: bytes
    type: str = "application/pdf"


def compose(
    kind: str,
    facts: Mapping[str, object],
    *,
    key: str,
    recipient: str,
    sender: str,
    org: str,
    url: str = "",
    reply_to: str = "",
    attachments: Sequence[Attachment] = (),
    chain: str = "",
    choices: str = "",
    unsubscribe: str = "",
) -> EmailMessage:
    """The mail of `kind` to `recipient`, from `org` at the address `sender`.

    The same `key` (the notification's id) makes the same Message-ID, so that a mail that is sent twice shows once
    at most receivers. `chain` is the head of the audit trail ("1234:9f86d0…"): every mail has it in a header, those to
    the team and the news of a completed document print it. `choices` is where the receiver says which mails they want,
    if they may; `unsubscribe` takes one post and this kind comes no more (RFC 8058). Raises ValueError for an address that cannot be one, jinja2.UndefinedError for a missing fact.
    """
    context = (
        _context(kind, facts, org, url, bool(attachments)) | _printed(kind, chain) | {"choices": choices}
    )
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = subject(kind, {**facts, "org": org})
    mail["From"] = _address(org, sender)
    mail["To"] = _address(str(facts.get("name", "")), recipient)
    if reply_to:
        mail["Reply-To"] = _address("", reply_to)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = _message_id(key, sender)
    mail["Auto-Submitted"] = "auto-generated"  # no holiday replies, please (RFC 3834)
    if chain:
        mail["X-ContractFlow-Audit-Trail"] = chain
    if unsubscribe:
        mail["List-Unsubscribe"] = f"<{unsubscribe}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(_plain(_layout("text").get_template(f"{kind}.j2").render(context)))
    mail.add_alternative(_layout("html").get_template(f"{kind}.j2").render(context), subtype="html")
    for file in attachments:
        maintype, _, subtype = file.type.partition("/")
        mail.add_attachment(file.content, maintype=maintype, subtype=subtype, filename=one_line(file.name))
    return mail


def subject(kind: str, facts: Mapping[str, object]) -> str:
    """One line, whatever the facts contain."""
    line = one_line(_subject_template(kind).render(facts))
    return line if len(line) <= _SUBJECT_LIMIT else line[: _SUBJECT_LIMIT - 1] + "…"


def one_line(text: str) -> str:
    """Without line ends and control characters: nothing in it can start another header."""
    return " ".join(_CONTROL.sub(" ", text).split())


def _address(name: str, mailbox: str) -> Address:
    if not _MAILBOX.fullmatch(mailbox):
        raise ValueError(f"{mailbox[:80]!r} is not one address")
    return Address(one_line(name)[:80], addr_spec=mailbox)


def _context(
    kind: str, facts: Mapping[str, object], org: str, url: str, has_attachment: bool
) -> dict[str, object]:
    if KINDS[kind].link is not Link.NONE and not url:
        raise ValueError(f"a message of kind {kind!r} needs its link")
    return {
        **facts,
        "org": org,
        "url": url,
        "pill": KINDS[kind].pill.value,
        "pill_word": KINDS[kind].word,
        "subject": subject(kind, {**facts, "org": org}),
        "has_attachment": has_attachment,
    }


def _printed(kind: str, chain: str) -> dict[str, object]:
    """Number and hash for the foot of the mail; a client who is asked for something is spared them."""
    number, _, digest = chain.partition(":")
    if not digest or not KINDS[kind].in_feed:
        return {"chain_number": "", "chain_digest": ""}
    return {"chain_number": f"{int(number):,}", "chain_digest": digest}


def _plain(text: str) -> str:
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _BLANK_LINES.sub("\n\n", lines).strip() + "\n"


def _message_id(key: str, sender: str) -> str:
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"


@cache
def _layout(name: str) -> Environment:
    """`name` is html or text: the frame and its parts come from there, the words from templates/kinds."""
    return Environment(
        loader=FileSystemLoader([_TEMPLATES / name, _TEMPLATES / "kinds"]),
        autoescape=name == "html",  # noqa: S701  plain text is not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _subject_template(kind: str) -> Template:
    plain = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701  a header, never HTML
    return plain.from_string(KINDS[kind].subject)
