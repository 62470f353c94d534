"""The contract's own format: blocks, nodes, HTML, variables, plan, digest, redline."""

import datetime as dt
import hashlib
import json
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contractflow.content import (
    Block,
    Content,
    PaymentPlan,
    PlanRow,
    blocks,
    check,
    digest,
    nodes,
    plan,
    redline,
)
from contractflow.content import variables as vars_
from contractflow.content.html import marked, to_html
from contractflow.content.plan import Kind, On
from contractflow.content.unwritten import FIRST_CLAUSE, NEW_CLAUSE, unwritten
from contractflow.errors import Invalid

TEXT = """# Agreement

Between the parties.

## Scope

We do **this**.

```
## not a heading
```

## Fees

| Item | Price |
|:-----|------:|
| One  | {{fee.total}} |
"""


def html(md: str) -> str:
    return to_html(nodes.parse(md))


# blocks


def test_a_block_starts_at_every_second_level_heading_outside_fences():
    assert [blocks.heading(b) for b in blocks.split(TEXT)] == ["Agreement", "Scope", "Fees"]
    assert "## not a heading" in blocks.split(TEXT)[1].md


def test_a_growing_text_keeps_the_ids_of_its_blocks():
    whole = blocks.split(TEXT, "job-1")
    for end in range(len(TEXT)):
        part = blocks.split(TEXT[:end], "job-1")
        assert [b.id for b in part] == [b.id for b in whole][: len(part)]
    assert {b.id for b in whole}.isdisjoint(b.id for b in blocks.split(TEXT, "job-2"))
    assert all(len(b.id) == 8 and int(b.id, 16) >= 0 for b in whole)


@given(st.text(alphabet=st.sampled_from("# \n`~abé\u202e-1|"), max_size=200))
def test_joining_and_splitting_gives_the_same_pieces(text):
    first = blocks.split(text)
    assert [b.md for b in blocks.split(blocks.join(first))] == [b.md for b in first]


@given(st.text(max_size=300))
def test_cleaning_twice_changes_nothing(text):
    assert blocks.clean(blocks.clean(text)) == blocks.clean(text)


def test_a_block_keeps_its_id_when_its_text_is_replaced():
    old = blocks.split(TEXT)
    new = blocks.replace(old, old[1].id, "## Scope\n\nOther.\n\n## Extra\n\nMore.")
    assert [b.id for b in new if b.id in {o.id for o in old}] == [o.id for o in old]
    assert [blocks.heading(b) for b in new] == ["Agreement", "Scope", "Extra", "Fees"]
    assert blocks.replace(old, old[0].id, "  \n") == old[1:]
    with pytest.raises(Invalid):
        blocks.replace(old, "00000000", "x")


def test_what_cannot_be_seen_is_not_kept():
    hidden = "a\x00b\u202ec\u2066d\u200be\ufefff\U000e0041g\ud800h\r\ni\u2028j"
    assert blocks.clean(hidden) == "abcdefgh\ni\nj"
    assert blocks.clean("e\u0301") == "é"
    assert "\u202e" not in nodes.plain(nodes.parse("a &#x202e; b"))


def test_an_open_fence_is_closed_so_that_it_swallows_no_other_clause():
    assert blocks.clean("~~~~\ncode\n~~~") == "~~~~\ncode\n~~~\n~~~~"


@pytest.mark.parametrize(
    ("given_blocks", "sentence"),
    [
        ([Block("a", "## Fees\n\n" + "x" * 20_000)], "The clause “Fees” is longer than 20,000 characters."),
        ([Block("a", "y" * 20_001)], "Clause 1 is longer than 20,000 characters."),
        ([Block(str(n), "x") for n in range(201)], "A document has at most 200 clauses; this one has 201."),
        (
            [Block(str(n), "x" * 19_000) for n in range(22)],
            "A document has at most 400,000 characters in all.",
        ),
        ([Block("a", "x"), Block("a", "y")], "Two clauses have the same id. Reload the page and try again."),
        (
            [Block("a", ">" * 500 + " x")],
            "Clause 1: Lists and quotes are nested too deep here. Use fewer levels.",
        ),
    ],
)
def test_what_no_page_could_show_is_refused(given_blocks, sentence):
    with pytest.raises(Invalid) as refusal:
        blocks.check(given_blocks)
    assert refusal.value.message == sentence


