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

/** The widget puts its answer into the form it stands in, as `cf-turnstile-response`. */
export function Turnstile({ id, siteKey, scriptUrl, action }) {
  const place = useRef(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    if (!siteKey || !scriptUrl) return;
    let widget, gone = false;
    const theme = document.documentElement.classList.contains("dark") ? "dark" : "light";
    load(scriptUrl).then(
      () => { if (!gone) widget = window.turnstile?.render(place.current, { sitekey: siteKey, action, theme, size: "flexible" }); },
      () => setProblem("The check for robots could not be loaded. Allow challenges.cloudflare.com, then reload."),
    );
    return () => { gone = true; if (widget !== undefined) window.turnstile?.remove?.(widget); };
  }, [siteKey, scriptUrl, action]);
  if (!siteKey) return null;
  return h("div", { id }, h("div", { ref: place, className: "cf-turnstile" }), problem && h("p", { role: "alert", className: "cf-field__error" }, problem));
}
