"""Settings › Notifications: what also comes by mail."""

import reflex as rx

from contractflow.components.fields import checkbox
from contractflow.components.sections import section
from contractflow.components.settings_shell import settings_page
from contractflow.components.skeleton import loaded
from contractflow.services.mail_choices import ChoiceGroup, ChoiceRow
from contractflow.state.notification_settings import NotificationSettingsState

ABOUT = (
    "All of this stands under Notifications as it happens. Choose what also comes by mail. What concerns the safety of "
    "your account or of the organisation always does."
)


@settings_page("/settings/notifications", "Notifications", on_load=NotificationSettingsState.load)
def notification_settings() -> rx.Component:
    return loaded(
        NotificationSettingsState.is_loaded,
        rx.el.div(
            rx.el.p(ABOUT, class_name="cf-muted cf-about"),
            rx.foreach(NotificationSettingsState.groups, _group),
            class_name="cf-stack",
        ),
    )


def _group(group: ChoiceGroup) -> rx.Component:
    return rx.fragment(
        section(group.title, rx.el.div(rx.foreach(group.rows, _choice), class_name="cf-stack"))
    )


def _choice(row: ChoiceRow) -> rx.Component:
    return checkbox(
        row.words,
        row.kind,
        checked=row.by_mail,
        on_change=lambda wanted: NotificationSettingsState.choose(row.kind, wanted),
    )
