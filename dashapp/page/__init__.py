"""The definition of a page, its context, and validation of values from the browser."""
