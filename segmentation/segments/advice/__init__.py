"""What marketing does about a segment, and why."""
