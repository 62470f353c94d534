import { createElement as h, useEffect, useRef, useState } from "react";

const HOLD_MS = 700; // long enough for a second click of the same hand
const POST_MS = 20000; // a native form leaves the page; until then it must not leave twice

/** A button that cannot be pressed twice for one wish: it holds itself until `busy` has come and gone. */
export function BusyButton({ busy = false, blocked = false, onClick, type = "button", children, ...rest }) {
  const [held, setHeld] = useState(false);
  const holds = useRef(false); // at once; `held` only shows after the next drawing
  const timer = useRef(0);
  const wasBusy = useRef(false);
  const release = () => { clearTimeout(timer.current); holds.current = false; setHeld(false); };

  useEffect(() => {
    if (wasBusy.current && !busy) release();
    wasBusy.current = busy;
  }, [busy]);
  useEffect(() => {
    const back = (event) => event.persisted && release(); // the page came back from the browser's cache
    window.addEventListener("pageshow", back);
    return () => { window.removeEventListener("pageshow", back); clearTimeout(timer.current); };
  }, []);

  const press = (event) => {
    if (holds.current || busy || blocked) { event.preventDefault(); event.stopPropagation(); return; }
    const form = type === "submit" ? event.currentTarget.form : null;
    if (form && !form.noValidate && !form.checkValidity()) return; // the browser says what is missing
    holds.current = true;
    onClick?.(event);
    const posts = form?.getAttribute("method") === "post";
    timer.current = setTimeout(release, posts ? POST_MS : HOLD_MS);
    setTimeout(() => setHeld(posts ? "posting" : "held"), 0); // after the browser has taken the click
  };
  const shows = busy || held === "posting";
  return h(
    "button",
    { ...rest, type, onClick: press, "aria-busy": shows || undefined, "aria-disabled": blocked || undefined, "data-held": held || undefined },
    h("span", { className: "cf-button__words" }, children),
    shows && h("span", { className: "cf-spinner", "aria-hidden": true }),
  );
}
