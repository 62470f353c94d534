"""Redis in our own words: connections, the queue, live drafts, changes, heartbeats, breakers."""
