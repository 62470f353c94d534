import { createElement as h, useEffect, useRef, useState } from "react";

const SHOWN_MS = 2000;

/** Puts `text` on the clipboard and says so for two seconds, also to a screen reader. */
export function CopyButton({ text, label }) {
  const [said, setSaid] = useState("");
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = (words) => {
    setSaid(words);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setSaid(""), SHOWN_MS);
  };
  const press = () =>
    Promise.resolve(navigator.clipboard?.writeText(text) ?? Promise.reject())
      .then(() => say("Copied"))
      .catch(() => say("Select and copy")); // without https, or when the browser forbids it
  return h(
    "button",
    { type: "button", onClick: press, "aria-label": `Copy ${label}`, className: "cf-button cf-button--quiet cf-copy" },
    h("span", { role: "status" }, said || "Copy"),
  );
}
