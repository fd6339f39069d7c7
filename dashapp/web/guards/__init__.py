"""What every request must pass before a route or a callback sees it."""
