"""The printed document: nothing typed becomes an instruction, standards hold, the same values give the same bytes."""

import datetime as dt
import hashlib
import math
import re
import time
import zlib
from dataclasses import replace

import page
import pytest
from fontTools.ttLib import TTFont

from contractflow.content import Block, blocks
from contractflow.errors import Invalid
from contractflow.integrations.signing import glyphs, render, strokes
from contractflow.integrations.signing.printed import (
    Certificate,
    CertifiedEvent,
    CertifiedSigner,
    PrintedContract,
    PrintedParty,
    PrintedPayment,
    PrintedSignature,
)

STANDARDS = ("PDF_A_2A", "PDF_UA_1")
TEXT = """## Scope

We run **paid social** and write *weekly* reports; see [the brief](https://client.example/brief).

1. first
2. second
   - with a note

> Notice is given by mail.

## Fees

| Item | Price |
|:-----|------:|
| Ads  | €1,200.00 |
"""
WAVE = [[[10 + i * 5, 100 + 60 * math.sin(i / 4)] for i in range(100)]]


def a_contract(**changes) -> PrintedContract:
    made = PrintedContract(
        title="Marketing Services Agreement",
        number="CF-2026-00184",
        version=3,
        dated="22 November 2026",
        agency="Northlight",
        parties=(PrintedParty("Agency", "Northlight", ("Harbour Street 1",)), PrintedParty("Client", "Helios")),
        blocks=blocks.split(TEXT),
        payments=(PrintedPayment("Deposit", "On signature", "within 14 days", "€1,200.00"),),
        total="€1,200.00",
        content_sha256=hashlib.sha256(b"content").hexdigest(),
        printed_at=dt.datetime(2026, 11, 22, 15, 47, tzinfo=dt.UTC),
        signatures=(
            PrintedSignature("For the agency", "Olivia Stone", "Owner", "typed", "22 Nov 2026", "9f3a72c1"),
            PrintedSignature(
                "For the client", "Clara Weber", "CMO", "drawn", "22 Nov 2026", "b81044de", strokes.to_svg(strokes.parse(WAVE))
            ),
        ),
        certificate=Certificate(
            "01a20531-f045-748f-befa-0bf515b6228a",
            "22 November 2026, 15:47 UTC",
            "ab" * 32,
            12,
            (CertifiedSigner("Clara Weber", "clara@helios.example", "For the client", ("Mailed link",), ("IP 198.51.100.7",)),),
            (CertifiedEvent(12, "22 Nov 2026, 15:47", "Signed by Clara Weber", "ab12"),),
            ("The approval was overridden by the owner: the client waits.",),
            "https://contractflow.example/verify/AB12",
        ),
    )  # fmt: skip
    return replace(made, **changes)


def failures(pdf: bytes, tmp_path, standard: str) -> set[str]:
    file = tmp_path / "checked.pdf"
    file.write_bytes(pdf)
    result = page.validate_pdf(str(file), profile=getattr(page.ValidationProfile, standard))
    return {str(getattr(failure, "rule_id", failure)) for failure in result.failures}


def readable(pdf: bytes) -> bytes:
    """The PDF with its compressed streams opened: where a leaked secret or a link would show."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    opened = [pdf]
    for stream in streams:
        try:
            opened.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(opened)


@pytest.mark.parametrize("standard", STANDARDS)
def test_a_finished_and_a_draft_document_keep_both_standards(standard, tmp_path):
    assert failures(render.render(a_contract()), tmp_path, standard) == set()
    draft = a_contract(
        certificate=None, signatures=(PrintedSignature("For the client", "Clara"),), mark="DRAFT"
    )
    assert failures(render.render(draft), tmp_path, standard) == set()
    bare = a_contract(certificate=None, signatures=(), payments=(), blocks=(Block("a", "Only words."),))
    assert failures(render.render(bare), tmp_path, standard) == set()


def test_the_same_values_give_the_same_bytes():
    first = render.render(a_contract())
    render._compiler.cache_clear()
    assert render.render(a_contract()) == first
    assert render.render(a_contract(version=4)) != first


EVIL = """## Evil

#read("contract.typ") #eval("1+1") #panic("boom") #include "/etc/passwd" $ sum_(i=0)^n $ <label> @ref #set page(fill: red)

<script>alert(1)</script> <img src=x onerror=alert(1)> &lt;b&gt; &#x41;

