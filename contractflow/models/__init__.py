"""Every table. Importing the package fills SQLModel.metadata, which the migrations are compared with."""

from contractflow.models.approval import Approval
from contractflow.models.approval_policy import ApprovalPolicy, ApprovalRound
from contractflow.models.artifact import Artifact
from contractflow.models.audit_event import AuditEvent, AuditHead
from contractflow.models.bounce import Bounce
from contractflow.models.client import Client, Contact
from contractflow.models.comment import Comment
from contractflow.models.document import Document, DocumentVersion
from contractflow.models.draft_attempt import DraftAttempt
from contractflow.models.draft_job import DraftJob
from contractflow.models.endpoint import Delivery, DeliveryAttempt, Endpoint
from contractflow.models.factor import Passkey, TrustedDevice
from contractflow.models.invoice import Invoice
from contractflow.models.lead import Lead
from contractflow.models.membership import Membership
from contractflow.models.notification import Notification
from contractflow.models.org import Org
from contractflow.models.ownership_offer import OwnershipOffer
from contractflow.models.payment import Payment
from contractflow.models.project import Project
from contractflow.models.search_entry import SearchEntry
from contractflow.models.session import AuthSession
from contractflow.models.signer import Signature, Signer
from contractflow.models.subscription import Subscription
from contractflow.models.template import Template
from contractflow.models.token import OneTimeToken
from contractflow.models.user import AppUser, UserCredential
from contractflow.models.webhook_event import WebhookEvent

__all__ = [
    "AppUser",
    "Approval",
    "ApprovalPolicy",
    "ApprovalRound",
    "Artifact",
    "AuditEvent",
    "AuditHead",
    "AuthSession",
    "Bounce",
    "Client",
    "Comment",
    "Contact",
    "Delivery",
    "DeliveryAttempt",
    "Document",
    "DocumentVersion",
    "DraftAttempt",
    "DraftJob",
    "Endpoint",
    "Invoice",
    "Lead",
    "Membership",
    "Notification",
    "OneTimeToken",
    "Org",
    "OwnershipOffer",
    "Passkey",
    "Payment",
    "Project",
    "SearchEntry",
    "Signature",
    "Signer",
    "Subscription",
    "Template",
    "TrustedDevice",
    "UserCredential",
    "WebhookEvent",
]
