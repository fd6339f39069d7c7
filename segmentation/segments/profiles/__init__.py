"""What a segment looks like in numbers."""
