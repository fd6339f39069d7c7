"""A data set in parts, whatever its format."""
