"""What opens over a page, as Radix moves it: the focus, Escape, the arrow keys. Dialogs and menus apart: most pages need one."""

from __future__ import annotations

import reflex as rx
from reflex_base.constants.compiler import MemoizationMode

# The versions that Radix Themes 3.3.0 was made of.
DIALOG, MENU = "@radix-ui/react-dialog@1.3.1", "@radix-ui/react-dropdown-menu@2.2.1"
SHEET = rx.asset("sheet.jsx", shared=True)


class _Dialog(rx.Component):
    library = SHEET.importable_path
    lib_dependencies: list[str] = [DIALOG]


class DialogRoot(_Dialog):
    tag = "DialogRoot"
    open: rx.Var[bool]
    on_open_change: rx.EventHandler[rx.event.passthrough_event_spec(bool)]


class _Lends(rx.Component):
    """What Radix does with its one child needs that child itself, not a component around it."""

    _memoization_mode = MemoizationMode(recursive=False)


class DialogTrigger(_Dialog, _Lends):
    tag = "DialogTrigger"


class DialogClose(_Dialog, _Lends):
    tag = "DialogClose"


class DialogContent(_Dialog):
    tag = "DialogContent"
    max_width: rx.Var[str]


class DialogTitle(_Dialog):
    tag = "DialogTitle"


class DialogWords(_Dialog):
    tag = "DialogWords"


class _Menu(rx.Component):
    library = rx.asset("menu.jsx", shared=True).importable_path
    lib_dependencies: list[str] = [MENU]


class MenuRoot(_Menu):
    tag = "MenuRoot"


class MenuTrigger(_Menu, _Lends):
    tag = "MenuTrigger"


class MenuContent(_Menu):
    tag = "MenuContent"


class MenuItem(_Menu):
    tag = "MenuItem"
    as_child: rx.Var[bool]
    destroys: rx.Var[bool]
    on_select: rx.EventHandler[rx.event.no_args_event_spec]


class MenuRule(_Menu):
    tag = "MenuRule"
