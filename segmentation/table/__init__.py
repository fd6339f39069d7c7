"""Read any customer file into one typed table; every loss and assumption is reported.

Reading has one step per package: file formats (`files`), the header (`header`), rows that are
not data (`quality`), typed values (`values`), and column roles (`roles`). `reading.read_table`
runs them all and returns a `table.Table`.

This package imports nothing itself: import public names from `segmentation`.
"""
