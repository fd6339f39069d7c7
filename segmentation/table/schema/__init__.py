"""What a table consists of: columns, rows as text, bounds, and the table itself."""
