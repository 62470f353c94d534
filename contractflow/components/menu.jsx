import { createElement as h } from "react";
import * as Menu from "@radix-ui/react-dropdown-menu";

export const MenuRoot = Menu.Root;
export const MenuTrigger = (props) => h(Menu.Trigger, { ...props, asChild: true });
export const MenuRule = () => h(Menu.Separator, { className: "cf-actions__rule" });

export const MenuContent = ({ children }) =>
  h(
    Menu.Portal,
    null,
    h(Menu.Content, { className: "cf-actions", align: "start", sideOffset: 4, collisionPadding: 10 }, children),
  );

export const MenuItem = ({ destroys, ...rest }) =>
  h(Menu.Item, { ...rest, className: "cf-actions__item", "data-destroys": destroys || undefined });
