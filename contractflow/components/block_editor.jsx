import { createElement as h, useEffect, useLayoutEffect, useRef, useState } from "react";

const PAUSE_MS = 700; // after the last key
const ANSWER_MS = 8000; // then the answer is taken for lost, and the text goes again
const WORDS = { saved: "Saved", typing: "Saving", saving: "Saving", offline: "Offline. Kept here, saved when you are back" };

const shelf = {
  key: (id) => `cf-unsaved-${id}`,
  put: (id, md, over, sent) => { try { sessionStorage.setItem(shelf.key(id), JSON.stringify({ md, over, sent })); } catch { /* private mode */ } },
  get: (id) => { try { return JSON.parse(sessionStorage.getItem(shelf.key(id))); } catch { return null; } },
  clear: (id) => { try { sessionStorage.removeItem(shelf.key(id)); } catch { /* private mode */ } },
};

/**
 * One block of a contract: typeset until it is clicked, then its Markdown at the same measure.
 *
 * The server answers through props: `stored` names the save that was taken (and `md` is what became of it), or `error`
 * says why not. Until then what was typed stays in the field and on this tab's shelf, through a lost socket and a reload.
 * A text that nobody typed here is never sent. `html` is safe: contractflow.content made it.
 */
export function BlockEditor({ blockId, md, html, base = "", stored = "", editable = true, online = true, error = "", label = "block", onSave }) {
  const [editing, setEditing] = useState(false);
  const [text, setText] = useState(md);
  const [typed, setTyped] = useState(false); // the text is this person's, not just an older one of the server's
  const [kept, setKept] = useState(null); // what was sent and taken; the server may have tidied it up
  const [sent, setSent] = useState(null); // what is on its way
  const [stale, setStale] = useState(false); // somebody else saved this block while it was being edited
  const field = useRef(null), place = useRef(null), opener = useRef(null), over = useRef(base), known = useRef(md), failed = useRef(null); // over: what the text was typed over
  const dirty = typed && text !== md && text !== kept;
  const state = !dirty ? "saved" : stale ? "stale" : error && sent === null ? "failed" : !online ? "offline" : sent !== null ? "saving" : "typing";

  useEffect(() => { // something unsaved was left by a reload
    const left = shelf.get(blockId);
    if (!left || !editable) return;
    if (left.md.trim() === md.trim()) { shelf.clear(blockId); return; }
    const isOurs = left.sent?.trim() === md.trim(); // the save that was on its way has arrived
    over.current = isOurs ? base : left.over; setText(left.md); setTyped(true); setEditing(true); setStale(over.current !== base);
  }, [blockId]);

  useEffect(() => { // an answer to our save, or a change of somebody else's
    if (sent !== null && stored === `${over.current}:${sent}`) {
      const isTidied = md.trim() !== sent.trim(); // a heading in it became a block of its own, for instance
      if (isTidied) setText(text.startsWith(sent) ? md + text.slice(sent.length) : md);
      setKept(isTidied ? md : sent); setSent(null); setStale(false);
      known.current = md; over.current = base;
      if (text === sent) shelf.clear(blockId);
      return;
    }
    if (md === known.current) { if (!dirty) over.current = base; return; }
    known.current = md;
    if (!dirty || md === text) { setText(md); setTyped(false); setSent(null); setStale(false); over.current = base; shelf.clear(blockId); }
    else { setSent(null); setStale(true); }
  }, [md, base, stored]);

  useEffect(() => { if (error) setSent(null); }, [error]);
  useEffect(() => { if (!online) setSent(null); }, [online]);

  const save = () => {
    if (!dirty || stale || !online || sent === text) return;
    setSent(text);
    onSave?.(blockId, text, over.current);
  };
  useEffect(() => {
    if (!dirty) { if (typed && sent === null) shelf.clear(blockId); return; }
    shelf.put(blockId, text, over.current, sent);
    if (stale || !online || sent !== null) return; // one save at a time; the next leaves when this one is answered
    if (error && text === failed.current) return; // do not repeat what was refused; the next key tries again
    const later = setTimeout(save, PAUSE_MS);
    return () => clearTimeout(later);
  }, [text, md, sent, online, stale, error]);
  useEffect(() => { failed.current = error ? text : null; }, [error]);
  useEffect(() => {
    if (sent === null) return;
    const lost = setTimeout(() => { if (error) failed.current = sent; setSent(null); }, ANSWER_MS);
    return () => clearTimeout(lost);
  }, [sent]);
  useEffect(() => {
    if (!dirty) return;
    const warn = (event) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [dirty]);

  useLayoutEffect(() => { // as tall as its text, and never shorter than what it replaces, so nothing below jumps
    const area = field.current;
    if (!area) return;
    area.style.height = "0";
    area.style.height = `${Math.max(area.scrollHeight, place.current ?? 0)}px`;
  }, [text, editing]);

  const open = (event) => {
    if (!editable || editing || event?.target?.closest?.("a") || String(window.getSelection?.() ?? "")) return;
    place.current = event?.currentTarget?.closest?.(".cf-block")?.querySelector(".cf-text")?.offsetHeight ?? 0;
    if (!dirty) { setText(md); setTyped(false); }
    setEditing(true);
  };
  useEffect(() => {
    if (!editing || !field.current) return;
    field.current.focus({ preventScroll: true });
    field.current.setSelectionRange(text.length, text.length);
  }, [editing]);

  const close = () => { save(); setEditing(false); requestAnimationFrame(() => opener.current?.focus({ preventScroll: true })); };
  const undo = () => { setText(md); setTyped(false); setStale(false); setSent(null); over.current = base; known.current = md; shelf.clear(blockId); };
  const keepMine = () => { over.current = base; setStale(false); };
  const keys = (event) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Escape" || (event.key === "Enter" && (event.metaKey || event.ctrlKey))) {
      event.preventDefault(); event.stopPropagation(); close();
    }
  };

  const words = state === "failed" ? `Not saved. ${error}` : state === "stale" ? "Somebody else changed this block meanwhile." : WORDS[state];
  const small = (text_, onClick) => h("button", { type: "button", className: "cf-button cf-button--quiet", onClick }, text_);
  const status = h(
    "div",
    { className: "cf-block__status", "data-state": state },
    h("span", { className: "cf-dot", "aria-hidden": true }),
    h("span", { role: state === "failed" || state === "stale" ? "alert" : "status" }, words),
    state === "stale" && small("Keep mine", keepMine),
    (state === "stale" || state === "failed") && small("Take theirs", undo),
    editing && state !== "stale" && state !== "failed" && h("kbd", { "aria-hidden": true }, "esc"),
  );
  const look = `cf-block${editable ? " cf-block--editable" : ""}${editing ? " cf-block--editing" : ""}`;
  if (editing) {
    return h(
      "div", { className: look, id: `block-${blockId}` },
      h("textarea", { ref: field, value: text, rows: 1, spellCheck: true, "aria-label": `Edit ${label}`, onKeyDown: keys, onBlur: save, onChange: (event) => { setText(event.target.value); setTyped(true); } }),
      status,
    );
  }
  return h(
    "div", { className: look, id: `block-${blockId}`, onClick: open },
    h("div", { className: "cf-text", dangerouslySetInnerHTML: { __html: html } }),
    editable && h("button", { ref: opener, type: "button", className: "cf-block__open", "aria-label": `Edit ${label}`, onClick: open }, "Edit"),
    dirty && status,
  );
}
