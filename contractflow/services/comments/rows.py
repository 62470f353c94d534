"""Threads as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from contractflow.services.comments.mentions import Part
from contractflow.services.display import When


@dataclass(frozen=True)
class CommentRow:
    """`source` is what its author edits; empty for everybody else."""

    id: str
    author: str
    is_client: bool
    parts: list[Part]
    source: str
    at: When
    is_edited: bool
    is_deleted: bool
    can_edit: bool


@dataclass(frozen=True)
class ThreadRow:
    """`about` is the heading of its block, `gist` how it begins, `others` how many answers it has, in words."""

    id: str
    block_id: str
    about: str
    is_shared: bool
    is_resolved: bool
    is_change_request: bool
    resolved: str
    gist: str
    others: str
    can_reply: bool
    can_settle: bool
    comments: list[CommentRow] = field(default_factory=list)


@dataclass(frozen=True)
class Threads:
    """Of one document: about all of it, about its blocks, and about blocks that are no longer there; open ones first.

    `counts` says by block how many threads are open ("2 comments"), `had` that there is one at all.
    """

    on_document: list[ThreadRow] = field(default_factory=list)
    on_blocks: list[ThreadRow] = field(default_factory=list)
    on_gone: list[ThreadRow] = field(default_factory=list)
    counts: dict[str, str] = field(default_factory=dict)
    had: dict[str, bool] = field(default_factory=dict)
    open: str = ""
    is_cut: bool = False
    can_write: bool = False
    why_not: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.on_document or self.on_blocks or self.on_gone)
