"""Addresses that are not pages."""
