"""What each column is: its role, its meaning, and whether it is contact data."""
