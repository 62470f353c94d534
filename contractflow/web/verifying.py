"""Who asks /verify: anybody who holds a code, not too often. The code says of which organisation it is."""

from __future__ import annotations

from contractflow.errors import AppError, NotFound
from contractflow.permissions import System, Visitor
from contractflow.security import rate_limits
from contractflow.security.limited_verbs import network
from contractflow.services import verification
from contractflow.services.verification import Verified
from contractflow.web.threads import perform

UNKNOWN = "No document has this code. Codes tell capital letters from small ones: compare it with the certificate in the PDF."


async def admit(visitor: Visitor, code: str) -> System:
    """As whom the document behind `code` is read. Raises TooMany, NotFound."""
    await rate_limits.hit(rate_limits.VERIFY_BY_ADDRESS.of(network(visitor.ip)))
    org_id, _ = await perform(visitor, verification.find, code)
    return System(org_id, "verification")


async def look_up(visitor: Visitor, code: str) -> Verified:
    """The public page of `code`, or the sentence that stands in its place."""
    try:
        return await perform(await admit(visitor, code), verification.by_code, code)
    except NotFound:
        return Verified(code=code, problem=UNKNOWN)
    except AppError as refused:
        return Verified(code=code, problem=refused.message)
