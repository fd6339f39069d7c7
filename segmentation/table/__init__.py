"""Customer tables: reading, checking and understanding them."""
