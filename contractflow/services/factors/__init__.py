"""What proves, besides a password, that somebody is who they say: each person's own."""

from contractflow.services.factors.reading import SecurityPage, page

__all__ = ["SecurityPage", "page"]
