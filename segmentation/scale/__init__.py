"""Data larger than memory: the same engine on parts of a table, run by Dask."""
