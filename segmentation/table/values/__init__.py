"""From a column of text to numbers, dates, yes or no, and categories."""
