"""Detect each column's role and meaning, and whether it is contact data."""
