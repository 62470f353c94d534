import { createElement as h, useEffect, useId, useLayoutEffect, useRef, useState } from "react";

const PAUSE_MS = 120; // between a key and the question whom it means
const ANSWER_MS = 8000; // then the answer is taken for lost; the same words under the same key are written once
const NAMING = /(^|[\s(])@([^\s@][^\n@]{0,38})?$/;

const shelf = {
  key: (name) => `cf-comment-${name}`,
  put: (name, text) => { try { text ? sessionStorage.setItem(shelf.key(name), text) : sessionStorage.removeItem(shelf.key(name)); } catch { /* private mode */ } },
  get: (name) => { try { return sessionStorage.getItem(shelf.key(name)) ?? ""; } catch { return ""; } },
};
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (n) => n.toString(16).padStart(2, "0")).join("");

/**
 * Where a comment is written. What is typed stays through a refusal, a lost socket and a reload, until `sent` names its key.
 * With `onFind`, “@” and the beginning of a name suggest colleagues: arrows choose, Enter takes, Escape lets it be.
 */
export function CommentField({
  name, label, verb, initial = "", placeholder = "", error = "", tried = "", sent = "", people = [], asked = "", canShare = false,
  focused = true, longest = 5000, onSend, onFind, onCancel,
}) {
  const [text, setText] = useState(() => initial || shelf.get(name));
  const [isShared, setShared] = useState(false);
  const [waiting, setWaiting] = useState(false);
  const [isEmpty, setEmpty] = useState(false); // sent with nothing in it
  const [naming, setNaming] = useState(null); // what was typed behind the “@”; null where nobody is being named
  const [at, setAt] = useState(0);
  const key = useRef(newKey()), picked = useRef(new Map()), pause = useRef(0), lost = useRef(0);
  const field = useRef(null), whole = useRef(null), place = useRef(null);
  const id = useId();

  useEffect(() => { if (!initial) shelf.put(name, text); }, [text]);
  useEffect(() => {
    if (sent !== key.current) return;
    shelf.put(name, "");
    key.current = newKey(); picked.current.clear(); clearTimeout(lost.current);
    setText(""); setShared(false); setWaiting(false);
  }, [sent]);
  const wrong = isEmpty ? "Write something first." : error && tried === key.current ? error : "";
  useEffect(() => { if (wrong) { setWaiting(false); field.current?.focus(); } }, [wrong]);
  useEffect(() => () => { clearTimeout(pause.current); clearTimeout(lost.current); }, []);
  useLayoutEffect(() => { // the focus goes in with the field, and back to what opened it when it leaves with the focus in it
    const opener = document.activeElement;
    const box = whole.current;
    if (focused) { field.current?.focus({ preventScroll: true }); box.scrollIntoView({ block: "nearest" }); }
    return () => { if (box.contains(document.activeElement)) setTimeout(() => opener?.isConnected && opener.focus({ preventScroll: true }), 0); };
  }, []);
  useLayoutEffect(() => { // as tall as what is in it
    const area = field.current;
    area.style.height = "0";
    area.style.height = `${area.scrollHeight + 2}px`;
    if (place.current !== null) { area.setSelectionRange(place.current, place.current); place.current = null; }
  }, [text]);

  const look = (area) => {
    const found = onFind && NAMING.exec(area.value.slice(0, area.selectionStart));
    const words = found ? (found[2] ?? "") : null;
    setNaming(words);
    clearTimeout(pause.current);
    if (words !== null && words !== naming) { setAt(0); pause.current = setTimeout(() => onFind(words), PAUSE_MS); }
  };
  const shown = naming !== null && asked === naming ? people : [];
  const take = (person) => {
    const area = field.current, until = area.selectionStart, from = until - naming.length - 1;
    picked.current.set(person.id, person.name);
    place.current = from + person.name.length + 2;
    setText(`${area.value.slice(0, from)}@${person.name} ${area.value.slice(until).replace(/^ /, "")}`);
    setNaming(null);
    area.focus();
  };
  const send = () => {
    if (waiting) return;
    if (!text.trim()) { setEmpty(true); field.current.focus(); return; }
    const ids = [...picked.current].filter(([, called]) => text.includes(`@${called}`)).map(([one]) => one);
    setWaiting(true);
    lost.current = setTimeout(() => setWaiting(false), ANSWER_MS);
    onSend?.(key.current, { text, shared: isShared ? "on" : "", picked: ids.join(" ") });
  };
  const keys = (event) => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (shown.length && step) { event.preventDefault(); setAt((was) => (was + step + shown.length) % shown.length); return; }
    if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) { event.preventDefault(); send(); return; }
    if (shown.length && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) { event.preventDefault(); take(shown[at] ?? shown[0]); return; }
    if (event.key !== "Escape") return;
    event.preventDefault(); event.stopPropagation();
    if (naming !== null) setNaming(null); else onCancel?.();
  };

  const option = (person, number) => h(
    "li",
    {
      key: person.id, id: `${id}-${number}`, role: "option", "aria-selected": number === at, className: "cf-people-list__one",
      onMouseMove: () => setAt(number), onMouseDown: (event) => { event.preventDefault(); take(person); },
    },
    h("span", { className: "cf-clip" }, person.name), h("span", { className: "cf-muted cf-small cf-clip" }, person.note),
  );
  const button = (look_, words, onClick) => h("button", { type: "button", className: `cf-button cf-button--${look_}`, onClick, "aria-busy": (look_ !== "quiet" && waiting) || undefined }, h("span", { className: "cf-button__words" }, words));
  return h(
    "div", { className: "cf-comment-field", ref: whole },
    h("textarea", {
      ref: field, className: "cf-input", rows: 1, value: text, placeholder, maxLength: longest, "aria-label": label, spellCheck: true,
      "aria-invalid": wrong ? true : undefined, "aria-describedby": wrong ? `${id}-error` : undefined,
      ...(onFind ? { "aria-autocomplete": "list", "aria-controls": shown.length ? `${id}-people` : undefined, "aria-activedescendant": shown.length ? `${id}-${at}` : undefined } : {}),
      onKeyDown: keys, onKeyUp: (event) => event.key.startsWith("Arrow") && !shown.length && look(event.target), onClick: (event) => look(event.target),
      onBlur: () => setNaming(null), onChange: (event) => { setEmpty(false); setText(event.target.value); look(event.target); },
    }),
    shown.length > 0 && h("ul", { id: `${id}-people`, role: "listbox", "aria-label": "Colleagues", className: "cf-people-list" }, shown.map(option)),
    onFind && h("span", { className: "cf-hidden", role: "status" }, shown.length ? `${shown.length} to choose from` : ""),
    wrong && h("p", { id: `${id}-error`, role: "alert", className: "cf-field__error" }, wrong),
    canShare && h("label", { className: "cf-check" }, h("input", { type: "checkbox", checked: isShared, onChange: (event) => setShared(event.target.checked) }), h("span", null, isShared ? "Shared: the client reads this in the portal" : "Share with the client")),
    h("div", { className: "cf-line" }, button("secondary", verb, send), onCancel && button("quiet", "Cancel", onCancel)),
  );
}

/** Inside the thread that somebody came for: brings it into sight once, when it is there. */
export function Arrived() {
  const mark = useRef(null);
  useEffect(() => { mark.current.closest("article")?.scrollIntoView({ block: "center" }); }, []);
  return h("span", { ref: mark, hidden: true });
}
