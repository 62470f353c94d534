"""The live text's own component, alone in a real browser: however its words arrive, they stand there once and in order."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from contractflow.integrations.ai.brief import Brief, PlanItem
from contractflow.integrations.ai.library import compose
from contractflow.ops.testing import browser as browser_program

SOURCE = Path("contractflow/components/live_text.jsx")
TEXT = compose(
    Brief("msa", "A & B", "Nörd 🦊 light", "Acme <b>", "Ads\nPages", must_haves=("One", "Two"),
          total="€1.00", plan=(PlanItem("Deposit", "€1.00", "on signature"),))
)  # fmt: skip

# Just enough of React to mount a component once: refs live on, effects run after mounting, state is a plain value.
REACT = """
const hooks = []; let at = 0;
const useRef = (v) => (hooks[at++] ??= { current: v });
const useState = (v) => { const i = at++; hooks[i] ??= { v }; return [hooks[i].v, (n) => { hooks[i].v = typeof n === 'function' ? n(hooks[i].v) : n; }]; };
const effects = [];
const useEffect = (f) => { at++; effects.push(f); };
const refs = {};
const h = (tag, props, ...children) => {
  const node = document.createElement(tag);
  for (const [k, v] of Object.entries(props ?? {})) {
    if (k === 'ref') v.current = node; else if (k === 'className') node.className = v; else if (typeof v !== 'function') node.setAttribute(k, v);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false && c !== ''));
  return node;
};
window.mount = (job) => {
  at = 0; hooks.length = effects.length = 0; document.body.replaceChildren();
  window.resumed = []; window.done = 0;
  document.body.append(LiveText({ sink: 's', documentId: 'd', job, session: 'x', onResume: (...a) => window.resumed.push(a), onDone: () => window.done++ }));
  for (const f of effects) f();
};
window.tell = (m) => { refs.ref_s.current.value = m; };
window.shown = () => document.querySelector('.cf-live__paper');
"""


@pytest.fixture(scope="module")
def page():
    script = re.sub(r"^import .*$", "", SOURCE.read_text("utf-8"), flags=re.MULTILINE)
    script = script.replace("export function", "function")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_program(), args=["--no-sandbox"])
        page = browser.new_page()
        page.add_script_tag(content=f"(() => {{ {REACT}\n{script} }})()")
        yield page
        browser.close()


def typed(page: Page) -> str:
    """What stands on the paper, without what typesetting takes away."""
    return page.evaluate("shown().innerText")


def words_of(text: str) -> list[str]:
    return re.sub(r"\*\*|^- |^## ", "", text, flags=re.MULTILINE).split()


def tell(page: Page, *messages: dict[str, object]) -> None:
    page.evaluate("(all) => all.forEach(tell)", [json.loads(json.dumps({"j": "1", **m})) for m in messages])


def test_a_finished_draft_is_typeset(page):
    page.evaluate("mount('1')")
    assert page.evaluate("resumed") == [["d", "1", -1, 0]]
    tell(page, {"e": 101, "o": 0, "t": TEXT, "p": "Gemini", "n": ""}, {"d": "ready"})
    assert page.evaluate("document.querySelectorAll('.cf-live__paper h2').length") == TEXT.count("## ")
    assert words_of(typed(page)) == words_of(TEXT)
    assert page.evaluate("document.querySelectorAll('.cf-live__paper li').length") == 5
    assert page.evaluate("document.querySelectorAll('.cf-live__paper b').length") == 0
    assert page.evaluate("document.querySelector('strong').textContent") == "Nörd 🦊 light"
    assert page.evaluate("done") == 1


@pytest.mark.parametrize("seed", range(16))
def test_however_the_words_arrive_they_stand_there_once(page, seed):
    """Cut anywhere (also within a heading and beside an emoji), repeated, overlapping, after a half text of before."""
    chance = random.Random(seed)
    page.evaluate("mount('1')")
    messages: list[dict[str, object]] = [
        {"e": 101, "o": 0, "t": TEXT[: chance.randrange(len(TEXT))], "p": "Gemini"}
    ]
    longest, said = chance.choice([1, 3, 20, 900]), 0
    while said < len(TEXT):
        end = min(len(TEXT), said + chance.randint(1, longest))
        start = max(0, said - chance.choice([0, 0, 0, 5, 40]))
        messages.append({"e": 102, "o": start, "t": TEXT[start:end]})
        if chance.random() < 0.2:
            messages.append(chance.choice(messages))
        said = end
    tell(page, *messages)
    assert page.evaluate("Number(shown().dataset.characters)") == len(TEXT)
    tell(page, {"d": "ready"})
    assert words_of(typed(page)) == words_of(TEXT)


def test_what_belongs_to_another_draft_is_not_shown(page):
    page.evaluate("mount('2')")
    tell(page, {"e": 101, "o": 0, "t": "not mine"})
    assert typed(page) == ""


def test_markup_is_text(page):
    page.evaluate("mount('1')")
    tell(
        page,
        {"e": 101, "o": 0, "t": "## <img src=x onerror=alert(1)>\n\n<script>alert(1)</script> **<b>x</b>**"},
    )
    tell(page, {"d": "ready"})
    assert page.evaluate("shown().querySelectorAll('img, script, b').length") == 0
    assert "<script>alert(1)</script>" in typed(page)


def test_a_hole_is_not_papered_over(page):
    page.evaluate("mount('1')")
    tell(page, {"e": 101, "o": 0, "t": "abc"}, {"e": 101, "o": 9, "t": "xyz"})
    assert typed(page).strip() == "abc"
