"""Rows and columns that are not data, duplicates, and what was found wrong."""
