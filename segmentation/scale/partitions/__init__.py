"""Data sets in parts, for all formats."""
