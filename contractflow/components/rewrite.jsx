import { createElement as h, useEffect, useRef, useState } from "react";
import { refs } from "$/utils/state";

const TAGS = { same: "span", added: "ins", removed: "del", coming: "span" };
const newest = new Map(); // by job: the last message, for a panel that is drawn after it came
const panels = new Map();

/** Follows every rewrite of a document for its panels, in one subscription. Shows nothing. */
export function FollowRewrites({ sink, documentId, jobs, session, onResume, onDone }) {
  const done = useRef(onDone);
  done.current = onDone;
  const key = (jobs ?? []).join(" ");
  useEffect(() => {
    const name = `ref_${sink}`;
    const take = (message) => {
      newest.set(message.j, { ...message, at: Date.now() });
      panels.get(message.j)?.();
      if (message.d) done.current?.();
    };
    const mine = { current: { set value(message) { take(message); } } };
    refs[name] = mine;
    return () => { if (refs[name] === mine) delete refs[name]; };
  }, [sink]);
  useEffect(() => { if (key && documentId && session) onResume?.(documentId, key.split(" ")); }, [key, documentId, session]);
  return null;
}

/** What a rewrite changes so far: text nodes in <ins> and <del>, and faded what it has not come to yet. */
export function LiveRewrite({ job }) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const again = () => redraw((n) => n + 1);
    panels.set(job, again);
    const clock = setInterval(again, 1000);
    return () => { clearInterval(clock); if (panels.get(job) === again) panels.delete(job); };
  }, [job]);
  const now = newest.get(job) ?? {};
  const seconds = now.at ? now.s + Math.round((Date.now() - now.at) / 1000) : 0;
  const doing = now.p ? `${now.p[0].toUpperCase()}${now.p.slice(1)} is writing` : now.a || "Waiting for a free worker.";
  return h(
    "div", { "aria-busy": true },
    h(
      "p", { className: "cf-live__status" },
      h("span", { className: "cf-dot", "aria-hidden": true }),
      h("span", { role: "status" }, doing),
      h("span", { "aria-hidden": true }, seconds > 1 ? ` · ${seconds} s` : ""),
    ),
    now.n && h("p", { className: "cf-live__note", role: "status" }, now.n),
    h("div", { className: "cf-text cf-redline cf-redline--live", "data-live": job }, words(now.w ?? [])),
  );
}

const words = (steps) =>
  steps.map(([kind, text], n) => h(TAGS[kind] ?? "span", { key: n, className: kind === "coming" ? "cf-coming" : undefined }, n ? text : text.replace(/^\n/, "")));
