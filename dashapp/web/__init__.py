"""Flask routes and guards around the Dash application."""
