"""Paddle Billing: the API as the real SDK uses it, the hosted checkout page, and signed webhooks.

Money is strings of minor units, as Paddle has it. Faults of "paddle":
on the API   {"kind": "http", "status": 503}           answered instead of doing it
             {"kind": "applied", "status": 504}        done, but answered with an error (an ambiguous time-out)
             "method" and "path" limit either to one kind of call
on webhooks  badsig (first try only), dup, late ("seconds"), lost; "event" limits it to one event type
"""

from contractflow.sandbox.paddle.api import api_routes
from contractflow.sandbox.paddle.books import API_KEY, WEBHOOK_SECRET, Books
from contractflow.sandbox.paddle.checkout import page_routes

__all__ = ["API_KEY", "WEBHOOK_SECRET", "Books", "routes"]

routes = [*api_routes, *page_routes]
