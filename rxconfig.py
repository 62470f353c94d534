"""How Reflex builds and serves ContractFlow."""

import reflex as rx

from contractflow.config import settings
from contractflow.web.build import Leaner, SameOrigin, WithoutEval

config = rx.Config(
    app_name="contractflow",
    redis_url=settings().redis_url.get_secret_value(),
    # Also the allow-list of the websocket's Origin check; Reflex's default lets every site in.
    cors_allowed_origins=[settings().base_url],
    trusted_proxy_hops=settings().trusted_proxies,
    # Page state is a cache of a tab: it may go, but not while somebody is at lunch.
    redis_token_expiration=3 * 24 * 3600,
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[WithoutEval(), Leaner(), SameOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
