"""Any customer file in, one typed table out, with nothing lost and nothing silent.

Reading goes through these steps, a module each: what the bytes are (`content`), text
(`decoding`), layout (`dialect`), records (`records`), workbooks (`workbook`), typed values
(`typing_text`, `amounts`, `dates`), checks (`checking`), roles (`roles`). `reading.read_table`
puts them together into a `dataset.Table`.

This package imports nothing by itself: public names come from `segmentation`.
"""
