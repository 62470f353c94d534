import { createElement as h, useEffect, useRef, useState } from "react";
import { refs } from "$/utils/state";

const NEAR_END_PX = 120; // closer to the end than this, the reader wants to follow
const NOTHING = { provider: "", note: "", waiting: "", blocks: 0 };
const CHANGE_PAUSE_MS = 150; // changes that come together are read together

/** Let the server reach `receive` under the name `sink`: `set_value(sink, message)` is data, never code. */
function useSink(sink, receive) {
  const now = useRef(receive);
  now.current = receive;
  useEffect(() => {
    const name = `ref_${sink}`;
    const mine = { current: { set value(message) { now.current(message); } } };
    refs[name] = mine;
    return () => { if (refs[name] === mine) delete refs[name]; };
  }, [sink]);
}

const make = (tag, className, ...children) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
};

/** Words with **bold** parts, as text nodes and <strong>; nothing else is read as markup. */
const words = (text) => text.split(/\*\*([^*\n]+)\*\*/).map((part, i) => (i % 2 ? make("strong", "", part) : part)).filter((part) => part !== "");

/** A finished block typeset: paragraphs and lists. */
function typeset(body) {
  const parts = body.trim().split(/\n{2,}/).filter(Boolean);
  return parts.map((part) => {
    const lines = part.split("\n");
    if (lines.every((line) => /^[-*] /.test(line))) return make("ul", "", ...lines.map((line) => make("li", "", ...words(line.slice(2)))));
    return make("p", "", ...words(part));
  });
}

/** The paper: appends text nodes to its last block, opens one at each line "## …", typesets a block once it is finished. */
class Paper {
  constructor(root, speak) { this.root = root; this.speak = speak; this.caret = make("span", "cf-caret"); this.caret.setAttribute("aria-hidden", "true"); this.clear(); }

  clear() {
    this.root.replaceChildren();
    this.blocks = 0; this.held = ""; this.block = null; this.isLineStart = true;
  }

