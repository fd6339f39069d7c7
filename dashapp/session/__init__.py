"""What the server keeps for each session."""
