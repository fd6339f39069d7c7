"""How a file is read, and each choice about it."""
