import { createElement as h, useEffect, useRef, useState } from "react";

const ANSWER_MS = 500; // by then the server has looked at what was submitted

/**
 * What is wrong with a field. Who has just pressed the button at the end of the form is led to it; who then changes the
 * field reads it no more, until the next submit: what is there now, nobody has looked at yet.
 */
export function FieldError({ message, children, ...rest }) {
  const line = useRef(null);
  const [isOld, setOld] = useState(false);
  useEffect(() => {
    const form = line.current.closest("form"), box = form && line.current.closest(".cf-field, .cf-check");
    let answer = 0;
    const say = (old) => {
      setOld(old);
      box?.querySelector("[aria-invalid]")?.setAttribute("aria-invalid", String(!old)); // React sees no change of its own
    };
    const lead = () => {
      const field = line.current?.closest(".cf-field, .cf-check, .cf-plan__row")?.querySelector("[aria-invalid='true']");
      const here = document.activeElement;
      if (field && (here === document.body || here?.type === "submit")) field.focus();
    };
    const changed = () => say(true);
    const again = () => { // the same words stay, so nothing else would tell
      clearTimeout(answer);
      answer = setTimeout(() => { say(false); lead(); }, ANSWER_MS);
    };
    say(false);
    lead();
    box?.addEventListener("input", changed);
    form?.addEventListener("submit", again);
    return () => {
      clearTimeout(answer);
      box?.removeEventListener("input", changed);
      form?.removeEventListener("submit", again);
    };
  }, [message]);
  return h("p", { ...rest, ref: line, role: "alert", hidden: isOld }, !isOld && children, !isOld && message);
}
