import { createElement as h, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { DialogContent, DialogRoot, DialogTitle, DialogTrigger } from "../overlays/sheet.jsx";

const PAUSE_MS = 120;
const isShortcut = (event) => (event.metaKey || event.ctrlKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k";

/** A field and what it finds; ⌘K or Ctrl+K anywhere, its button, or any other with data-palette. Arrows choose, Enter goes there. */
export function Palette({ hits, answered, onFind, label, shortcut }) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const pause = useRef(0);
  const list = useRef(null);
  const navigate = useNavigate();
  const find = (words) => {
    clearTimeout(pause.current);
    pause.current = setTimeout(() => onFind?.(words), words ? PAUSE_MS : 0);
  };
  const show = (is) => {
    setOpen(is);
    setText("");
    setAt(0);
    if (is) find("");
  };
  useEffect(() => {
    const listen = (event) => { if (isShortcut(event)) { event.preventDefault(); show(!open); } };
    const pressed = (event) => { if (event.target.closest?.("[data-palette]")) show(true); };
    document.addEventListener("keydown", listen);
    document.addEventListener("click", pressed);
    return () => {
      document.removeEventListener("keydown", listen);
      document.removeEventListener("click", pressed);
    };
  }, [open]);
  useEffect(() => () => clearTimeout(pause.current), []);
  useEffect(() => setAt(0), [hits]);
  useEffect(() => list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [at]);

  const isFresh = answered === text;
  const shown = isFresh ? hits : hits.filter(() => text !== "");
  const go = (hit) => { if (hit) { show(false); navigate(hit.href); } };
  const keys = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) { event.preventDefault(); setAt((was) => (was + step + shown.length) % shown.length); }
    if (event.key === "Enter" && !event.nativeEvent.isComposing) { event.preventDefault(); if (isFresh) go(shown[at]); }
  };
  const option = (hit, number) => [
    hit.group !== shown[number - 1]?.group && h("div", { key: `group-${hit.group}`, className: "cf-palette__group", role: "presentation" }, hit.group),
    h(
      "div",
      {
        key: number, id: `palette-${number}`, role: "option", "aria-selected": number === at, className: "cf-palette__hit",
        onMouseMove: () => setAt(number), onClick: () => go(hit),
      },
      h("span", { className: "cf-clip" }, hit.words),
      hit.note && h("span", { className: "cf-muted cf-small cf-clip" }, hit.note),
    ),
  ];
  return h(
    DialogRoot,
    { open, onOpenChange: show },
    h(
      DialogTrigger,
      null,
      h("button", { type: "button", className: "cf-palette__open", "aria-keyshortcuts": "Meta+K Control+K" }, label, h("kbd", { "aria-hidden": true }, shortcut)),
    ),
    h(
      DialogContent,
      { className: "cf-palette", maxWidth: "560px", atTop: true, "aria-describedby": undefined },
      h(DialogTitle, { className: "cf-hidden" }, "Search"),
      h("input", {
        className: "cf-input", type: "text", role: "combobox", value: text, placeholder: "Documents, invoices, clients, projects, people, pages", "aria-label": "Search documents, invoices, clients, projects, people and pages",
        "aria-expanded": true, "aria-controls": "palette-hits", "aria-activedescendant": shown.length ? `palette-${at}` : undefined,
        autoComplete: "off", spellCheck: false, maxLength: 100, onKeyDown: keys,
        onChange: (event) => { setText(event.target.value); find(event.target.value); },
      }),
      h("div", { id: "palette-hits", role: "listbox", "aria-label": "Found", ref: list, className: "cf-palette__hits" }, shown.flatMap(option)),
      h("p", { className: "cf-palette__none", role: "status" }, isFresh && text && !hits.length ? `Nothing is called “${text}”.` : ""),
    ),
  );
}