  add(text) {
    let rest = this.held + text;
    this.held = "";
    for (let at = this.heading(rest); at >= 0; at = this.heading(rest)) {
      this.append(rest.slice(0, at));
      this.open();
      rest = rest.slice(at + 3);
    }
    const tail = rest.match(this.isLineStart ? /(^|\n)#{0,2}$/ : /\n#{0,2}$/); // a heading may arrive in two halves
    if (tail) { this.held = tail[0]; rest = rest.slice(0, tail.index); }
    this.append(rest);
    this.block?.text.append(this.caret);
  }

  /** Where the next "## " begins that stands at the start of a line; -1 when there is none. */
  heading(text) {
    if (this.isLineStart && text.startsWith("## ")) return 0;
    const at = text.indexOf("\n## ");
    return at < 0 ? -1 : at + 1;
  }

  open() {
    this.close();
    const title = make("h2", ""), text = make("div", "");
    text.style.whiteSpace = "pre-wrap";
    const section = make("section", "cf-block cf-fresh", make("div", "cf-text", title, text));
    this.root.append(section);
    this.block = { title, text, inTitle: true, raw: "" };
    this.blocks += 1; this.isLineStart = false;
  }

  append(text) {
    if (!text) return;
    this.isLineStart = text.endsWith("\n");
    if (!this.block) { if (!text.trim()) return; this.open(); this.block.inTitle = false; }
    const block = this.block;
    if (block.inTitle) {
      const end = text.indexOf("\n");
      block.title.append(end < 0 ? text : text.slice(0, end));
      if (end < 0) return;
      block.inTitle = false;
      text = text.slice(end + 1);
    }
    if (!block.raw) text = text.replace(/^\n+/, "");
    if (!text) return;
    block.raw += text;
    block.text.append(text);
  }

  /** The block is whole: typeset it, and let screen readers hear it, one block at a time. */
  close() {
    if (!this.block) return;
    const { title, text, raw } = this.block;
    text.style.whiteSpace = "";
    text.replaceChildren(...typeset(raw));
    this.speak(`${title.textContent}. ${text.textContent}`);
    this.block = null;
  }

  end() { if (this.held) { const held = this.held; this.held = ""; this.append(held); } this.close(); }
}

/**
 * A draft while it is written. Messages: j job, e epoch, o offset, t text, p provider, n note, a what it waits for,
 * s seconds since it was ordered, d done (with the status). `by` is who ordered it.
 *
 * An epoch that is higher starts the text again; a text is taken from where ours ends, so whatever comes twice shows
 * once. On mount and on every reconnect the server is told how far our text goes and sends the rest.
 */
export function LiveText({ sink, documentId, job, session, by, onResume, onDone }) {
  const root = useRef(null), end = useRef(null), voice = useRef(null), paper = useRef(null);
  const at = useRef({ job: "", epoch: -1, length: 0, done: false });
  const follows = useRef(true);
  const [shown, setShown] = useState(NOTHING);
  const began = useRef(0);
  const [seconds, setSeconds] = useState(0);
  const [isBehind, setBehind] = useState(false);

  const isNearEnd = () => !end.current || end.current.getBoundingClientRect().top < window.innerHeight + NEAR_END_PX;
  const goToEnd = () => end.current?.scrollIntoView({ block: "end", behavior: "instant" });
  const jump = () => { follows.current = true; setBehind(false); goToEnd(); };

  const take = (message) => {
    if (message.e < at.current.epoch) return;
    if (message.e > at.current.epoch) { at.current.epoch = message.e; at.current.length = 0; paper.current.clear(); }
    const letters = [...message.t]; // characters as the server counts them, not UTF-16 units
    const known = at.current.length - message.o;
    if (known < 0 || known >= letters.length) return;
    at.current.length += letters.length - known;
    paper.current.add(known ? letters.slice(known).join("") : message.t);
    root.current.dataset.characters = at.current.length;
    if (follows.current) goToEnd();
    else setBehind(true);
  };

  useSink(sink, (message) => {
    if (message.j !== at.current.job || at.current.done) return;
    if ("t" in message) take(message);
    if ("s" in message) began.current = Date.now() - message.s * 1000;
    setShown((was) => {
      const next = { provider: message.p ?? was.provider, note: message.n ?? was.note, waiting: message.a ?? was.waiting, blocks: paper.current.blocks };
      return Object.keys(next).every((key) => next[key] === was[key]) ? was : next;
    });
    if (message.d) { at.current.done = true; paper.current.end(); onDone?.(); }
  });

  useEffect(() => {
    if (!job || !session) return;
    paper.current ??= new Paper(root.current, (text) => { voice.current.textContent = text; });
    if (at.current.job !== job) {
      at.current = { job, epoch: -1, length: 0, done: false };
      paper.current.clear(); setShown(NOTHING); setSeconds(0); began.current = Date.now();
    }
    if (!at.current.done) onResume?.(documentId, job, at.current.epoch, at.current.length);
  }, [job, session]);

  useEffect(() => {
    const clock = setInterval(() => setSeconds(Math.round((Date.now() - began.current) / 1000)), 1000);
    const scrolled = () => { follows.current = isNearEnd(); if (follows.current) setBehind(false); };
    document.addEventListener("scroll", scrolled, { capture: true, passive: true });
    return () => { clearInterval(clock); document.removeEventListener("scroll", scrolled, { capture: true }); };
  }, [job]);

  const doing = shown.provider ? `${shown.provider[0].toUpperCase()}${shown.provider.slice(1)} is writing` : shown.waiting || "Waiting for a free worker.";
  const progress = [by && `for ${by}`, shown.blocks && `clause ${shown.blocks}`, seconds > 1 && `${seconds} s`].filter(Boolean);
  return h(
    "section",
    { className: "cf-live", "aria-label": "Draft being written", "aria-busy": true },
    h(
      "p", { className: "cf-live__status" },
      h("span", { className: "cf-dot", "aria-hidden": true }),
      h("span", { role: "status" }, doing),
      h("span", { "aria-hidden": true }, progress.map((words) => ` · ${words}`).join("")),
    ),
    shown.note && h("p", { className: "cf-live__note", role: "status" }, shown.note),
    h("div", { ref: root, className: "cf-live__paper", "data-live": job }),
    h("div", { ref: voice, className: "cf-hidden", "aria-live": "polite" }),
    h("div", { ref: end, className: "cf-live__end", "aria-hidden": true }),
    isBehind && h("button", { type: "button", className: "cf-button cf-live__jump", onClick: jump }, "Jump to live"),
  );
}

/** Hears that what it follows changed and tells the page, at most once per moment. Shows nothing. */
export function Follow({ sink, name, session, onResume, onChange }) {
  const pause = useRef(0);
  useSink(sink, (message) => {
    if (message.changed !== name) return;
    clearTimeout(pause.current);
    pause.current = setTimeout(() => onChange?.(), CHANGE_PAUSE_MS);
  });
  useEffect(() => { if (name && session) onResume?.(name); }, [name, session]);
  useEffect(() => () => clearTimeout(pause.current), []);
  return null;
}
