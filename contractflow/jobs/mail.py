"""Mails on their way out. Safe to run twice: a row is claimed before it is sent, and sent once it is claimed."""

from __future__ import annotations

import asyncio
from uuid import UUID

from contractflow.db.unit_of_work import unit_of_work
from contractflow.integrations.email import MailRefused, send
from contractflow.permissions import System
from contractflow.services import bounces, notifications


def deliver(org_id: str, notification_id: str) -> None:
    """Send one mail. What goes wrong is on the row afterwards; the sweep comes back to it when it is time."""
    actor, row_id = System(UUID(org_id), "mail"), UUID(notification_id)
    with unit_of_work(actor) as work:
        is_ours = bounces.may_go(work, row_id) and notifications.claim(work, row_id)
    if not is_ours:
        return
    with unit_of_work(actor) as work:
        mail = notifications.write(work, row_id)
    try:
        asyncio.run(send(mail))
    except MailRefused as refusal:
        with unit_of_work(actor) as work:
            if refusal.is_bounce:
                bounces.returned(work, row_id, str(refusal))
            else:
                notifications.refused(work, row_id, refusal)
    else:
        with unit_of_work(actor) as work:
            notifications.sent(work, row_id, mail["Message-ID"])
