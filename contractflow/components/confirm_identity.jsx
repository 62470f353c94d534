import { createElement as h, useEffect, useRef, useState } from "react";
import { ask, knowsPasskeys, usePasskey } from "./factor_client.js";
import { Button, Field, Problem, Sheet } from "./factor_parts.js";

const TITLE = "Confirm it is you";
const WORDS = "What comes next needs it. It holds for ten minutes, in this browser.";
const CLOSED_MS = 80; // the dialog below gets its focus back before it goes on

/** The fields themselves: a code, a passkey or, for who has no second factor, the password. `fills` a page of its own. */
function Proof({ onConfirmed, onCancel, fills = false }) {
  const [ways, setWays] = useState(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState("");
  const form = useRef(null);
  useEffect(() => {
    ask("/auth/confirm/ways").then(({ said, problem }) => (said ? setWays(said) : setProblem(problem)));
  }, []);
  useEffect(() => form.current?.querySelector("input")?.focus(), [ways]);
  const doing = async (what, promise) => {
    setBusy(what);
    setProblem("");
    const { said, problem } = await promise;
    setBusy("");
    if (said) onConfirmed();
    else setProblem(problem);
  };
  const submit = (event) => {
    event.preventDefault();
    if (busy) return;
    const name = ways.password ? "password" : "code";
    doing("form", ask("/auth/confirm", { [name]: new FormData(event.target).get(`confirm-${name}`) }));
  };
  const withPasskey = () => doing("passkey", usePasskey("/auth/passkey/confirm"));
  const field = ways?.password
    ? h(Field, { id: "confirm-password", label: "Password", type: "password", autoComplete: "current-password", problem })
    : ways?.app && h(Field, {
      id: "confirm-code", label: "Code", autoComplete: "one-time-code", spellCheck: false, problem,
      help: "From your authenticator app, or a recovery code.",
    });
  const offersPasskey = ways?.passkey && knowsPasskeys();
  const recovery = ways && !field && h(Field, { id: "confirm-code", label: "Recovery code", spellCheck: false, autoComplete: "off", problem });
  const confirm = h(Button, { type: "submit", busy: busy === "form", disabled: !ways, className: fills ? "cf-button--full" : "" }, "Confirm");
  const buttons = fills
    ? [confirm, h(Button, { look: "quiet", className: "cf-button--full", onClick: onCancel }, "Back")]
    : [h("div", { className: "cf-dialog__buttons" }, h(Button, { look: "secondary", onClick: onCancel }, "Cancel"), confirm)];
  return h(
    "form",
    { className: "cf-form", onSubmit: submit, noValidate: true, ref: form },
    offersPasskey && h(Button, { look: field ? "secondary" : "primary", className: "cf-button--full", busy: busy === "passkey", onClick: withPasskey }, "Use a passkey"),
    field || recovery,
    !ways && h(Problem, { id: "confirm-error" }, problem),
    ...buttons,
  );
}

/** Always mounted; opens over whatever is open when something asks for it, and then lets that go on. */
export function ConfirmIdentity() {
  const [asked, setAsked] = useState(null);
  useEffect(() => {
    const listen = (event) => { event.preventDefault(); setAsked(event.detail); };
    window.addEventListener("cf:confirm", listen);
    return () => window.removeEventListener("cf:confirm", listen);
  }, []);
  const close = (then) => { setAsked(null); setTimeout(() => then?.(), CLOSED_MS); };
  return h(
    Sheet,
    { open: asked !== null, onClose: () => close(asked?.cancelled), title: TITLE, words: WORDS },
    asked && h(Proof, { onConfirmed: () => close(asked.again), onCancel: () => close(asked.cancelled) }),
  );
}

/** The same as a page of its own, which then leads on to `next`, a path of ours. A file leaves this page standing. */
export function ConfirmHere({ next }) {
  const [done, setDone] = useState(false);
  const onward = /^\/(?![/\\])/.test(next) ? next : "/home";
  const back = () => (window.history.length > 1 ? window.history.back() : window.location.assign("/home"));
  if (!done) return h(Proof, { fills: true, onCancel: back, onConfirmed: () => { setDone(true); window.location.assign(onward); } });
  return h(
    "div",
    { className: "cf-form" },
    h("p", { role: "status" }, "Confirmed. What you asked for is on its way."),
    h(Button, { look: "secondary", className: "cf-button--full", onClick: back }, "Back"),
  );
}
