"""Store immutable values of each session, in files or in Redis."""
