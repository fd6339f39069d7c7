"""Data: upload a customer list, check how it was read, correct it, view it."""
