"""What a seal is, and asking for one. Only workers seal, so pyHanko is imported by who does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sealed:
    """`level` is "B-T" when a timestamp authority took part, else "B-B"; hashes are hexadecimal or raw SHA-256.

    `chain_seq` and `chain_head` are what its certificate prints of the audit chain.
    """

    pdf: bytes
    sha256: bytes
    level: str
    fingerprint: str
    sealed_by: str
    chain_seq: str = ""
    chain_head: str = ""

    @property
    def facts(self) -> dict[str, str]:
        """What is stored beside the file."""
        return {
            "level": self.level,
            "fingerprint": self.fingerprint,
            "sealed_by": self.sealed_by,
            "chain_seq": self.chain_seq,
            "chain_head": self.chain_head,
        }


def seal(pdf: bytes, reason: str = "Everybody has signed") -> Sealed:
    """`pdf` with our seal. Raises Unavailable when the timestamp authority does not answer."""
    from contractflow.integrations.signing import pyhanko_seal  # noqa: PLC0415  0.4 s of imports

    return pyhanko_seal.seal(pdf, reason)