[click](javascript:alert(1)) [ok](https://example.com/?a=1&b="2") ![img](file:///etc/passwd) [f](file:///etc/passwd)

```
#read("contract.typ")
```

| a | b |
|---|---|
| #read("contract.typ") | ] #panic() [ |

"\\n", } { ] [ \\" \\\\ // comment /* block */ *bold* _em_ 1. list = heading
"""


def test_what_people_type_stays_text():
    shown = readable(render.render(a_contract(blocks=(Block("a", EVIL),))))
    assert b"sys.inputs" not in shown
    assert b"(javascript:" not in shown
    assert b"(file:" not in shown
    assert b"/URI (https://example.com/" in shown or b"/URI(https://example.com/" in shown


NASTY = '#panic("x") #read("contract.typ") <b> ] } \\ " $ \u202e \x00 🎉 中文'


def test_names_and_labels_stay_text_and_never_stop_the_printing():
    evil = a_contract(
        agency=NASTY,
        number=NASTY,
        parties=(PrintedParty(NASTY, NASTY, (NASTY,)), PrintedParty("Client", "")),
        payments=(PrintedPayment(NASTY, NASTY, NASTY, NASTY),),
        signatures=(PrintedSignature(NASTY, NASTY, NASTY, "typed", NASTY, NASTY),),
    )
    assert render.render(evil).startswith(b"%PDF-")


def test_an_accent_is_a_colour_and_nothing_else():
    with pytest.raises(Invalid):
        render.render(a_contract(accent='#fff"); panic("'))


def test_the_list_of_characters_is_what_the_fonts_have():
    in_fonts: set[int] = set()
    for path in glyphs.FONTS.glob("*.ttf"):
        with TTFont(path, lazy=True) as font:
            in_fonts |= set(font.getBestCmap())
    assert glyphs._covered() == in_fonts, "run scripts/fonts.py"


def test_a_character_no_font_has_is_named_when_the_text_is_saved():
    with pytest.raises(Invalid) as refusal:
        glyphs.check([("title", "fine"), ("b1", "party 🎉 中")])
    assert (
        refusal.value.message == "These characters cannot be printed in a PDF: 🎉 中 — please replace them."
    )
    assert refusal.value.field == "b1"
    assert glyphs.printable("ok 🎉 done", "?") == "ok ? done"
    european = (
        "Ünïcödé ŁÓDŹ Ελληνικά Кириллица Tiếng Việt €£¥₹ ½ ≤ ≥ → ✓ ☐ “” „‚ « » – — … \u00a0\u202f\u2011"
    )
    assert glyphs.uncovered(european) == ""
    render.render(
        a_contract(blocks=(Block("a", f"## {european}\n\n{european} **{european}** `{european}`"),))
    )


@pytest.mark.parametrize(
    "md",
    [
        "word " * 3_990,
        "x" * 19_990,
        "|a|b|\n|-|-|\n" + "|1|2|\n" * 1_000,
        "*a **b " * 2_000,
        "- x\n" * 4_000,
        "[" * 5_000,
        "`" * 19_000,
        "\n".join("  " * depth + "- x" for depth in range(9)),
    ],
)
def test_a_block_made_to_be_slow_prints_in_bounded_time(md):
    began = time.process_time()
    render.render(a_contract(blocks=(Block("a", md),), certificate=None))
    assert time.process_time() - began < 15


def test_the_longest_document_there_can_be_prints_in_bounded_time():
    with pytest.raises(Invalid):
        blocks.check([Block("a", "word " * 60_000)])
    began = time.process_time()
    longest = tuple(Block(str(n), f"## Clause\n\n{'word ' * 3_980}") for n in range(20))
    pdf = render.render(a_contract(blocks=longest, certificate=None))
    assert len(pdf) < 5_000_000
    assert time.process_time() - began < 30


def test_clauses_are_numbered_unless_they_number_themselves():
    numbers = [
        clause["number"] for clause in render._clauses(a_contract(blocks=blocks.split("Intro.\n\n" + TEXT)))
    ]
    assert numbers == ["", "1.", "2."]
    own = blocks.split("## 1. Scope\n\na\n\n## 2. Fees\n\nb")
    assert [clause["number"] for clause in render._clauses(a_contract(blocks=own))] == ["", ""]


# drawn signatures


def test_strokes_are_clamped_and_become_numbers_only():
    drawn = strokes.parse([[[-50, 1e9], [1700.04, 20, 0.4], [300, 100]]])
    assert drawn == (((0.0, 1000.0), (1000.0, 20.0), (300.0, 100.0)),)
    assert strokes.parse(strokes.to_json(drawn)) == drawn
    assert re.fullmatch(r"[MQL0-9. ]+", strokes.to_path(drawn))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        "M0 0",
        [[]],
        [[["<script>", 1], [2, 3]]],
        [[[1, 2, 3, 4], [5, 6]]],
        [[[float("nan"), 1], [2, 3]]],
        [[[float("inf"), 1], [2, 3]]],
        [[[True, 1], [2, 3]]],
        [[[1, 1], [2, 2]]],
        [[[0, 0], [500, 0]]] * 201,
        [[[n % 600, n % 200] for n in range(5_001)]],
    ],
)
def test_what_is_no_drawing_is_refused(raw):
    with pytest.raises(Invalid):
        strokes.parse(raw)
