"""What can be searched for."""

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from contractflow.models.columns import one_of


class SearchEntry(SQLModel, table=True):
    """The words of one document, invoice, client or project. The database keeps it; only its search reads it."""

    __tablename__ = "search_entry"
    __table_args__ = (
        Index(
            "ix_search_entry_words", "words", postgresql_using="gin", postgresql_with={"fastupdate": "off"}
        ),
    )

    org_id: UUID = Field(foreign_key="org.id", primary_key=True)
    kind: str = Field(sa_type=one_of("kind", "document", "invoice", "client", "project"), primary_key=True)
    entity_id: UUID = Field(primary_key=True)
    words: str = Field(sa_type=TSVECTOR)
    """Every word after the mark of its organisation, kind and place (see migration `search`): never asked for."""
