"""The organisation's logo: one picture of ours, seen by its members and by the clients it deals with."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from contractflow.db.unit_of_work import UnitOfWork
from contractflow.errors import IllegalMove, NotFound
from contractflow.integrations.pictures import Picture
from contractflow.models import Artifact, Org
from contractflow.models.columns import uuid7
from contractflow.permissions import Permission as P
from contractflow.permissions import Signer, why_not
from contractflow.services import limits
from contractflow.services.moving import locked

KIND = "logo"
NAME = "logo.png"
"""What a download is called; what the uploaded file was called is never kept."""
MIME = "image/png"
NO_LOGO = "There is no logo to remove."


@dataclass(frozen=True)
class Logo:
    content: bytes
    mime: str = MIME
    name: str = NAME


def change_logo(work: UnitOfWork, picture: Picture) -> None:
    """Show `picture` from now on; the one before is forgotten. The same one again changes nothing. Raises LimitReached."""
    work.require(P.BRAND_MANAGE)
    limits.require_branding(work)
    org = locked(work, Org, work.member.org_id, "organisation")
    before = _present(work, org)
    if before is not None and before.sha256 == picture.sha256:
        return
    artifact = Artifact(
        id=uuid7(),
        org_id=org.id,
        kind=KIND,
        filename=NAME,
        mime=MIME,
        size_bytes=len(picture.content),
        content=picture.content,
        sha256=picture.sha256,
        created_by=work.member.user_id,
    )
    work.db.add(artifact)
    _forget(work, before)
    org.brand = {**org.brand, "logo": str(artifact.id)}
    size = f"{picture.width} × {picture.height} pixels"
    changes = {"logo": (_short(before), _short(artifact))}
    work.record("org:change_logo", "artifact", artifact.id, changes=changes, size=size)


def remove_logo(work: UnitOfWork) -> None:
    """Show the first letter of its name again. Raises IllegalMove when there is no logo."""
    work.require(P.BRAND_MANAGE)
    org = locked(work, Org, work.member.org_id, "organisation")
    before = _present(work, org)
    if before is None:
        raise IllegalMove(NO_LOGO)
    _forget(work, before)
    org.brand = {name: value for name, value in org.brand.items() if name != "logo"}
    work.record("org:remove_logo", "artifact", before.id, changes={"logo": (_short(before), "")})


def logo(work: UnitOfWork, logo_id: UUID) -> Logo:
    """For members and for clients of the organisation, while it is the one that is shown. Raises NotFound."""
    if not isinstance(work.actor, Signer):
        work.require(P.ORG_READ)
    org = work.db.get(Org, work.actor.org_id)
    if org is None or org.brand.get("logo") != str(logo_id):
        raise NotFound("picture")
    return Logo(logo_content(work, org))


def logo_content(work: UnitOfWork, org: Org) -> bytes:
    """The picture itself; empty without one."""
    present = _present(work, org)
    return (present.content or b"") if present else b""


def logo_address(org: Org) -> str:
    """Where a browser gets it: another address for another picture, so that it may be kept. Empty without one."""
    known = org.brand.get("logo")
    return f"/api/logos/{known}" if known else ""


def why_no_branding(work: UnitOfWork) -> str:
    """Why who looks cannot change the logo; empty for who can."""
    return why_not(work.actor, P.BRAND_MANAGE) or limits.why_no_branding(work)


def _present(work: UnitOfWork, org: Org) -> Artifact | None:
    known = org.brand.get("logo")
    return work.db.get(Artifact, UUID(known)) if known else None


def _forget(work: UnitOfWork, artifact: Artifact | None) -> None:
    """Its row stays, for the trail names it; its bytes go."""
    if artifact is not None:
        artifact.content, artifact.purged_at = None, work.now


def _short(artifact: Artifact | None) -> str:
    return f"SHA-256 {artifact.sha256.hex()[:16]}…" if artifact else ""
