"""Word lists: column names, special values and orders of levels."""
