import { createElement as h } from "react";
import * as Dialog from "@radix-ui/react-dialog";

export const DialogRoot = Dialog.Root;
export const DialogTrigger = (props) => h(Dialog.Trigger, { ...props, asChild: true });
export const DialogClose = (props) => h(Dialog.Close, { ...props, asChild: true });
export const DialogTitle = ({ children, ...rest }) => h(Dialog.Title, { asChild: true }, h("h1", rest, children));
export const DialogWords = Dialog.Description;

/** The scrim, and the sheet in the middle of it (`atTop`: at its top); what is longer than the window scrolls with the sheet. */
export function DialogContent({ maxWidth, className, atTop, ...rest }) {
  const sheet = h(Dialog.Content, { ...rest, className: `cf-dialog ${className ?? ""}`, style: { maxWidth } });
  return h(
    Dialog.Portal,
    null,
    h(
      Dialog.Overlay,
      { className: "cf-scrim" },
      h("div", { className: "cf-scrim__scroll" }, h("div", { className: "cf-scrim__room", "data-at-top": atTop }, sheet)),
    ),
  );
}
