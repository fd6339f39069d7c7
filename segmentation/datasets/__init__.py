"""Synthetic sample data: customers and transactions."""
