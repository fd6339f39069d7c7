"""Data types of a table: columns, rows as text, limits and the table's values."""
