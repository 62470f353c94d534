/* Sandbox stand-in for Cloudflare's api.js: the same calls, no challenge, a visible "sandbox" on it. */
(() => {
  const widgets = new Map();
  let last = 0;

  const find = (target) => (typeof target === "string" ? document.querySelector(target) : target);
  const token = (options) => {
    const random = Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0"));
    return `SANDBOX~${options.action || ""}~${location.hostname}~${random.join("")}`;
  };
  const call = (name, value) => {
    const fn = typeof name === "string" ? window[name] : name;
    if (fn) fn(value);
  };

  function pass(widget) {
    if (widget.removed || widget.input.value) return;
    widget.box.checked = true;
    widget.box.disabled = true;
    if (widget.options.sitekey.startsWith("2x")) {
      widget.words.textContent = "Verification failed";
      call(widget.options["error-callback"], "300030");
      return;
    }
    widget.input.value = token(widget.options);
    widget.words.textContent = "You are a person";
    call(widget.options.callback, widget.input.value);
  }

  function start(widget) {
    widget.input.value = "";
    widget.box.checked = false;
    widget.box.disabled = false;
    widget.words.textContent = "I am a person";
    /* Only the 3x key asks for a click, as Cloudflare's interactive test key does. */
    if (!widget.options.sitekey.startsWith("3x")) setTimeout(() => pass(widget), 150);
  }

  function render(target, options) {
    const place = find(target);
    const id = `cf-chl-sandbox-${(last += 1)}`;
    const frame = document.createElement("label");
    const box = Object.assign(document.createElement("input"), { type: "checkbox" });
    const words = document.createElement("span");
    const mark = Object.assign(document.createElement("small"), { textContent: "Sandbox" });
    const input = Object.assign(document.createElement("input"), {
      type: "hidden",
      name: options["response-field-name"] || "cf-turnstile-response",
    });
    Object.assign(frame.style, {
      display: "flex", alignItems: "center", gap: "12px", width: "300px", maxWidth: "100%", height: "65px",
      boxSizing: "border-box", padding: "0 16px", border: "1px dashed #8b8d98", borderRadius: "6px",
      font: "14px/20px system-ui, sans-serif", color: "#1c2024", background: "#f9f9fb",
    });
    Object.assign(box.style, { width: "20px", height: "20px", margin: "0" });
    Object.assign(words.style, { flex: "1" });
    Object.assign(mark.style, { color: "#60646c" });
    frame.append(box, words, mark);
    place.replaceChildren(frame, input);
    const widget = { id, options, place, box, words, input, removed: false };
    widgets.set(id, widget);
    box.addEventListener("change", () => pass(widget));
    start(widget);
    return id;
  }

  const known = (id) => widgets.get(id) || [...widgets.values()].find((w) => w.place === find(id)) || [...widgets.values()].at(-1);
  window.turnstile = {
    ready: (fn) => fn(),
    render,
    reset: (id) => known(id) && start(known(id)),
    remove: (id) => {
      const widget = known(id);
      if (!widget) return;
      widget.removed = true;
      widget.place.replaceChildren();
      widgets.delete(widget.id);
    },
    getResponse: (id) => known(id)?.input.value || undefined,
    isExpired: () => false,
    execute: (target, options) => options && render(target, options),
  };

  const asked = new URL(document.currentScript.src).searchParams;
  const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const implicit = () =>
    document.querySelectorAll(".cf-turnstile").forEach((place) => {
      if (place.firstChild) return;
      render(place, Object.fromEntries(Object.entries(place.dataset).map(([name, value]) => [dashed(name), value])));
    });
  if (asked.get("render") !== "explicit")
    document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", implicit) : implicit();
  if (asked.get("onload")) call(asked.get("onload"));
})();
