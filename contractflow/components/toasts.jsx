import { createElement as h, useContext, useEffect, useState } from "react";
import { ColorModeContext } from "$/utils/context";
import { refs } from "$/utils/state";

let waiting = [];

/** Messages in the corner. What draws them comes with the first of them, or when somebody does something that may lead to one. */
export function Toasts() {
  const { resolvedColorMode } = useContext(ColorModeContext);
  const [sonner, setSonner] = useState(null);
  useEffect(() => {
    if (sonner) {
      refs["__toast"] = sonner.toast;
      const late = waiting;
      waiting = [];
      for (const [kind, said] of late) (kind ? sonner.toast[kind] : sonner.toast)(...said);
      return;
    }
    const fetch = () => { import("sonner").then(setSonner, () => {}); }; // who is offline gets it with the next one
    const keep = (kind) => (...said) => { waiting.push([kind, said]); fetch(); };
    const kinds = ["success", "info", "warning", "error", "message"].map((kind) => [kind, keep(kind)]);
    const dismiss = (id) => { waiting = waiting.filter(([, said]) => said[1]?.id !== id); };
    refs["__toast"] = Object.assign(keep(), Object.fromEntries(kinds), { dismiss });
    window.addEventListener("pointerdown", fetch);
    window.addEventListener("keydown", fetch);
    return () => {
      window.removeEventListener("pointerdown", fetch);
      window.removeEventListener("keydown", fetch);
    };
  }, [sonner]);
  return sonner && h(sonner.Toaster, { expand: true, position: "bottom-right", richColors: true, theme: resolvedColorMode });
}
