"""Mail: the messages people get, and handing them to an SMTP server."""

from contractflow.integrations.email.kinds import KINDS, Kind, missing_facts
from contractflow.integrations.email.messages import Attachment, compose, subject
from contractflow.integrations.email.smtp import MailRefused, send

__all__ = ["KINDS", "Attachment", "Kind", "MailRefused", "compose", "missing_facts", "send", "subject"]
