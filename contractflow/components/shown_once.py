"""A secret that is shown once, by a message to this tab alone: it never stands in a state, nor in Redis."""

import reflex as rx

from contractflow.state.integrations import SECRET_SINK


class ShownOnce(rx.Component):
    library = rx.asset("shown_once.jsx", shared=True).importable_path
    tag = "ShownOnce"
    sink: rx.Var[str]
    words: rx.Var[str]


def shown_once(words: str) -> rx.Component:
    return ShownOnce.create(sink=SECRET_SINK, words=words)
