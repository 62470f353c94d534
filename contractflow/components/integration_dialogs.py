"""What is asked before an integration changes for good, and one message with all its attempts."""

import reflex as rx

from contractflow.components.buttons import danger, primary
from contractflow.components.dialog import buttons, dialog
from contractflow.components.integration_forms import DELIVERY
from contractflow.components.pill import pill
from contractflow.components.sections import facts
from contractflow.services.outgoing import AttemptRow
from contractflow.state.integration import IntegrationState as State

page, message = State.page, State.message


def integration_dialogs() -> rx.Component:
    return rx.fragment(_rotate(), _remove(), _replay_failed(), _message())


def _ask(name: str, title: str, words: str, press: rx.Component) -> rx.Component:
    return dialog(
        None, title, buttons(press), words=words, is_open=State.dialog == name, on_open_change=State.close
    )


def _rotate() -> rx.Component:
    words = "Messages carry two signatures for a day, of the new secret and of the former one. After that only the new one counts."
    return _ask("rotate", "Make a new secret?", words, primary("New secret", on_click=State.rotate))


def _remove() -> rx.Component:
    words = (
        "It is told nothing from now on, and its address and its secret are forgotten. This cannot be undone."
    )
    return _ask("remove", "Remove this integration?", words, danger("Remove", on_click=State.remove))


def _replay_failed() -> rx.Component:
    words = "Every message that failed goes out once more, under the id it had. The other side knows by it what it has already."
    press = primary("Send again", "rotate-ccw", on_click=State.replay_failed)
    return _ask("replay_failed", "Send everything that failed again?", words, press)


def _message() -> rx.Component:
    again = rx.cond(message.again, facts(("Next attempt", message.again)))
    return dialog(
        None,
        message.row.words,
        facts(("Event", message.row.event), ("Standing", pill(DELIVERY, message.row.status)), ("Id", rx.el.code(message.message_id, class_name="cf-wrap"))),
        again,
        rx.el.h3("Attempts", class_name="cf-small cf-attempts__title"),
        rx.cond(message.attempts, rx.el.ol(rx.foreach(message.attempts, _attempt), class_name="cf-attempts"), rx.el.p("None yet.", class_name="cf-muted")),
        rx.cond(message.body, rx.el.pre(message.body, class_name="cf-body", tab_index=0)),
        buttons(cancel="Close"),
        is_open=State.dialog == "message",
        on_open_change=State.close,
        width="640px",
    )  # fmt: skip


def _attempt(row: AttemptRow) -> rx.Component:
    return rx.el.li(
        rx.el.div(rx.el.strong(row.answered), rx.el.span(row.took, class_name="cf-muted"), rx.el.time(row.at.exact, class_name="cf-muted"), class_name="cf-line cf-line--wrap"),
        rx.cond(row.said, rx.el.span(row.said, class_name="cf-wrap cf-small")),
        key=row.id,
    )  # fmt: skip
