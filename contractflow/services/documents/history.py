"""What became of a document: its versions, what differs between two of them, and bringing an older one back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from contractflow.content import redline, variables
from contractflow.content.redline import RedlineRow
from contractflow.content.version import Content
from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import NotFound
from contractflow.models import AppUser, Document, DocumentVersion, Membership
from contractflow.money import format_money
from contractflow.permissions import Permission as P
from contractflow.services.display import When, shown
from contractflow.services.documents.editing import EDITABLE, open_for_editing
from contractflow.services.documents.locks import is_locked, require_open
from contractflow.services.documents.subject import DRAFTING
from contractflow.services.documents.versions import add_version

MOST = 200
"""Versions to choose from; a document that is typed in all day has more, and nobody looks for those by number."""

SOURCES = {
    "ai": "Drafted",
    "human": "Edited",
    "template": "From the library",
    "restore": "Restored",
    "suggestion": "Suggested clause",
}


@dataclass(frozen=True)
class VersionRow:
    """One version; `label` for a select, `marks` what happened to exactly this one."""

    value: str
    label: str
    author: str
    note: str
    marks: str
    at: When = field(default_factory=When)


@dataclass(frozen=True)
class ChangeRow:
    """Something beside the text that differs: the title, the total, a payment."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Comparison:
    """Two versions beside each other; `rows` are the clauses with their redline."""

    document_id: str = ""
    title: str = ""
    old: VersionRow = field(default_factory=lambda: VersionRow("", "", "", "", ""))
    new: VersionRow = field(default_factory=lambda: VersionRow("", "", "", "", ""))
    versions: list[VersionRow] = field(default_factory=list)
    rows: list[RedlineRow] = field(default_factory=list)
    changes: list[ChangeRow] = field(default_factory=list)
    summary: str = ""
    can_restore: bool = False
    """The older of the two could be brought back now."""


def compare(work: UnitOfWork, document_id: UUID, old: str = "", new: str = "") -> Comparison:
    """What differs between two versions, by their numbers; without them, since the approved one or the one before.

    Raises NotFound for a document or a number that is not there.
    """
    work.require(P.DOCUMENT_READ)
    document = work.db.get(Document, document_id)
    if document is None or document.deleted_at is not None:
        raise NotFound("document")
    known = _versions(work, document)
    if not known:
        raise NotFound("version")
    later = _numbered(work, document, new) if new else known[0][0]
    earlier = _numbered(work, document, old) if old else _natural(document, known, later)
    before, after = Content.from_text(earlier.content), Content.from_text(later.content)
    rows = redline.compare(before.read_blocks, after.read_blocks)
    changes = list(_changes(before, after))
    said = {version.id: _row(work, document, version, name) for version, name in known}
    return Comparison(
        str(document.id),
        document.title,
        said.get(earlier.id) or _row(work, document, earlier, ""),
        said.get(later.id) or _row(work, document, later, ""),
        list(said.values()),
        rows,
        changes,
        _summary(rows, changes),
        _can_restore(work, document, earlier),
    )


def restore(work: UnitOfWork, document_id: UUID, number: int) -> int:
    """Bring an older version back as the newest one; nothing is lost. Returns its number.

    Restoring what is there already changes nothing. Raises NotFound, IllegalMove once the text is frozen, NotAllowed when
    that would change a locked clause and the member may not.
    """
    document, current, content = open_for_editing(work, document_id)
    older = _numbered(work, document, str(number))
    if older.content == current.content:
        return current.number
    back = Content.from_text(older.content)
    texts = {block.id: block.md for block in back.blocks}
    touched = [b.id for b in content.blocks if is_locked(current, b.id) and texts.get(b.id) != b.md]
    require_open(work, current, touched)
    saved = add_version(
        work,
        document,
        back,
        source="restore",
        provenance=dict(older.provenance),
        note=f"Version {older.number} restored",
    )
    work.record(
        "document:restore",
        "document",
        document.id,
        document_id=document.id,
        version=saved.number,
        restored=older.number,
    )
    return saved.number


