import { createElement as h, useEffect, useRef } from "react";

const ANSWER_MS = 500; // by then the server has looked at what was submitted

/** What is wrong with a field. Who has just pressed the button at the end of the form is led to it. */
export function FieldError({ message, children, ...rest }) {
  const line = useRef(null);
  useEffect(() => {
    const lead = () => {
      const field = line.current?.closest(".cf-field, .cf-check, .cf-plan__row")?.querySelector("[aria-invalid='true']");
      const here = document.activeElement;
      if (field && (here === document.body || here?.type === "submit")) field.focus();
    };
    const form = line.current?.closest("form");
    const again = () => setTimeout(lead, ANSWER_MS); // the same words stay, so nothing else would tell
    lead();
    form?.addEventListener("submit", again);
    return () => form?.removeEventListener("submit", again);
  }, [message]);
  return h("p", { ...rest, ref: line, role: "alert" }, children, message);
}
