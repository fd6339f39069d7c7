"""Predict: the segment of a new customer, or of every row of a file."""
