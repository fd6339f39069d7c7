"""Data: bring a customer list, see what was read, correct it, look at it."""
