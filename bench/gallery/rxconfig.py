"""A small app of its own that shows every component: the product has no page for it. `bench/looks` builds it."""

import reflex as rx

from contractflow.web.build import Leaner, SameOrigin, WithoutEval

config = rx.Config(
    app_name="gallery",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    plugins=[WithoutEval(), Leaner(), SameOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
