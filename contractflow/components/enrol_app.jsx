import { createElement as h, useState } from "react";
import { ask } from "./factor_client.js";
import { Button, Codes, Field, KEEP, Problem, Sheet } from "./factor_parts.js";

const groups = (secret) => secret.match(/.{1,4}/g).join(" ");

/** Scan, type the first code, keep the recovery codes. The secret lives in this script only. */
export function EnrolApp({ label = "Set up", look = "primary", onDone }) {
  const [offer, setOffer] = useState(null);
  const [codes, setCodes] = useState(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const begin = async () => {
    setBusy(true);
    const { said, problem } = await ask("/auth/app/offer");
    setBusy(false);
    setProblem(problem ?? "");
    setOffer(said ?? null);
  };
  const enable = async (event) => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const { said, problem } = await ask("/auth/app/enable", { code: new FormData(event.target).get("app-code") });
    setBusy(false);
    setProblem(problem ?? "");
    if (said?.codes.length) setCodes(said.codes);
    else if (said) finish();
  };
  const finish = () => { setOffer(null); setCodes(null); setProblem(""); onDone?.(); };
  const close = () => { setOffer(null); setProblem(""); };
  const scan = offer && h(
    "form",
    { className: "cf-form", onSubmit: enable, noValidate: true },
    h(
      "div",
      { className: "cf-scan" },
      h(
        "svg",
        { className: "cf-qr", viewBox: `0 0 ${offer.side} ${offer.side}`, role: "img", "aria-label": "QR code for your authenticator app", shapeRendering: "crispEdges" },
        h("rect", { width: offer.side, height: offer.side, fill: "#fff" }),
        h("path", { d: offer.path, fill: "#000" }),
      ),
      h(
        "div",
        null,
        h("p", null, "Scan this with an authenticator app, or type the key:"),
        h("p", { className: "cf-key" }, h("code", null, groups(offer.secret))),
      ),
    ),
    h(Field, { id: "app-code", label: "Code", inputMode: "numeric", autoComplete: "one-time-code", maxLength: 12, autoFocus: true, problem, help: "The six digits that the app shows now." }),
    h(
      "div",
      { className: "cf-dialog__buttons" },
      h(Button, { look: "secondary", onClick: close }, "Cancel"),
      h(Button, { type: "submit", busy }, "Turn on"),
    ),
  );
  return h(
    "div",
    { className: "cf-act" },
    h(Button, { look, onClick: begin, busy: busy && !offer }, label),
    !offer && h(Problem, { id: "app-error" }, problem),
    h(
      Sheet,
      { open: offer !== null, onClose: codes ? undefined : close, title: codes ? "Keep your recovery codes" : "Set up an authenticator app", words: codes ? KEEP : "" },
      codes ? h(Codes, { codes, onDone: finish }) : scan,
    ),
  );
}

/** Ten new ones; the old ones stop working. */
export function RenewCodes({ onDone }) {
  const [open, setOpen] = useState(false);
  const [codes, setCodes] = useState(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const renew = async () => {
    setBusy(true);
    const { said, problem } = await ask("/auth/codes/renew");
    setBusy(false);
    setProblem(problem ?? "");
    if (said) setCodes(said.codes);
  };
  const close = () => { setOpen(false); setProblem(""); if (codes) { setCodes(null); onDone?.(); } };
  return h(
    "div",
    { className: "cf-act" },
    h(Button, { look: "secondary", onClick: () => setOpen(true) }, "Make new codes"),
    h(
      Sheet,
      { open, onClose: codes ? undefined : close, title: codes ? "Keep your recovery codes" : "Make new recovery codes?", words: codes ? KEEP : "The ones you have stop working at once." },
      codes ? h(Codes, { codes, onDone: close }) : h(
        "div",
        null,
        h(Problem, { id: "codes-error" }, problem),
        h(
          "div",
          { className: "cf-dialog__buttons" },
          h(Button, { look: "secondary", onClick: close }, "Cancel"),
          h(Button, { onClick: renew, busy }, "Make new codes"),
        ),
      ),
    ),
  );
}
