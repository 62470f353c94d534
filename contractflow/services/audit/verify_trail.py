#!/usr/bin/env python3
"""Does this audit log say what was written at the time? Needs nothing but Python 3.7 or later, and no network.

    python3 verify_trail.py                          the events.jsonl and manifest.json beside this script
    python3 verify_trail.py audit-log.zip            the download as it came
    python3 verify_trail.py --head 1234:9f86d0…      also with the head that a mail or a sealed PDF prints

Every line holds the exact text of one event, its SHA-256 hash, and the hash of the line before:
hash = SHA-256(the hash before as 32 bytes, followed by the text in UTF-8). What the first line follows is
SHA-256("contractflow-audit-v1:" followed by the organisation's id). So nothing can be changed, removed, added or put
in another order without a line that does not fit. Somebody who can write everything anew can make a chain that fits
in itself: that is why its head goes out in mails and in sealed PDFs. Give the newest you hold with --head.

Answers 0 when all is as written, 1 with the lines that are wrong, 2 when the files cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import IO, Any, Dict, Iterator, List, Optional, Tuple  # noqa: UP035  as Python 3.7 knows them

EVENTS, MANIFEST = "events.jsonl", "manifest.json"
MOST_SHOWN = 20

Heads = Dict[int, List[Tuple[bytes, str]]]  # noqa: UP006
"""Number of an event -> the hashes it must have, each with where that is printed."""


class Chain:
    """Follows the lines one after the other; `wrong` are the first sentences about those that do not fit."""

    def __init__(self, heads: Heads) -> None:
        self.heads = heads
        self.lines = self.seq = self.faults = 0
        self.organisation = ""
        self.before: Optional[bytes] = None  # noqa: UP045
        self.wrong: List[str] = []  # noqa: UP006

    def read(self, line: bytes) -> None:
        self.lines += 1
        try:
            event = json.loads(line.decode())
            facts = json.loads(event["canonical"])
            seq, own, before = (
                int(event["seq"]),
                bytes.fromhex(event["hash"]),
                bytes.fromhex(event["prev_hash"]),
            )
            organisation = str(facts["org"])
        except (ValueError, KeyError, TypeError):
            self.blame("cannot be read as an event")
            self.seq, self.before = self.seq + 1, None
            return
        if not self.organisation:
            self.organisation = organisation
            self.before = hashlib.sha256(f"contractflow-audit-v1:{organisation}".encode()).digest()
        for reason in self.found(event["canonical"], facts, seq, own, before):
            self.blame(f"(event {seq}) {reason}")
            break
        self.seq, self.before = seq, own

    def found(self, text: str, facts: Any, seq: int, own: bytes, before: bytes) -> Iterator[str]:
        if facts["org"] != self.organisation:
            yield "belongs to another organisation"
        if seq != self.seq + 1:
            yield f"is not the next one: event {self.seq + 1} is missing before it"
        if facts.get("seq") != seq:
            yield "bears another number than the text that was hashed"
        if self.before is not None and before != self.before:
            yield "does not follow the line before"
        if own != hashlib.sha256(before + text.encode()).digest():
            yield "was changed: its text does not have its hash"
        for wanted, where in self.heads.get(seq, ()):
            if own != wanted:
                yield f"is not the event that {where} prints: the chain was written anew"

    def end(self) -> None:
        """What is missing after the last line."""
        beyond = [seq for seq in sorted(self.heads) if seq > self.seq]
        if beyond:
            where = self.heads[beyond[0]][0][1]
            self.blame(f"is the last, but {where} prints event {beyond[0]}: the newest are missing")

    def blame(self, reason: str) -> None:
        self.faults += 1
        if len(self.wrong) < MOST_SHOWN:
            self.wrong.append(f"Line {self.lines} {reason}.")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", nargs="?", help="the download (.zip) or its events.jsonl")
    parser.add_argument(
        "--head", action="append", default=[], metavar="NUMBER:HASH", help="what a mail or a PDF prints"
    )
    arguments = parser.parse_args()
    try:
        lines, manifest = opened(arguments.file)
        chain = Chain(heads_of(manifest, arguments.head))
        with lines:
            for line in lines:
                chain.read(line)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as problem:
        print(f"This cannot be read: {problem}", file=sys.stderr)
        return 2
    chain.end()
    return say(chain, manifest)


def opened(name: Optional[str]) -> Tuple[IO[bytes], Any]:  # noqa: UP006, UP045
    """The lines of the events, and the manifest if it is there."""
    path = Path(name) if name else Path(__file__).resolve().with_name(EVENTS)
    if zipfile.is_zipfile(str(path)):
        archive = zipfile.ZipFile(str(path))
        return archive.open(EVENTS), json.loads(archive.read(MANIFEST).decode())
    beside = path.resolve().with_name(MANIFEST)
    manifest = json.loads(beside.read_text(encoding="utf-8")) if beside.exists() else {}
    return path.open("rb"), manifest


def heads_of(manifest: Any, given: List[str]) -> Heads:  # noqa: UP006
    heads: Heads = {}

    def must(seq: str, digest: str, where: str) -> None:
        if len(bytes.fromhex(digest)) != 32:
            raise ValueError(f"a hash has 64 characters, not {len(digest)}")
        if int(seq) > 0:
            heads.setdefault(int(seq), []).append((bytes.fromhex(digest), where))

    for head in given:
        seq, _, digest = head.partition(":")
        must(seq.replace(",", ""), digest.strip(), "the head you gave")
    for printed in manifest.get("outside", []):
        must(printed["seq"], printed["hash"], printed["where"])
    if "head" in manifest:
        must(manifest["head"]["seq"], manifest["head"]["hash"], "the manifest of this export")
    return heads


def say(chain: Chain, manifest: Any) -> int:
    for sentence in chain.wrong:
        print("WRONG ", sentence)
    if chain.faults:
        left = chain.faults - len(chain.wrong)
        print(f"{chain.faults} of {chain.lines} lines are wrong{f', {left} not shown' if left else ''}.")
        return 1
    name = manifest.get("organisation", {}).get("name") or chain.organisation or "nobody"
    print(f"OK     {chain.lines} events of {name}, unbroken from the first to the last.")
    for seq in sorted(chain.heads):
        for _, where in chain.heads[seq]:
            print(f"       Event {seq} is the one that {where} prints.")
    if chain.before is not None:
        print(f"       The last one is {chain.seq}:{chain.before.hex()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
