"""Second factors in the browser. Secrets and codes go between these scripts and our routes, never through a state."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.components.overlays import DIALOG

# The scripts stand beside each other, so that they can share these two.
CLIENT = rx.asset("factor_client.js", shared=True)
PARTS = rx.asset("factor_parts.js", shared=True)


class _Factor(rx.Component):
    lib_dependencies: list[str] = [DIALOG]


class ConfirmIdentity(_Factor):
    """Shows nothing until something asks the person to confirm that it is them. One in every frame."""

    library = rx.asset("confirm_identity.jsx", shared=True).importable_path
    tag = "ConfirmIdentity"


class ConfirmHere(_Factor):
    library = rx.asset("confirm_identity.jsx", shared=True).importable_path
    tag = "ConfirmHere"
    next: rx.Var[str]


class _Enrolling(_Factor):
    label: rx.Var[str]
    look: rx.Var[str]
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class EnrolApp(_Enrolling):
    library = rx.asset("enrol_app.jsx", shared=True).importable_path
    tag = "EnrolApp"


class RenewCodes(_Factor):
    library = rx.asset("enrol_app.jsx", shared=True).importable_path
    tag = "RenewCodes"
    on_done: rx.EventHandler[rx.event.no_args_event_spec]


class AddPasskey(_Enrolling):
    library = rx.asset("passkey.jsx", shared=True).importable_path
    tag = "AddPasskey"


class PasskeySignIn(_Factor):
    library = rx.asset("passkey.jsx", shared=True).importable_path
    tag = "PasskeySignIn"
    path: rx.Var[str]
    next: rx.Var[str]
    label: rx.Var[str]
    look: rx.Var[str]


confirm_identity = ConfirmIdentity.create
confirm_here = ConfirmHere.create


def enrol_app(on_done: Any, label: str = "Set up", look: str = "primary") -> rx.Component:
    """The button and what it opens; `on_done` once the app's codes count."""
    return EnrolApp.create(label=label, look=look, on_done=on_done)


def renew_codes(on_done: Any) -> rx.Component:
    return RenewCodes.create(on_done=on_done)


def add_passkey(on_done: Any, label: str = "Add a passkey", look: str = "secondary") -> rx.Component:
    return AddPasskey.create(label=label, look=look, on_done=on_done)


def passkey_sign_in(path: str, label: str, onward: Any = "", look: str = "secondary") -> rx.Component:
    """Nothing in a browser that knows no passkeys."""
    return PasskeySignIn.create(path=path, next=onward, label=label, look=look)
