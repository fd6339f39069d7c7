"""From an uploaded file to a data set."""
