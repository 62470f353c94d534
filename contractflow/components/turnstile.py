"""Cloudflare's check that a person fills in the form; nothing is shown when no site key is configured."""

from __future__ import annotations

import reflex as rx


class Turnstile(rx.Component):
    """Stands inside a PostForm and holds it until the check is done.

    `site_key` and `script_url` are settings of the server: they come by the state, which then says that they are `known`.
    """

    library = rx.asset("turnstile.jsx", shared=True).importable_path
    tag = "Turnstile"
    known: rx.Var[bool]
    site_key: rx.Var[str]
    script_url: rx.Var[str]
    action: rx.Var[str]


turnstile = Turnstile.create
