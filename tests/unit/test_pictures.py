"""A picture somebody uploads is judged by its bytes and drawn anew; nothing of the file itself survives."""

from __future__ import annotations

import os
import resource
import struct
import zlib
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contractflow.errors import Invalid
from contractflow.integrations.pictures import LARGEST, look_at, looking, redraw, redrawing
from tests.pictures import BLUE, RED, chunk, jpeg, png, webp

SECRET = b"EVIL <script>alert(1)</script>"
GOOD = {"png": png(48, 32), "jpg": jpeg(), "webp": webp()}


@pytest.mark.parametrize("kind", GOOD)
def test_what_is_taken_becomes_a_png_of_ours(kind):
    assert look_at(GOOD[kind]).format == kind
    drawn = redraw(GOOD[kind])
    assert (drawn.width, drawn.height) == (48, 32)
    assert look_at(drawn.content).format == "png"
    assert redraw(GOOD[kind]) == drawn, "the same picture gives the same bytes"


def test_it_still_looks_like_what_was_sent():
    assert redraw(png(48, 32, RED)).content != redraw(png(48, 32, BLUE)).content
    assert look_at(webp(extended=True)) == look_at(webp())
    upright = redraw(jpeg(turned=True))
    assert (upright.width, upright.height) == (32, 48), "as the camera was held"


def test_a_large_one_is_drawn_smaller_and_a_noisy_one_smaller_still():
    wide = redraw(png(2000, 500))
    assert (wide.width, wide.height) == (512, 128)
    noise = b"".join(b"\0" + os.urandom(4 * 460) for _ in range(460))
    heavy = redraw(png(460, 460, pixels=noise))
    assert len(heavy.content) <= redrawing.LARGEST_DRAWN
    assert heavy.width < 460


@pytest.mark.parametrize("kind", GOOD)
def test_what_hides_in_or_behind_a_picture_stays_behind(kind):
    behind = GOOD[kind] + b"PK\x03\x04" + SECRET
    assert SECRET not in redraw(behind).content
    assert redraw(behind) == redraw(GOOD[kind])


def test_what_a_picture_tells_of_its_maker_stays_behind():
    told = png(48, 32, more=chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"eXIf", SECRET))
    assert redraw(told) == redraw(png(48, 32))


REFUSED = {
    "nothing": (b"", looking.EMPTY),
    "too large": (png(48, 32) + bytes(LARGEST), looking.TOO_LARGE),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', looking.SVG),
    "svg behind a declaration": (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- x --><svg/>', looking.SVG),
    "svg in UTF-16": ("<svg/>".encode("utf-16"), looking.SVG),
    "html": (b"<!doctype html><script>alert(1)</script>", looking.OTHER),
    "gif": (b"GIF89a" + bytes(40), looking.OTHER),
    "pdf": (b"%PDF-1.7", looking.OTHER),
    "picture behind something else": (b"<html>" + png(48, 32), looking.OTHER),
    "too many pixels": (png(4097, 24), looking.TOO_MANY_PIXELS),
    "a lie of pixels": (png(60_000, 60_000, pixels=b"\0"), looking.TOO_MANY_PIXELS),
    "too few pixels": (png(1, 1), looking.TOO_FEW_PIXELS),
    "no pixels": (png(0, 0, pixels=b"\0"), looking.TOO_FEW_PIXELS),
    "fewer pixels than it says": (png(48, 32, pixels=b"\0" * 9), looking.BROKEN),
    "only a beginning": (b"\x89PNG\r\n\x1a\n", looking.BROKEN),
    **{f"half a {kind}": (good[: len(good) * 2 // 3], looking.BROKEN) for kind, good in GOOD.items()},
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_why_beside_its_field(name):
    content, words = REFUSED[name]
    with pytest.raises(Invalid) as refused:
        redraw(content)
    assert (refused.value.message, refused.value.field) == (words, "logo")


def test_a_bomb_bursts_outside():
    """Most of a gigabyte in a megabyte: who draws has not so much, and this process never unpacks it."""
    packed = zlib.compress(bytes(200_000_000), 1)
    heads = {b"zTXt": b"a\0\0", b"iCCP": b"a\0\0", b"iTXt": b"a\0\1\0\0\0"}
    bombs = [png(48, 32, more=b"".join(chunk(kind, head + packed[:340_000]) for kind, head in heads.items())),
             *[png(48, 32, more=chunk(kind, head + packed[:900_000])) for kind, head in heads.items()],
             png(48, 32, pixels=bytes(200_000_000))]  # fmt: skip
    harmless = redraw(png(48, 32)), redraw(png(48, 32, (0, 0, 0, 0))), looking.BROKEN
    # In a process of its own: this one has had larger children than those that draw.
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        answers, most = apart.submit(drawn_apart, bombs).result()
    assert all(answer in harmless for answer in answers)
    assert most < 512, "MB"


def drawn_apart(bombs):
    """What became of each, and the most that a process took for it, in MB."""
    answers = [drawn_or_told(bomb) for bomb in bombs]
    return answers, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024


def test_the_largest_that_is_taken_can_be_drawn():
    assert redraw(png(4096, 4096)).width == 512


def drawn_or_told(content):
    try:
        return redraw(content)
    except Invalid as refused:
        return refused.message


def test_who_draws_has_little_and_knows_nothing(monkeypatch):
    monkeypatch.setenv("CONTRACTFLOW_SECRET", "ours alone")
    monkeypatch.setattr(redrawing, "SECONDS", 5.0)
    started: list[dict] = []
    run = redrawing.subprocess.run
    monkeypatch.setattr(redrawing.subprocess, "run", lambda *a, **k: started.append(k) or run(*a, **k))
    redraw(png(48, 32))
    assert [(k["env"], k["timeout"]) for k in started] == [({}, 5.0)]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_bytes_are_a_fault(data):
    """Nothing but a sentence comes of whatever begins like a picture."""
    begins = data.draw(
        st.sampled_from([*GOOD.values(), b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b""])
    )
    cut = data.draw(st.integers(0, len(begins)))
    content = begins[:cut] + data.draw(st.binary(max_size=60)) + begins[cut + data.draw(st.integers(0, 9)) :]
    with suppress(Invalid):
        seen = look_at(content)
        assert 24 <= min(seen.width, seen.height) <= max(seen.width, seen.height) <= 4096


def test_a_file_that_is_longer_than_it_says_is_read_to_its_end():
    """RIFF says how long it is; a number larger than the file is a file that was cut off."""
    whole = webp()
    lying = whole[:4] + struct.pack("<I", len(whole) * 9) + whole[8:]
    with pytest.raises(Invalid):
        look_at(lying)