# nodes and html


@pytest.mark.parametrize(
    ("md", "shown"),
    [
        ("**a** *b* ~~c~~ `<d>`", "<p><strong>a</strong> <em>b</em> <s>c</s> <code>&lt;d&gt;</code></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("<div style='x'>a</div>", "<p>&lt;div style=&#x27;x&#x27;&gt;a&lt;/div&gt;</p>"),
        ("[a](javascript:alert(1))", "<p>[a](javascript:alert(1))</p>"),
        ("[a](file:///etc/passwd)", "<p>[a](file:///etc/passwd)</p>"),
        ("[a](ftp://x.example)", "<p>a</p>"),
        ("[a](/relative)", "<p>a</p>"),
        ("![a](https://x.example/t.png)", None),
        ("[hidden]: https://x.example 'words'", "<p>[hidden]: https://x.example &#x27;words&#x27;</p>"),
        ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
        ("> ## a", "<blockquote><p><strong>a</strong></p></blockquote>"),
        ("## a\n\n#### b", "<h2>a</h2><h3>b</h3>"),
        ("a  \nb\nc", "<p>a<br>b c</p>"),
        ("---", "<hr>"),
        ("```\n<x>\n```", "<pre><code>&lt;x&gt;</code></pre>"),
        ("&lt;b&gt; &amp;", "<p>&lt;b&gt; &amp;</p>"),
    ],
)
def test_markdown_becomes_safe_html(md, shown):
    result = html(md)
    assert "<img" not in result
    assert shown is None or result == shown


def test_a_link_cannot_break_out_of_its_attribute():
    shown = html("""[a](https://x.example/"onmouseover=alert(1)) <https://y.example>""")
    assert 'href="https://x.example/%22onmouseover=alert(1)"' in shown
    assert 'href="https://y.example"' in shown


def test_tables_align_by_class_and_never_by_style():
    shown = html("| a | b |\n|--|-:|\n| 1 | 2 |")
    assert '<td class="align-right">2</td>' in shown
    assert "style" not in shown


OURS = {
    *[
        "p",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "strong",
        "em",
        "s",
        "ul",
        "ol",
        "li",
        "blockquote",
        "table",
        "tr",
        "th",
        "td",
        "a",
        "code",
        "pre",
        "br",
        "hr",
    ],
    *["@href", "@rel", "@target", "@class", "@start"],
}


@given(st.text(alphabet=st.sampled_from("<>\"'=&/ abscript\n*_`[]()#|-:1"), max_size=120))
def test_any_text_becomes_nothing_but_the_tags_we_allow(text):
    found: set[str] = set()
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: found.update([tag, *(f"@{name}" for name, _ in attrs)])
    reader.feed(html(text))
    assert found <= OURS


# variables


def test_typed_variables_become_names_and_values():
    typed = "Start date = 1 May 2027\n{{client.name}}: Acme\n\nRate per hour\nStart date = 2 May"
    assert vars_.read(typed) == {"start_date": "2 May", "client.name": "Acme", "rate_per_hour": ""}
    assert vars_.label("start_date") == "Start date"


@pytest.mark.parametrize("typed", ["=", "1st day = x", "ж = y", "a.b.c.d.e = 1", "x" * 70])
def test_what_cannot_be_a_variable_says_which_line(typed):
    with pytest.raises(Invalid) as refusal:
        vars_.read(f"Fine = 1\n{typed}")
    assert refusal.value.field == "variables"


def test_variables_are_found_filled_once_and_escaped():
    text = "Dear {{client.name}}, {{ fee.total }} and {{unknown.thing}} {{Not}} {{a b}}"
    assert vars_.find(text) == ("client.name", "fee.total", "unknown.thing")
    values = {"client.name": "**Evil** [x](javascript:1)\n\n{{fee.total}}", "fee.total": "$1,000"}
    shown = nodes.plain(nodes.parse(vars_.fill(text, values)))
    assert (
        shown == "Dear **Evil** [x](javascript:1) {{fee.total}}, $1,000 and {{unknown.thing}} {{Not}} {{a b}}"
    )
    assert vars_.missing([Block("a", text)], {"client.name": "x", "fee.total": " "}) == (
        "fee.total",
        "unknown.thing",
    )


def test_an_author_sees_what_is_filled_in_and_what_is_missing():
    tree = marked(nodes.parse("## For {{client.name}}\n\n- {{fee}} **{{fee}}**"), {"client.name": "A <b>"})
    assert to_html(tree) == (
        '<h2>For <span class="cf-variable cf-variable--filled">A &lt;b&gt;</span></h2>'
        '<ul><li><span class="cf-variable">Fee</span> <strong><span class="cf-variable">Fee</span></strong></li></ul>'
    )


@given(st.text(min_size=1, max_size=60))
def test_a_value_is_always_plain_text(value):
    seen = " ".join(nodes.visible(value).split())
    parsed = nodes.parse(vars_.fill("Dear\n{{client.name}}", {"client.name": value}))
    assert [node["type"] for node in parsed] == ["paragraph"]
    assert {node["type"] for node in parsed[0]["children"]} == {"text"}
    assert not seen or nodes.plain(parsed) == f"Dear {seen}"


# plan


def row(**changes) -> PlanRow:
    return PlanRow(
        **{"key": "deposit", "kind": Kind.DEPOSIT, "label": "Deposit", "amount_minor": 40000} | changes
    )


def test_a_plan_says_by_how_much_it_is_off():
    with pytest.raises(Invalid) as refusal:
        plan.check(PaymentPlan((row(), row(key="final"))), 120000, "EUR")
    assert refusal.value.message == "The payments come to €800.00, €400.00 less than the total of €1,200.00."
    with pytest.raises(Invalid, match="€1\\.00 more"):
        plan.check(PaymentPlan((row(),)), 39900, "EUR")
    plan.check(PaymentPlan((row(),)), 40000, "EUR")
    plan.check(PaymentPlan(), 0, "EUR")


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (row(amount_minor=0), "payment_plan.deposit"),
        (row(amount_minor=-1), "payment_plan.deposit"),
        (row(label=" "), "payment_plan.deposit"),
        (row(label="x" * 121), "payment_plan.deposit"),
        (row(on=On.DATE), "payment_plan.deposit"),
        (row(date=dt.date(2027, 1, 1)), "payment_plan.deposit"),
        (row(due_days=-1), "payment_plan.deposit"),
        (row(key="A b"), "payment_plan"),
    ],
)
def test_a_row_that_cannot_be_invoiced_is_refused(wrong, field):
    with pytest.raises(Invalid) as refusal:
        plan.check(PaymentPlan((wrong,)), wrong.amount_minor, "EUR")
    assert refusal.value.field in (field, "total")


