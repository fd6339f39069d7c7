"""How a file is read, and the settings for it."""
