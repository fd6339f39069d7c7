"""What a page asks for, free of Dash."""