@given(st.integers(0, 10**12), st.integers(0, 100))
def test_deposit_and_final_always_sum(total, percent):
    made = plan.deposit_and_final(total, percent)
    plan.check(made, total, "JPY")
    if 0 < percent < 100 and total > 100:
        assert made.rows[0].amount_minor == total * percent // 100


@given(st.integers(1000, 10**12), st.integers(1, 24))
def test_installments_always_sum(total, count):
    made = plan.installments(total, [dt.date(2027, 1, 1) + dt.timedelta(30 * n) for n in range(count)])
    plan.check(made, total, "EUR")


def test_a_row_says_when_it_is_due():
    assert row(on=On.DATE, date=dt.date(2027, 3, 1)).when == "On 1 March 2027"
    assert (row().when, row().terms, row(due_days=0).terms, row(due_days=1).terms) == (
        "On signature",
        "within 14 days",
        "on receipt",
        "within 1 day",
    )


# content and digest


def content() -> Content:
    return Content(
        "Agreement “é”",
        blocks.split(TEXT),
        {"fee.total": "€1,200.00"},
        plan.deposit_and_final(120000, 40),
        120000,
    )


def test_the_canonical_text_is_the_same_for_the_same_content_and_reads_back():
    text = digest.canonical(content())
    assert Content.from_text(text) == content()
    assert digest.canonical(Content.from_text(text)) == text
    assert list(json.loads(text)) == [
        "blocks",
        "currency",
        "payment_plan",
        "title",
        "total_minor",
        "variables",
    ]
    assert digest.sha256(text) == hashlib.sha256(text.encode("utf-8")).digest()
    assert '", "' not in text
    assert "é" in text


