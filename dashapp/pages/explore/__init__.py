"""Explore: filter customers, see distributions, compare categories, find relationships."""
