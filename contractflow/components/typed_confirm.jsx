import { createElement as h, useId, useState } from "react";

/** The last question before what cannot be undone: the button wakes when the name has been typed. */
export function TypedConfirm({ name, verb, onConfirm }) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [sent, setSent] = useState(false);
  const matches = typed.trim() === String(name).trim();
  const submit = (event) => {
    event.preventDefault();
    if (!matches || sent) return;
    setSent(true);
    onConfirm?.();
  };
  return h(
    "form",
    { onSubmit: submit, className: "cf-form" },
    h(
      "div",
      { className: "cf-field" },
      h("label", { htmlFor: id, className: "cf-field__label" }, "Type ", h("b", null, name), " to confirm"),
      h("input", {
        id, className: "cf-input", autoComplete: "off", spellCheck: false, value: typed,
        onChange: (event) => setTyped(event.target.value),
      }),
    ),
    h(
      "button",
      { type: "submit", disabled: !matches, "aria-busy": sent || undefined, className: "cf-button cf-button--danger cf-button--full" },
      h("span", { className: "cf-button__words" }, verb),
      sent && h("span", { className: "cf-spinner", "aria-hidden": true }),
    ),
  );
}
