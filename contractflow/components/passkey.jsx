import { createElement as h, useEffect, useState } from "react";
import { knowsPasskeys, makePasskey, usePasskey } from "./factor_client.js";
import { Button, Codes, Field, KEEP, Problem, Sheet } from "./factor_parts.js";

const UNKNOWN = "This browser does not know passkeys.";

/** Named first, then made by the device; with somebody's first factor come recovery codes. */
export function AddPasskey({ label = "Add a passkey", look = "secondary", onDone }) {
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const add = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const name = new FormData(event.target).get("passkey-name");
    const { said, problem } = knowsPasskeys() ? await makePasskey("/auth/passkey/create", { name }) : { problem: UNKNOWN };
    setBusy(false);
    setProblem(problem ?? "");
    if (said?.codes.length) setCodes(said.codes);
    else if (said) finish();
  };
  const finish = () => { setOpen(false); setCodes(null); setProblem(""); onDone?.(); };
  const close = () => { setOpen(false); setProblem(""); };
  const form = h(
    "form",
    { className: "cf-form", onSubmit: add, noValidate: true },
    h(Field, { id: "passkey-name", label: "Name", defaultValue: "", maxLength: 60, autoComplete: "off", autoFocus: true, problem, help: "To know it by, like “Work laptop” or “My phone”." }),
    h(
      "div",
      { className: "cf-dialog__buttons" },
      h(Button, { look: "secondary", onClick: close }, "Cancel"),
      h(Button, { type: "submit", busy }, "Create passkey"),
    ),
  );
  return h(
    "div",
    { className: "cf-act" },
    h(Button, { look, onClick: () => setOpen(true) }, label),
    h(
      Sheet,
      { open, onClose: codes ? undefined : close, title: codes ? "Keep your recovery codes" : "Add a passkey", words: codes ? KEEP : "Your device asks for your finger, face or PIN. It then signs you in by itself, without the password." },
      codes ? h(Codes, { codes, onDone: finish }) : form,
    ),
  );
}

/** Signs in with a passkey: as the only step, or as the second one (`path` says which). */
export function PasskeySignIn({ path, next = "", label, look = "secondary" }) {
  const [known, setKnown] = useState(false);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  useEffect(() => setKnown(knowsPasskeys()), []);
  const go = async () => {
    setBusy(true);
    const remember = document.getElementById("remember")?.checked ?? false;
    const { said, problem } = await usePasskey(path, { next, remember });
    setBusy(Boolean(said)); // until the next page is there
    setProblem(problem ?? "");
    if (said) window.location.assign(said.go);
  };
  if (!known) return null;
  return h(
    "div",
    { className: "cf-field" },
    h(Button, { look, className: "cf-button--full", busy, onClick: go }, label),
    h(Problem, { id: "passkey-error" }, problem),
  );
}
