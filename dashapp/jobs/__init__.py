"""Slow or dangerous work, run in separate processes."""
