"""Drafting by AI in our own words: an order goes in, pieces of text come out, whichever vendor writes them."""
