"""Shared parts of all figures: canvas, colors, labels, values."""
