import { createElement as h, useEffect, useRef, useState } from "react";

const TAKEN = ["image/png", "image/jpeg", "image/webp"];

/** What the server would say, before anything is sent; empty when it may go. */
function refusal(file, maxBytes) {
  if (file.type === "image/svg+xml") return "An SVG can hold programs, so we do not take it. Export your logo as a PNG, then try again.";
  if (!TAKEN.includes(file.type)) return "This is no PNG, JPEG or WebP. Export your logo as a PNG, then try again.";
  return file.size > maxBytes ? "This picture is larger than 1 MB. Save it smaller, then try again." : "";
}

const UNSAVED = "Save what you typed above first: sending the picture loads this page anew.";

/** Whether another form of the page holds text that nobody has saved. */
const typedBeside = (own) => [...document.forms].some((form) => form !== own
  && [...form.elements].some((one) => one.type !== "file" && one.defaultValue !== undefined && one.value !== one.defaultValue));

/** A data address: the page's policy lets no picture in from a blob. */
const read = (file) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => resolve("");
  reader.readAsDataURL(file);
});

/** One file of a native form, by click, keyboard or drop; the child is the sign before what is wrong. */
export function PictureField({ id, name, shown, help, error, maxBytes, children }) {
  const [chosen, setChosen] = useState({ name: "", seen: "", wrong: "" });
  const [isOver, setOver] = useState(false);
  const input = useRef(null);
  const [unsaved, setUnsaved] = useState("");

  useEffect(() => {
    const form = input.current.form;
    const look = () => { // before the button asks whether the form may go
      const words = typedBeside(form) ? UNSAVED : "";
      input.current.setCustomValidity(chosen.wrong || words);
      setUnsaved(words);
    };
    form.addEventListener("click", look, true);
    return () => form.removeEventListener("click", look, true);
  }, [chosen.wrong]);

  const choose = async (event) => {
    const file = event.target.files[0];
    const wrong = file ? refusal(file, maxBytes) : "";
    event.target.setCustomValidity(wrong);
    setChosen({ name: file?.name ?? "", seen: file && !wrong ? await read(file) : "", wrong });
  };
  const said = unsaved || (chosen.name ? chosen.wrong : error);
  const seen = chosen.seen || shown;
  const over = (is) => () => setOver(is);

  const field = h("input", {
    ref: input, id, name, type: "file", required: true, accept: TAKEN.join(","), className: "cf-picture__input", onChange: choose,
    onDragEnter: over(true), onDragLeave: over(false), onDrop: over(false),
    "aria-label": "Choose a picture", "aria-invalid": said ? "true" : "false", "aria-describedby": said ? `${id}-error ${id}-help` : `${id}-help`,
  });
  return h("div", { className: "cf-field" },
    h("div", { className: "cf-drop cf-picture", "data-over": isOver || undefined },
      seen
        ? h("span", { className: "cf-picture__shown" }, h("img", { src: seen, alt: chosen.seen ? "The picture you chose" : "Your logo" }))
        : null,
      h("span", { className: "cf-drop__words" }, chosen.name
        ? h("span", { className: "cf-picture__name" }, chosen.name)
        : ["Drop a picture here, or ", h("span", { key: "choose", className: "cf-drop__choose" }, "choose a file")]),
      h("span", { id: `${id}-help`, className: "cf-small cf-muted" }, help),
      field),
    said && h("p", { className: "cf-field__error", id: `${id}-error`, role: "alert" }, children, said));
}
