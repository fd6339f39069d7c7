"""The processes that Dask runs, their memory and their temporary folders."""
