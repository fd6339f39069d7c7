"""Predict: the segment of a new customer, or of a whole file."""
