import { createElement as h, useEffect, useState } from "react";
import { refs } from "$/utils/state";

/** A secret that the server tells this tab once: it is in no state, and gone when the page is left. */
export function ShownOnce({ sink, words }) {
  const [told, setTold] = useState(null);
  const [said, setSaid] = useState("");
  useEffect(() => {
    const name = `ref_${sink}`;
    const mine = { current: { set value(message) { setTold(message); setSaid(""); } } };
    refs[name] = mine;
    return () => { if (refs[name] === mine) delete refs[name]; };
  }, [sink]);
  const copy = () =>
    Promise.resolve(navigator.clipboard?.writeText(told.v) ?? Promise.reject())
      .then(() => setSaid("Copied"))
      .catch(() => setSaid("Select and copy")); // without https, or when the browser forbids it
  if (!told) return h("div", { role: "status" });
  return h(
    "div", { className: "cf-once", role: "status" },
    h("strong", null, `The secret of ${told.n}`),
    h("p", { className: "cf-muted" }, words),
    h("code", { className: "cf-tag" }, told.v),
    h(
      "div", { className: "cf-line" },
      h("button", { type: "button", className: "cf-button cf-button--secondary", onClick: copy }, h("span", { role: "status" }, said || "Copy the secret")),
      h("button", { type: "button", className: "cf-button cf-button--quiet", onClick: () => setTold(null) }, "I have kept it"),
    ),
  );
}
