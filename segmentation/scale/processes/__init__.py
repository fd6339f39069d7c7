"""Dask processes, their memory and their temporary folders."""
