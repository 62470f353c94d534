"""The words of a comment: plain text with names in it, and nothing in it is ever read as markup."""

from __future__ import annotations

import reflex as rx

from contractflow.services.comments import Part


def words(parts: rx.Var[list[Part]]) -> rx.Component:
    return rx.el.p(rx.foreach(parts, _part), class_name="cf-thread__words")


def _part(one: Part) -> rx.Component:
    return rx.cond(one.is_mention, rx.el.span(one.text, class_name="cf-mention"), one.text)
