"""The page of one thing of the shelf: a template, or a clause."""

from collections.abc import Callable

import reflex as rx

from contractflow.components.missing import loaded_or_missing
from contractflow.components.shell import View, member_page
from contractflow.components.skeleton import skeleton_paper
from contractflow.components.template_rail import menu, primary_action
from contractflow.permissions import Permission as P
from contractflow.state.template import TemplateState as State


def shelf_page(noun: str) -> Callable[[View], View]:
    """Register the decorated view as the page of one `noun` ("template"), at its own address in the room of all."""

    def register(view: View) -> View:
        def page() -> rx.Component:
            return loaded_or_missing(State, noun, f"/{noun}s", view(), skeleton_paper())

        page.__name__ = noun
        page.__module__ = view.__module__
        member_page(
            f"/{noun}s/[template_id]",
            noun.capitalize(),
            heading=State.page.name,
            on_load=State.load,
            needs=P.TEMPLATE_READ,
            action=primary_action,
            menu=menu,
            desk=True,
        )(page)
        return view

    return register
