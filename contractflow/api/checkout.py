"""From our pay page to the provider's: between two transactions, never inside one."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contractflow.errors import AppError, PortalClosed, Unavailable
from contractflow.integrations.payments import paddle
from contractflow.permissions import Signer
from contractflow.services import payments
from contractflow.web.admission import admits
from contractflow.web.answers import see
from contractflow.web.rules import SIGNER
from contractflow.web.threads import perform


@admits(SIGNER)
async def open_checkout(request: Request, signer: Signer) -> Response:
    """The payment exists already; asking the provider for it twice opens the same page, so going back is harmless."""
    payment_id = request.path_params["payment_id"]
    try:
        intent = await perform(signer, payments.checkout, payment_id)
        provider = await asyncio.to_thread(paddle.provider)
        if provider is None:
            raise Unavailable("Cards cannot be taken right now.")
        opened = await asyncio.to_thread(provider.create, intent)
        await perform(signer, payments.checkout_opened, payment_id, opened.provider_ref)
    except PortalClosed:
        raise
    except AppError:
        return see(f"/portal/invoices/{request.path_params['invoice_id']}?problem=checkout")
    return see(opened.url)


routes = [Route("/portal/invoices/{invoice_id:uuid}/checkout/{payment_id:uuid}", open_checkout)]
