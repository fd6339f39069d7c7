"""Scoring new customers from the model file alone."""