def test_content_is_checked_as_a_whole():
    check(content())
    assert content().missing_variables == ()
    assert "€1\\,200\\.00" in content().read_blocks[2].md
    for title in ("", "x" * 201, "a\nb", "a\u202eb"):
        with pytest.raises(Invalid) as refusal:
            check(Content(title))
        assert refusal.value.field == "title"
    with pytest.raises(Invalid):
        check(Content("x", variables={"a": "x" * 2001}))


# redline


def test_the_redline_marks_words_and_keeps_their_formatting():
    old = blocks.split(
        "## Fees\n\nDue within **14 days**. See [a](https://x.example).\n\n## Law\n\nGerman.\n\n## Old\n\nGone."
    )
    fees, law, gone = old
    changed = fees.md.replace("**14 days**", "**30 days** of receipt").replace("x.example", "y.example")
    rows = redline.compare(old, [Block("new00000", "## New\n\nText."), Block(fees.id, changed), law])
    assert [f"{r.heading}: {r.kind}" for r in rows] == [
        "New: added",
        "Fees: changed",
        "Law: same",
        "Old: removed",
    ]
    assert "<del><strong>14 </strong></del><ins><strong>30 </strong></ins>" in rows[1].html
    assert "<del>a</del><ins>a</ins>" in rows[1].html
    assert rows[3].id == gone.id
    assert sorted(r.kind for r in redline.compare(old, old[::-1])) == ["moved", "moved", "same"]
    assert {r.kind for r in redline.compare(old, old)} == {"same"}


def test_a_growing_text_shows_what_changed_so_far_and_what_may_still_come():
    old = "The fee is due **soon**. It is net."
    steps = [redline.growing(old, text) for text in ("", "The fee i", "The fee shall be due")]
    assert steps[0] == [("coming", "\nThe fee is due soon. It is net.")]
    assert steps[1] == [("same", "\nThe fee "), ("coming", "is due soon. It is net.")]
    assert ("added", "shall be ") in steps[2]
    assert not [words for kind, words in steps[2] if kind == "removed" and "soon" in words]
    done = redline.growing(old, "The fee shall be due **soon**.", is_over=True)
    assert ("removed", ". It is net") in [(kind, words.strip()) for kind, words in done]
    assert {kind for kind, _ in done} == {"same", "added", "removed"}


def test_a_long_text_is_compared_when_it_is_over():
    old = "word " * 5_000
    assert redline.growing(old, "other words here") == [("added", "\nother words ")]
    assert ("added", "other words") in redline.growing(old, "other words", is_over=True)


def test_an_item_of_a_list_stands_beside_its_bullet():
    assert redline.growing("", "- One\n- Two", is_over=True) == [("added", "\n• One\n• Two")]


def test_the_redline_escapes_what_it_shows():
    rows = redline.compare([Block("a", "x")], [Block("a", "<script>alert(1)</script>")])
    assert "<script" not in rows[0].html


def test_a_text_made_to_be_slow_is_compared_in_bounded_time():
    began = time.process_time()
    redline.compare([Block("a", "a " * 9_000 + "x")], [Block("a", "a " * 9_500 + "y")])
    words = [f"word{n % 700}" for n in range(2_800)]
    redline.compare([Block("a", " ".join(words))], [Block("a", " ".join(reversed(words)))])
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    ("md", "said"),
    [
        (NEW_CLAUSE, "“New clause” still says “Write here.” Write it, or remove it."),
        ("## Travel\n\n  Write here. \n", "“Travel” still says “Write here.” Write it, or remove it."),
        ("Write here.", "Clause 2 still says “Write here.” Write it, or remove it."),
        (FIRST_CLAUSE, "“Scope” still says “What is agreed.” Write it, or remove it."),
        ("## New clause\n\nWrite here. By train.", ""),
    ],
)
def test_a_clause_that_says_only_what_it_began_with_is_not_written(md, said):
    assert unwritten([Block("a", "## Scope\n\nAll of it."), Block("b", md)]) == said
