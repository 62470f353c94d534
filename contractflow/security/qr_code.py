"""A QR code (ISO/IEC 18004) as an SVG path: bytes, error correction M, versions 1 to 20. Enough for an address.

Made here, because the address it shows holds a secret: no service and no script of somebody else ever sees it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final

Grid = list[list[bool]]
Module = tuple[int, int, bool]
"""Column, row, whether it is dark."""

# Of error correction M, for versions 1 to 20: check bytes of each block, and the number of blocks (table 9).
CHECK_BYTES: Final = (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26)
BLOCKS: Final = (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16)
QUIET: Final = 4  # modules of white around it
FORMAT_M: Final = 0b00
FINDER_LIKE: Final = ([True, False, True, True, True, False, True] + [False] * 4,
                      [False] * 4 + [True, False, True, True, True, False, True])  # fmt: skip


def svg_path(text: str) -> tuple[int, str]:
    """(side, d): a square of `side` units with its quiet zone, and the `d` of the path that draws the dark modules.

    Raises ValueError when the text is too long for version 20 (666 bytes).
    """
    grid = matrix(text.encode())
    drawn = [
        f"M{x + QUIET},{y + QUIET}h1v1h-1z"
        for y, row in enumerate(grid)
        for x, is_dark in enumerate(row)
        if is_dark
    ]
    return len(grid) + 2 * QUIET, "".join(drawn)


def matrix(data: bytes) -> Grid:
    """The modules, dark ones True, with the mask that is easiest to read."""
    version = next((v for v in range(1, 21) if len(data) <= _room(v)), 0)
    if not version:
        raise ValueError("too long for a QR code of version 20")
    base, fixed = _frame(version)
    _place(base, fixed, _interleaved(version, data))
    candidates = [_masked(base, fixed, mask) for mask in range(8)]
    return min(candidates, key=_penalty)


def _room(version: int) -> int:
    """Bytes of text that fit."""
    header = 4 + (8 if version < 10 else 16)
    return (8 * _data_bytes(version) - header) // 8


def _data_bytes(version: int) -> int:
    return _modules(version) // 8 - CHECK_BYTES[version - 1] * BLOCKS[version - 1]


def _modules(version: int) -> int:
    """How many modules carry data and check bits."""
    count = (16 * version + 128) * version + 64
    if version >= 2:
        aligned = version // 7 + 2
        count -= (25 * aligned - 10) * aligned - 55
    return count - 36 if version >= 7 else count


def _interleaved(version: int, data: bytes) -> bytes:
    """Data and check bytes in the order they are drawn."""
    size, width = _data_bytes(version), 8 if version < 10 else 16
    bits = f"0100{len(data):0{width}b}" + "".join(f"{byte:08b}" for byte in data)
    bits += "0" * min(4, 8 * size - len(bits))
    bits += "0" * (-len(bits) % 8)
    stream = bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    stream += bytes((0xEC, 0x11)[i % 2] for i in range(size - len(stream)))
    blocks, check = BLOCKS[version - 1], CHECK_BYTES[version - 1]
    short, longer = divmod(size, blocks)
    ends = [n * short + max(0, n - (blocks - longer)) for n in range(blocks + 1)]
    parts = [stream[a:b] for a, b in pairwise(ends)]
    checks = [_check_bytes(part, check) for part in parts]
    mixed = [part[i] for i in range(short + 1) for part in parts if i < len(part)]
    return bytes(mixed + [part[i] for i in range(check) for part in checks])


def _times(x: int, y: int) -> int:
    """The product in the field of 256 elements, modulo 0x11D."""
    product = 0
    for bit in range(7, -1, -1):
        product = (product << 1) ^ (0x11D if product & 0x80 else 0)
        product ^= x if y >> bit & 1 else 0
    return product


def _check_bytes(data: bytes, count: int) -> bytes:
    """Reed-Solomon: what is left of the data divided by the generator."""
    generator, root = [0] * (count - 1) + [1], 1
    for _ in range(count):
        for i in range(count):
            generator[i] = _times(generator[i], root) ^ (generator[i + 1] if i + 1 < count else 0)
        root = _times(root, 2)
    rest = [0] * count
    for byte in data:
        factor = byte ^ rest.pop(0)
        rest.append(0)
        rest = [left ^ _times(term, factor) for left, term in zip(rest, generator, strict=True)]
    return bytes(rest)


def _frame(version: int) -> tuple[Grid, Grid]:
    """What stands in every code of this version, and which modules are taken by it."""
    size = 17 + 4 * version
    grid, fixed = ([[False] * size for _ in range(size)] for _ in range(2))
    patterns = chain(
        _timing(size),
        _finders(size),
        _alignments(version, size),
        _format_places(size, 0),  # kept free for it: the mask decides
        _version_places(version, size),
        [(8, size - 8, True)],
    )
    for x, y, is_dark in patterns:
        if 0 <= x < size and 0 <= y < size:
            grid[y][x], fixed[y][x] = is_dark, True
    return grid, fixed


def _timing(size: int) -> Iterator[Module]:
    for i in range(size):
        yield 6, i, i % 2 == 0
        yield i, 6, i % 2 == 0


def _finders(size: int) -> Iterator[Module]:
    for cx, cy in ((3, 3), (size - 4, 3), (3, size - 4)):
        for dx, dy in _square(4):
            yield cx + dx, cy + dy, max(abs(dx), abs(dy)) not in (2, 4)


def _square(reach: int) -> Iterator[tuple[int, int]]:
    return ((dx, dy) for dy in range(-reach, reach + 1) for dx in range(-reach, reach + 1))


def _alignments(version: int, size: int) -> Iterator[Module]:
    for cx, cy in _centres(version, size):
        for dx, dy in _square(2):
            yield cx + dx, cy + dy, max(abs(dx), abs(dy)) != 1


def _centres(version: int, size: int) -> Iterator[tuple[int, int]]:
    if version == 1:
        return
    count = version // 7 + 2
    step = (version * 4 + count * 2 + 1) // (count * 2 - 2) * 2
    at = [6, *sorted(size - 7 - n * step for n in range(count - 1))]
    for y in at:
        for x in at:
            if (x, y) not in ((6, 6), (6, size - 7), (size - 7, 6)):
                yield x, y


def _format_places(size: int, mask: int) -> Iterator[Module]:
    data = FORMAT_M << 3 | mask
    rest = data
    for _ in range(10):
        rest = rest << 1 ^ (rest >> 9) * 0x537
    bits = (data << 10 | rest) ^ 0x5412
    first = [(8, i) for i in range(6)] + [(8, 7), (8, 8), (7, 8)] + [(14 - i, 8) for i in range(9, 15)]
    second = [(size - 1 - i, 8) for i in range(8)] + [(8, size - 15 + i) for i in range(8, 15)]
    for places in (first, second):
        for i, (x, y) in enumerate(places):
            yield x, y, bool(bits >> i & 1)


def _version_places(version: int, size: int) -> Iterator[Module]:
    if version < 7:
        return
    rest = version
    for _ in range(12):
        rest = rest << 1 ^ (rest >> 11) * 0x1F25
    bits = version << 12 | rest
    for i in range(18):
        a, b = size - 11 + i % 3, i // 3
        yield a, b, bool(bits >> i & 1)
        yield b, a, bool(bits >> i & 1)


def _place(grid: Grid, fixed: Grid, data: bytes) -> None:
    """In pairs of columns from the right, up and down in turn, past what is fixed."""
    size, bits = len(grid), (byte >> bit & 1 for byte in data for bit in range(7, -1, -1))
    for pair in range((size - 1) // 2):
        right = size - 1 - 2 * pair
        right -= right <= 6  # the column of the timing pattern is left out
        rows = range(size - 1, -1, -1) if pair % 2 == 0 else range(size)
        for y in rows:
            for x in (right, right - 1):
                if not fixed[y][x]:
                    grid[y][x] = bool(next(bits, 0))


def _masked(base: Grid, fixed: Grid, mask: int) -> Grid:
    size = len(base)
    grid = [
        [dark ^ (not fixed[y][x] and _flips(mask, x, y)) for x, dark in enumerate(row)]
        for y, row in enumerate(base)
    ]
    for x, y, bit in _format_places(size, mask):
        grid[y][x] = bit
    return grid


def _flips(mask: int, x: int, y: int) -> bool:
    return (
        (x + y) % 2,
        y % 2,
        x % 3,
        (x + y) % 3,
        (x // 3 + y // 2) % 2,
        x * y % 2 + x * y % 3,
        (x * y % 2 + x * y % 3) % 2,
        ((x + y) % 2 + x * y % 3) % 2,
    )[mask] == 0


def _penalty(grid: Grid) -> int:
    """How hard it is to read: long runs, blocks, what looks like a finder, and much more dark than light."""
    size = len(grid)
    lines = [*grid, *map(list, zip(*grid, strict=True))]
    runs = sum(_runs(line) for line in lines)
    squares = sum(
        3 for a, b in pairwise(grid) for x in range(size - 1) if a[x] == a[x + 1] == b[x] == b[x + 1]
    )
    finders = sum(40 for line in lines for i in range(size - 10) if line[i : i + 11] in FINDER_LIKE)
    dark = sum(map(sum, grid)) * 20 // (size * size)
    return runs + squares + finders + 10 * min(abs(dark - 10), abs(dark - 9))


def _runs(line: list[bool]) -> int:
    total, length = 0, 1
    for before, after in pairwise([*line, None]):
        if before == after:
            length += 1
            continue
        total += length - 2 if length >= 5 else 0
        length = 1
    return total
