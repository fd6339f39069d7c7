"""From customers to points: how each column becomes numbers."""
