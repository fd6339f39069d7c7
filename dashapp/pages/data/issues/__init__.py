"""What was found wrong in a file, and what the user decides about it."""
