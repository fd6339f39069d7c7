"""Routes other than pages."""
