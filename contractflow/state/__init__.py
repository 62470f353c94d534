"""What a page knows and reacts to: one thin state per page."""
