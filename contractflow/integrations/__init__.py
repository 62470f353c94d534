"""The outside world in our own words, each with a stand-in that needs no network."""
