import { createElement as h, useEffect, useRef, useState } from "react";

const loading = {};
const load = (src) => (loading[src] ??= new Promise((done, failed) => {
  const script = document.createElement("script"); // our own script made it, so strict-dynamic lets it run
  script.src = `${src}${src.includes("?") ? "&" : "?"}render=explicit`;
  script.async = true;
  script.onload = done;
  script.onerror = () => { delete loading[src]; script.remove(); failed(); };
  document.head.append(script);
}));

const LONGEST_MS = 10000; // then the form goes as it is, and the server says what it thinks

/**
 * The widget puts its answer into the form it stands in, as `cf-turnstile-response`.
 *
 * Who is faster than the check (a password manager fills in everything at once) waits for it instead of being refused:
 * the form is held until the server has said whether there is a check, and until the check is done.
 */
export function Turnstile({ id, known, siteKey, scriptUrl, action }) {
  const place = useRef(null), wanted = useRef(null);
  const [problem, setProblem] = useState("");
  const [passed, setPassed] = useState(false);
  const waits = useRef(false);
  waits.current = !known || Boolean(siteKey && !passed && !problem);

  useEffect(() => {
    const form = place.current?.closest("form");
    if (!form) return;
    let late;
    const hold = (event) => {
      if (!waits.current) return;
      event.preventDefault();
      wanted.current = () => { wanted.current = null; clearTimeout(late); form.requestSubmit(); };
      clearTimeout(late);
      late = setTimeout(() => { waits.current = false; wanted.current?.(); }, LONGEST_MS);
    };
    form.addEventListener("submit", hold);
    return () => { clearTimeout(late); form.removeEventListener("submit", hold); };
  }, []);
  useEffect(() => { if (!waits.current) wanted.current?.(); }, [known, passed, problem]);

  useEffect(() => {
    if (!siteKey || !scriptUrl) return;
    let widget, gone = false;
    const theme = document.documentElement.classList.contains("dark") ? "dark" : "light";
    const options = {
      sitekey: siteKey, action, theme, size: "flexible", callback: () => setPassed(true),
      "expired-callback": () => setPassed(false), "error-callback": () => { setProblem("The check for robots failed. Reload the page to try again."); return true; },
    };
    load(scriptUrl).then(
      () => { if (!gone) widget = window.turnstile?.render(place.current, options); },
      () => setProblem("The check for robots could not be loaded. Allow challenges.cloudflare.com, then reload."),
    );
    return () => { gone = true; if (widget !== undefined) window.turnstile?.remove?.(widget); };
  }, [siteKey, scriptUrl, action]);
  return h("div", { id, hidden: !siteKey }, h("div", { ref: place, className: "cf-turnstile" }), problem && h("p", { role: "alert", className: "cf-field__error" }, problem));
}
