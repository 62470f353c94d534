"""The app: its pages, and what stands between them and the network."""

from pathlib import Path

import reflex as rx

from contractflow import pages  # noqa: F401  importing registers them
from contractflow.web.csp import CspMiddleware

BUILT = Path(__file__).parent.parent / ".web/build/client"

app = rx.App(
    api_transformer=[lambda app: CspMiddleware(app, BUILT, {})],
)
