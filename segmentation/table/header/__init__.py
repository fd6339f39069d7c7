"""Which line of a file names the columns, and the names it gives."""
