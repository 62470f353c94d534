"""What makes Reflex ours: ASGI middlewares, build plugins, the policy of every event, UI commands without eval."""
