"""Data larger than memory: the same engine applied to parts of a table by Dask."""
