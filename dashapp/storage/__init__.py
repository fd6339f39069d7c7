"""Immutable values of each session, on files or in Redis."""
