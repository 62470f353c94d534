"""Delivery reports as mail servers send them (RFC 3464): what became of a mail, and which one it was."""

from __future__ import annotations

from email import message_from_bytes, message_from_string
from email.message import Message
from email.policy import compat32
from typing import Final, NamedTuple

KINDS: Final = {"failed": "bounced", "delayed": "delayed"}


class Report(NamedTuple):
    """`kind` is bounced, delayed, or empty for what needs nobody; `message_id` that of the mail it is about."""

    kind: str
    message_id: str
    reason: str


def read_report(raw: bytes) -> Report:
    """A report from the bytes of its mail. Raises ValueError for a mail that is none."""
    parts = list(message_from_bytes(raw, policy=compat32).walk())
    about = next((_original(part) for part in parts if _is_original(part)), "")
    said = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if said is None or not about or not isinstance(said.get_payload(), list):
        raise ValueError("no delivery report")
    of_people = [block for block in said.get_payload() if isinstance(block, Message) and block.get("Action")]
    worst = sorted(of_people, key=lambda block: _action(block) != "failed")
    if not worst:
        raise ValueError("a report about nobody")
    diagnosis = str(worst[0].get("Diagnostic-Code", "")).partition(";")[2] or str(worst[0].get("Status", ""))
    return Report(KINDS.get(_action(worst[0]), ""), about, " ".join(diagnosis.split()))


def _action(block: Message) -> str:
    return str(block["Action"]).strip().lower()


def _is_original(part: Message) -> bool:
    return part.get_content_type() in ("message/rfc822", "text/rfc822-headers")


def _original(part: Message) -> str:
    payload = part.get_payload()
    of = payload[0] if isinstance(payload, list) else message_from_string(str(payload))
    return str(of.get("Message-ID", "")).strip() if isinstance(of, Message) else ""
