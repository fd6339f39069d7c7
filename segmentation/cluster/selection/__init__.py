"""How many segments there are, and how far that can be trusted."""
