"""Offers of the ownership."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from contractflow.models.columns import Created, OfOrg, belongs_to, default, in_org, stored
from contractflow.workflows.membership import OfferStatus


class OwnershipOffer(Created, OfOrg, table=True):
    """The owner offers the organisation to a member, who accepts or declines; one offer at a time."""

    __tablename__ = "ownership_offer"
    __table_args__ = (
        in_org(),
        belongs_to("membership", "from_id"),
        belongs_to("membership", "to_id"),
        CheckConstraint("from_id <> to_id", name="two_people"),
        CheckConstraint("(status = 'offered') = (decided_at IS NULL)", name="decided_at"),
        Index("uq_ownership_offer_open", "org_id", unique=True, postgresql_where=text("status = 'offered'")),
        Index(None, "org_id", "from_id"),
        Index(None, "org_id", "to_id"),
    )

    from_id: UUID
    """The membership of the owner who offers."""
    to_id: UUID
    """The membership of whoever is to be the owner."""
    status: OfferStatus = Field(
        default=OfferStatus.OFFERED,
        sa_type=stored(OfferStatus, "status"),
        sa_column_kwargs=default("offered"),
    )
    expires_at: datetime
    decided_at: datetime | None = None
