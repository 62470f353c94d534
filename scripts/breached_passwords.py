"""Makes contractflow/security/breached.bin from lists of breached passwords, one a line, the commonest first.

    PYTHONPATH=. python scripts/breached_passwords.py LIST...

Kept are those that the length lets through, and the words people dress up with digits to reach it. Only the first six
bytes of each SHA-256 are stored, sorted: 50,000 passwords in 300 kB, none of them readable, and one chance in five
billion that another password is taken for one of them.

The file in the repository was made from the million commonest of Mark Burnett's ten million breached passwords, which he
gave to the public domain, as published by OWASP SecLists.
"""

from __future__ import annotations

import sys
from pathlib import Path

from contractflow.security.common_passwords import FILE, WIDTH, digest, plain
from contractflow.security.passwords import LONGEST, SHORTEST

WORDS = 20_000
"""So many of the commonest count as words to dress up, from four letters on."""


def main(lists: list[str]) -> None:
    lines = [line for name in lists for line in Path(name).read_text("utf-8", "ignore").splitlines()]
    whole = {digest(plain(line)) for line in lines if SHORTEST <= len(line) <= LONGEST}
    words = {digest(f"word:{plain(line)}") for line in lines[:WORDS] if len(line) >= 4 and line.isalpha()}
    FILE.write_bytes(b"".join(sorted(whole | words)))
    sys.stdout.write(
        f"{len(whole)} passwords and {len(words)} words, {FILE.stat().st_size // WIDTH} in all\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