def _versions(work: UnitOfWork, document: Document) -> list[tuple[DocumentVersion, str]]:
    """The newest first, with their authors' names."""
    query = (
        select(DocumentVersion, AppUser.name)
        .outerjoin(Membership, col(Membership.id) == DocumentVersion.author_id)
        .outerjoin(AppUser, col(AppUser.id) == Membership.user_id)
        .where(col(DocumentVersion.document_id) == document.id)
        .order_by(col(DocumentVersion.number).desc())
        .limit(MOST)
    )
    return [(version, name or "") for version, name in work.db.exec(query)]


def _numbered(work: UnitOfWork, document: Document, number: str) -> DocumentVersion:
    query = select(DocumentVersion).where(
        col(DocumentVersion.document_id) == document.id,
        col(DocumentVersion.number) == (int(number) if number.isdecimal() and len(number) < 9 else 0),
    )
    version = work.db.exec(query).first()
    if version is None:
        raise NotFound("version")
    return version


def _natural(
    document: Document, known: list[tuple[DocumentVersion, str]], later: DocumentVersion
) -> DocumentVersion:
    """What somebody wants to see first: what changed since the approval, else since the version before."""
    approved = next((v for v, _ in known if v.id == document.approved_version_id), None)
    if approved is not None and approved.number < later.number:
        return approved
    return next((v for v, _ in known if v.number < later.number), later)


def _row(work: UnitOfWork, document: Document, version: DocumentVersion, author: str) -> VersionRow:
    at = shown(work, version.created_at)
    marks = [
        word
        for word, marked in (
            ("current", document.current_version_id),
            ("approved", document.approved_version_id),
            ("sent", document.sent_version_id),
        )
        if marked == version.id
    ]
    words = (
        f"Version {version.number} · {SOURCES[version.source]}{f' by {author}' if author else ''}, {at.ago}"
    )
    label = f"{words} ({', '.join(marks)})" if marks else words
    return VersionRow(str(version.number), label, author, version.note or "", ", ".join(marks), at)


def _changes(before: Content, after: Content) -> Iterator[ChangeRow]:
    """Variables are not among them: their values stand in the text."""
    if before.title != after.title:
        yield ChangeRow("Title", before.title, after.title)
    totals = [format_money(one.total_minor, one.currency) for one in (before, after)]
    if totals[0] != totals[1]:
        yield ChangeRow("Total", *totals)
    plans = [
        {row.key: f"{row.label}: {format_money(row.amount_minor, one.currency)}, {row.when}, {row.terms}"
         for row in one.payment_plan.rows}
        for one in (before, after)
    ]  # fmt: skip
    for key in dict.fromkeys([*plans[0], *plans[1]]):
        pair = plans[0].get(key, ""), plans[1].get(key, "")
        if pair[0] != pair[1]:
            yield ChangeRow("Payment", *pair)
    open_now = variables.missing(after.blocks, after.variables)
    for name in variables.missing(before.blocks, before.variables):
        if name not in open_now and name in after.variables:
            yield ChangeRow(variables.label(name), "", after.variables[name])


def _summary(rows: list[RedlineRow], changes: list[ChangeRow]) -> str:
    """ "2 clauses changed, 1 clause added: 14 words in, 3 words out." """
    kinds = [
        (kind, sum(row.kind == kind for row in rows)) for kind in ("changed", "added", "removed", "moved")
    ]
    told = [f"{count} {'clauses' if count != 1 else 'clause'} {kind}" for kind, count in kinds if count]
    if not told:
        return "The text is the same." if changes else "Nothing differs."
    come, gone = sum(row.words_added for row in rows), sum(row.words_removed for row in rows)
    return f"{', '.join(told)}: {come} {_words(come)} in, {gone} {_words(gone)} out."


def _words(count: int) -> str:
    return "word" if count == 1 else "words"


def _can_restore(work: UnitOfWork, document: Document, earlier: DocumentVersion) -> bool:
    return (
        document.status in EDITABLE
        and document.generation_status not in DRAFTING
        and work.actor.may(P.DOCUMENT_EDIT)
        and earlier.id != document.current_version_id
    )
