"""Turn an uploaded file into a data set."""
