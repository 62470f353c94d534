"""Finding things: in the palette while one types, and on a page of its own with filters and excerpts."""

from contractflow.services.search.finding import KINDS
from contractflow.services.search.page import PAGE, Group, SearchPage, page
from contractflow.services.search.palette import EACH, Hit, find
from contractflow.services.search.results import ResultRow

__all__ = ["EACH", "KINDS", "PAGE", "Group", "Hit", "ResultRow", "SearchPage", "find", "page"]
