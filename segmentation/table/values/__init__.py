"""Convert columns of text to numbers, dates, yes/no and categories."""
