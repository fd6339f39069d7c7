"""What a page is, what it may ask for, and how browser values are read."""
