"""What a segment is called, and the traits that its name is made from."""
