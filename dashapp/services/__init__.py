"""What pages ask for, independent of Dash."""
