"""Segments: find them, see how sure they are, name them, act on them."""
