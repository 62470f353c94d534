"""A text in which what somebody looked for is marked: text nodes, never HTML."""

from __future__ import annotations

from typing import Any

import reflex as rx

from contractflow.content.excerpts import Piece


def marked(pieces: Any) -> rx.Component:
    """`pieces` is a var of `Piece` rows."""
    return rx.el.span(rx.foreach(pieces, _piece))


def _piece(piece: Piece) -> rx.Component:
    return rx.cond(piece.is_found, rx.el.mark(piece.text), rx.el.span(piece.text))
