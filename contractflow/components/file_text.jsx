import { createElement as h, useState } from "react";

const MOST = 300000; // bytes, as the server takes them

/** Reads a text file in the browser into the field named `into` of the form it stands in; nothing is sent by choosing it. */
export function FileText({ into, label, accept }) {
  const [said, setSaid] = useState("");
  const read = async (event) => {
    const file = event.target.files?.[0], field = event.target.form?.elements[into];
    if (!file || !field) return;
    if (file.size > MOST) { setSaid("This file is too large. Import it in parts of at most 500 clients."); return; }
    const bytes = await file.arrayBuffer();
    let text;
    try { text = new TextDecoder("utf-8", { fatal: true }).decode(bytes); }
    catch { text = new TextDecoder("windows-1252").decode(bytes); } // what spreadsheets write on Windows
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(field, text);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    setSaid(`${file.name} is below.`);
  };
  return h("div", { className: "cf-field" },
    h("label", { className: "cf-field__label", htmlFor: "file" }, label),
    h("input", { id: "file", type: "file", accept, className: "cf-input cf-input--file", onChange: read }),
    h("p", { className: "cf-field__help", role: "status" }, said));
}
