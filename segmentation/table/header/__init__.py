"""Find the header of a file and the column names in it."""
