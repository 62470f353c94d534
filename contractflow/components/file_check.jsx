import { createElement as h, useRef, useState } from "react";

const OUTCOMES = {
  intact: ["grass", "✓", "Intact"],
  changed: ["red", "✕", "Changed"],
  other: ["amber", "!", "Not this document"],
  failed: ["slate", "!", "Not checked"],
};
const megabytes = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const failed = (summary) => ({ outcome: "failed", summary });

/** Asks the server about the bytes themselves; nothing is kept there. */
async function ask(action, file) {
  try {
    const answer = await fetch(action, { method: "POST", body: file, headers: { "content-type": "application/pdf" } });
    const said = await answer.json();
    return answer.ok ? said : failed(said.summary);
  } catch {
    return failed("The file could not be sent. Check your connection, then try again.");
  }
}

/** One field that takes a file by drop, click or keyboard and says what it is. */
export function FileCheck({ id, action, maxBytes }) {
  const [isOver, setOver] = useState(false);
  const [name, setName] = useState("");
  const [verdict, setVerdict] = useState(null);
  const newest = useRef(0);

  const check = async (file) => {
    if (!file) return;
    const mine = ++newest.current;
    setName(file.name);
    setVerdict(null);
    const fits = file.size <= maxBytes;
    const said = fits ? await ask(action, file) : failed(`This file has ${megabytes(file.size)}; ${megabytes(maxBytes)} is the most.`);
    if (mine === newest.current) setVerdict(said); // an older question may answer last
  };
  const over = (is) => (event) => { event.preventDefault(); setOver(is); };
  const drop = (event) => { over(false)(event); check(event.dataTransfer.files[0]); };
  const choose = (event) => { check(event.target.files[0]); event.target.value = ""; }; // the same file may be asked again

  const field = h("input", {
    id, type: "file", accept: "application/pdf,.pdf", className: "cf-hidden", onChange: choose, "aria-describedby": `${id}-help`,
  });
  const zone = h(
    "label",
    { className: "cf-drop", "data-over": isOver || undefined, onDragOver: over(true), onDragLeave: over(false), onDrop: drop },
    field,
    h("span", { className: "cf-drop__words" }, "Drop the PDF here, or ", h("span", { className: "cf-drop__choose" }, "choose a file")),
    h("span", { id: `${id}-help`, className: "cf-small cf-muted" }, `One PDF, at most ${megabytes(maxBytes)}. It is compared and forgotten, not stored.`),
  );
  return h("div", { className: "cf-stack" }, zone, h("div", { role: "status" }, name && (verdict ? answer(name, verdict) : checking(name))));
}

const checking = (name) => h("p", { className: "cf-line" }, h("span", { className: "cf-spinner", "aria-hidden": true }), h("span", { className: "cf-clip" }, `Checking ${name}`));

function answer(name, { outcome, summary, sha256 }) {
  const [hue, mark, word] = OUTCOMES[outcome] ?? OUTCOMES.failed;
  return h(
    "div",
    { className: "cf-verdict", "data-hue": hue, "data-outcome": outcome },
    h("span", { className: "cf-verdict__mark", "aria-hidden": true }, mark),
    h("div", null,
      h("p", { className: "cf-strong" }, word),
      h("p", null, summary),
      h("p", { className: "cf-small cf-muted cf-verdict__name" }, name),
      sha256 && h("p", { className: "cf-code cf-muted" }, `SHA-256 ${sha256}`)),
  );
}
