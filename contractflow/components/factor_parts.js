/** Pieces of the dialogs of second factors: a button, a field, the line at the bottom, the recovery codes. */

import { createElement as h, useState } from "react";
import { DialogContent, DialogRoot, DialogTitle, DialogWords } from "../overlays/sheet.jsx";

export const Button = ({ look = "primary", busy, children, ...rest }) =>
  h(
    "button",
    { type: "button", ...rest, disabled: rest.disabled, "aria-busy": busy || undefined, className: `cf-button cf-button--${look} ${rest.className ?? ""}` },
    h("span", { className: "cf-button__words" }, children),
    busy && h("span", { className: "cf-spinner", "aria-hidden": true }),
  );

export const Problem = ({ id, children }) =>
  children ? h("p", { id, role: "alert", className: "cf-field__error" }, children) : null;

export function Field({ id, label, help, problem, ...rest }) {
  const described = [problem && `${id}-error`, help && `${id}-help`].filter(Boolean).join(" ");
  return h(
    "div",
    { className: "cf-field" },
    h("label", { htmlFor: id, className: "cf-field__label" }, label),
    h("input", { id, name: id, className: "cf-input", required: true, "aria-invalid": Boolean(problem), "aria-describedby": described || undefined, ...rest }),
    h(Problem, { id: `${id}-error` }, problem),
    help && h("p", { id: `${id}-help`, className: "cf-field__help" }, help),
  );
}

/** Without `onClose` it stays until something in it closes it: a click beside it must not lose what is shown once. */
export function Sheet({ open, onClose, title, words, children }) {
  return h(
    DialogRoot,
    { open, onOpenChange: (is) => !is && onClose?.() },
    h(
      DialogContent,
      { maxWidth: "480px" },
      h(DialogTitle, { className: "cf-dialog__title" }, title),
      h(DialogWords, { className: words ? "cf-dialog__words" : "cf-hidden" }, words || title),
      children,
    ),
  );
}

/** Shown once: what follows keeps them. */
export function Codes({ codes, onDone }) {
  const [copied, setCopied] = useState(false);
  const text = `ContractFlow recovery codes\nEach works once, in place of the second factor.\n\n${codes.join("\n")}\n`;
  const copy = () => navigator.clipboard?.writeText(text).then(() => setCopied(true), () => {});
  const download = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = "contractflow-recovery-codes.txt";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return h(
    "div",
    { className: "cf-form" },
    h("ol", { className: "cf-codes", "aria-label": "Recovery codes" }, codes.map((code) => h("li", { key: code }, code))),
    h(
      "div",
      { className: "cf-dialog__buttons" },
      h(Button, { look: "secondary", onClick: copy }, copied ? "Copied" : "Copy"),
      h(Button, { look: "secondary", onClick: download }, "Download"),
      h(Button, { onClick: onDone }, "I have kept them"),
    ),
  );
}

export const KEEP = "Each works once, when phone and passkeys are out of reach. Keep them where you keep what must not get lost: they are shown only now.";
