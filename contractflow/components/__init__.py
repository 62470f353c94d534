"""Pieces that several pages share. They show what they are given: no queries, no decisions."""
