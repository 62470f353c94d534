"""Whether a worker that has written a thousand drafts is as small as it was after the first hundred."""
