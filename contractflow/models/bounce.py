"""Addresses that mails came back from."""

from datetime import datetime

from sqlalchemy import Index, text
from sqlmodel import Field

from contractflow.models.columns import Created, OfOrg, in_org, is_email, one_of


class Bounce(Created, OfOrg, table=True):
    """An organisation's mails to `address` came back; as long as it is not lifted none go there."""

    __tablename__ = "bounce"
    __table_args__ = (
        in_org(),
        is_email("address"),
        Index(
            "uq_bounce_standing", "org_id", "address", unique=True, postgresql_where=text("lifted_at IS NULL")
        ),
    )

    address: str = Field(max_length=254)
    kind: str = Field(sa_type=one_of("kind", "bounced", "complained"))
    """`complained`: the receiver called it spam."""
    reason: str = Field(max_length=300)
    lifted_at: datetime | None = None
