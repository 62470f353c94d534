import { createElement as h, useEffect, useRef, useState } from "react";

const HOLD_MS = 700; // long enough for a second click of the same hand
const SHOW_MS = 150; // a line that is slower than this is felt
const LONGEST_MS = 20000; // a native form leaves the page, an event arrives; until then neither must leave twice

/**
 * A button that cannot be pressed twice for one wish: it holds itself until `busy` has come and gone, and as long as
 * what it sent is under way (contractflow/web/build.py keeps `window.cfUnderWay`), which it shows on a slow line.
 * With `repeats` each press is a wish of its own: one more row, and one more.
 */
export function BusyButton({ busy = false, blocked = false, repeats = false, onClick, type = "button", children, ...rest }) {
  const [held, setHeld] = useState(false);
  const holds = useRef(false); // at once; `held` only shows after the next drawing
  const timer = useRef(0);
  const unwatch = useRef(() => {});
  const wasBusy = useRef(false);
  const stop = () => { clearTimeout(timer.current); unwatch.current(); };
  const release = () => { stop(); holds.current = false; setHeld(false); };

  useEffect(() => {
    if (wasBusy.current && !busy) release();
    wasBusy.current = busy;
  }, [busy]);
  useEffect(() => {
    const back = (event) => event.persisted && release(); // the page came back from the browser's cache
    window.addEventListener("pageshow", back);
    return () => { window.removeEventListener("pageshow", back); stop(); };
  }, []);

  const watch = (mine) => {
    const show = setTimeout(() => setHeld("waiting"), SHOW_MS);
    const check = () => {
      if (mine.some((one) => window.cfUnderWay?.has(one))) return;
      stop();
      setHeld("held");
      timer.current = setTimeout(release, HOLD_MS);
    };
    window.addEventListener("cf:arrived", check);
    unwatch.current = () => { clearTimeout(show); window.removeEventListener("cf:arrived", check); };
    check();
  };
  const press = (event) => {
    if (holds.current || busy || blocked) { event.preventDefault(); event.stopPropagation(); return; }
    const form = type === "submit" ? event.currentTarget.form : null;
    if (form && !form.noValidate && !form.checkValidity()) return; // the browser says what is missing
    if (repeats) { onClick?.(event); return; }
    holds.current = true;
    const before = new Set(window.cfUnderWay);
    onClick?.(event);
    const posts = form?.getAttribute("method") === "post";
    timer.current = setTimeout(release, LONGEST_MS);
    setTimeout(() => { // after the browser has taken the click, and the form has sent what is in it
      setHeld(posts ? "posting" : "held");
      if (!posts) watch([...(window.cfUnderWay ?? [])].filter((one) => !before.has(one)));
    }, 0);
  };
  const shows = busy || held === "posting" || held === "waiting";
  return h(
    "button",
    { ...rest, type, onClick: press, "aria-busy": shows || undefined, "aria-disabled": blocked || undefined, "data-held": held || undefined },
    h("span", { className: "cf-button__words" }, children),
    shows && h("span", { className: "cf-spinner", "aria-hidden": true }),
  );
}
