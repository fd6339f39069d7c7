"""What words mean: names of columns, values that stand for something, orders of levels."""
