"""Encoding, algorithms, the choice of k and its evidence."""
