"""Checks that every request must pass before a route or a callback runs."""
