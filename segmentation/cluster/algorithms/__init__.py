"""The algorithms that divide points into segments."""
