"""What a printed document is made of: plain values, ready to be read. Whoever prints fills them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contractflow.content import Block


@dataclass(frozen=True)
class PrintedParty:
    """`role` is "Agency" or "Client"; `lines` are the address, the representative, the mail address."""

    role: str
    name: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class PrintedPayment:
    label: str
    when: str
    terms: str
    amount: str


@dataclass(frozen=True)
class PrintedSignature:
    """`kind` is "typed", "drawn" or "open"; `strokes_svg` comes from `strokes.to_svg` and is empty unless drawn."""

    role: str
    name: str
    detail: str = ""
    kind: str = "open"
    signed_at: str = ""
    reference: str = ""
    strokes_svg: str = ""


@dataclass(frozen=True)
class CertifiedSigner:
    """How we know who signed: `authentication` and `evidence` are lines for a reader."""

    name: str
    email: str
    role: str
    authentication: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True)
class CertifiedEvent:
    """One audit event: its number in the organisation's chain, when, what, and the first digits of its hash."""

    seq: int
    at: str
    text: str
    hash: str


@dataclass(frozen=True)
class Certificate:
    """`chain_head` is the hash (hexadecimal) of the audit chain when this was printed, `chain_seq` its number."""

    document_id: str
    completed_at: str
    chain_head: str
    chain_seq: int
    signers: tuple[CertifiedSigner, ...]
    events: tuple[CertifiedEvent, ...]
    notes: tuple[str, ...] = ()
    verify_url: str = ""
    verify_code: str = ""


@dataclass(frozen=True)
class PrintedContract:
    """`content_sha256` is hexadecimal; `accent` is "#rrggbb"; `printed_at` goes into the PDF, so that the same
    values always give the same bytes. `logo` is a PNG that we drew. Without a certificate it is a draft and marked so, unless `mark` says otherwise.
    """

    title: str
    number: str
    version: int
    dated: str
    agency: str
    parties: tuple[PrintedParty, ...]
    blocks: tuple[Block, ...]
    payments: tuple[PrintedPayment, ...]
    total: str
    content_sha256: str
    printed_at: datetime
    signatures: tuple[PrintedSignature, ...] = ()
    certificate: Certificate | None = None
    logo: bytes = b""
    accent: str = "#3e63dd"
    mark: str = ""
    lang: str = "en"
    paper: str = "a4"
