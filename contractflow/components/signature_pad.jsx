import { createElement as h, useEffect, useId, useRef, useState } from "react";

const PEN = 2.4; // CSS pixels at a pad 560 wide; it grows and shrinks with the pad

/** Strokes are [[x, y, pressure], …] in thousandths of the pad's width, so that rotating or resizing loses nothing. */
function draw(canvas, strokes) {
  const box = canvas.getBoundingClientRect();
  const scale = window.devicePixelRatio || 1;
  const width = Math.round(box.width * scale), height = Math.round(box.height * scale);
  if (!width) return;
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  pen.strokeStyle = pen.fillStyle = getComputedStyle(canvas).color;
  pen.lineCap = pen.lineJoin = "round";
  // A pad that became lower than the ink shows all of it, smaller.
  const lowest = Math.max(0, ...strokes.flat().map((point) => point[1]));
  const unit = Math.min(width / 1000, lowest ? (height - 4 * scale) / lowest : Infinity);
  for (const stroke of strokes) line(pen, stroke, unit);
}

function line(pen, stroke, unit) {
  const at = (index) => stroke[Math.min(index, stroke.length - 1)];
  if (stroke.length === 1) {
    pen.beginPath();
    pen.arc(at(0)[0] * unit, at(0)[1] * unit, (PEN * unit * 1000) / 560 / 1.4, 0, 7);
    pen.fill();
    return;
  }
  for (let index = 0; index < stroke.length - 1; index++) {
    const [ax, ay] = index ? middle(at(index - 1), at(index)) : at(0);
    const [bx, by] = middle(at(index), at(index + 1));
    pen.lineWidth = ((PEN * unit * 1000) / 560) * (0.6 + 0.8 * at(index)[2]);
    pen.beginPath();
    pen.moveTo(ax * unit, ay * unit);
    pen.quadraticCurveTo(at(index)[0] * unit, at(index)[1] * unit, bx * unit, by * unit);
    pen.stroke();
  }
}

const middle = (a, b) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];

/** `onChange(kind, value)`: "typed" with the words, "drawn" with the strokes as JSON, or "" for nothing yet. */
export function SignaturePad({ id, name = "signature", signerName = "", error = "", onChange, disabled = false }) {
  const own = useId();
  const [kind, setKind] = useState("typed");
  const [typed, setTyped] = useState("");
  const [strokes, setStrokes] = useState([]);
  const canvas = useRef(null);
  const current = useRef(null);
  const shown = useRef(strokes);
  shown.current = strokes;

  const value = kind === "typed" ? typed.trim() : strokes.length ? JSON.stringify(strokes) : "";
  const told = useRef("");
  useEffect(() => {
    const message = `${value && kind}:${value}`;
    if (told.current === message || (!told.current && !value)) return;
    told.current = message;
    const later = setTimeout(() => onChange?.(value ? kind : "", value), kind === "typed" ? 250 : 0);
    return () => clearTimeout(later);
  }, [kind, value]);

  useEffect(() => {
    if (kind !== "drawn") return;
    const paint = () => canvas.current && draw(canvas.current, shown.current);
    const size = new ResizeObserver(paint);
    const theme = new MutationObserver(paint);
    size.observe(canvas.current);
    theme.observe(document.documentElement, { attributeFilter: ["class"] });
    return () => { size.disconnect(); theme.disconnect(); };
  }, [kind]);
  useEffect(() => { if (kind === "drawn" && canvas.current) draw(canvas.current, strokes); }, [strokes, kind]);

  const point = (event) => {
    const box = canvas.current.getBoundingClientRect();
    const place = (offset) => Math.round((offset / box.width) * 1000);
    const pressure = event.pointerType === "mouse" || !event.pressure ? 0.5 : event.pressure;
    return [place(event.clientX - box.left), place(event.clientY - box.top), Math.round(pressure * 100) / 100];
  };
  const down = (event) => {
    if (disabled || current.current || event.button > 0) return;
    event.preventDefault();
    canvas.current.setPointerCapture(event.pointerId);
    current.current = { pointer: event.pointerId, stroke: [point(event)] };
    draw(canvas.current, [...shown.current, current.current.stroke]);
  };
  const move = (event) => {
    if (current.current?.pointer !== event.pointerId) return;
    const passed = event.nativeEvent.getCoalescedEvents?.() ?? [];
    for (const step of passed.length ? passed : [event]) {
      const [last, next] = [current.current.stroke.at(-1), point(step)];
      if (Math.hypot(next[0] - last[0], next[1] - last[1]) >= 2) current.current.stroke.push(next);
    }
    draw(canvas.current, [...shown.current, current.current.stroke]);
  };
  const up = (event) => {
    if (current.current?.pointer !== event.pointerId) return;
    const { stroke } = current.current;
    current.current = null;
    setStrokes((before) => [...before, stroke]);
  };

  const choose = (one, words) =>
    h("button", { type: "button", role: "radio", "aria-checked": kind === one, disabled, onClick: () => setKind(one) }, words);
  const typing = h("input", {
    id: `${own}-typed`, className: "cf-sign__typed", value: typed, disabled, placeholder: signerName, autoComplete: "name",
    maxLength: 200, "aria-label": "Type your name as your signature",
    "aria-invalid": error ? "true" : "false", "aria-describedby": `${name}-error`, onChange: (event) => setTyped(event.target.value),
  });
  const drawing = h(
    "div",
    null,
    h("canvas", {
      ref: canvas, role: "img", "aria-label": strokes.length ? "Your drawn signature" : "Empty signature pad",
      onPointerDown: down, onPointerMove: move, onPointerUp: up, onPointerCancel: up,
    }),
    !strokes.length && h("span", { className: "cf-sign__hint", "aria-hidden": true }, "Draw with a finger, a pen or the mouse"),
  );
  const foot = kind === "typed"
    ? h("span", null, "A typed signature counts as much as a drawn one.")
    : h("span", { className: "cf-line" },
        h("button", { type: "button", className: "cf-button cf-button--quiet", disabled: !strokes.length, onClick: () => setStrokes((all) => all.slice(0, -1)) }, "Undo"),
        h("button", { type: "button", className: "cf-button cf-button--quiet", disabled: !strokes.length, onClick: () => setStrokes([]) }, "Clear"));
  return h(
    "div",
    { id, className: "cf-sign" },
    h("div", { className: "cf-choice", role: "radiogroup", "aria-label": "How you sign" }, choose("typed", "Type"), choose("drawn", "Draw")),
    h("div", { className: "cf-sign__pad" }, kind === "typed" ? typing : drawing),
    h("div", { className: "cf-sign__foot" }, foot),
    h("input", { type: "hidden", name: `${name}_kind`, value: value || kind === "drawn" ? kind : "", readOnly: true }), // empty: neither is begun,
    h("input", { type: "hidden", name, value, readOnly: true }),
  );
}
