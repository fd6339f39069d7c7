"""Readers for each file format: from bytes to columns of text."""
