"""Detect non-data rows and columns, duplicates and issues to report."""
