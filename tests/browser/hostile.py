"""Customers and models whose every name and value tries to be more than text."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from functools import cache

import numpy as np
from playwright.sync_api import FilePayload

from segmentation import CustomerSegmentation, SegmentModel, read_table
from segmentation.segments.segment import Action, Rule

SCRIPT = "<script>window.pwned=1</script>"
IMAGE = '<img src=x onerror="window.pwned=1">'
LINK = '<a href="https://evil.example">%{x} {{7*7}}</a>'
MARKDOWN = "**bold** [link](javascript:window.pwned=1)"
FORMULA = '=HYPERLINK("https://evil.example")'
ENTITY = "&lt;b&gt; &#60;img src=x&#62;"
TEMPLATE = "%{customdata} <b>${1}</b>"
BACKWARDS = "\u202eשלום 123"
LONG = "W" * 260
NUL = "a\0b"
SIGN = '<a href="https://evil.example">$</a>'
EMOJI = "🎉 👩‍👩‍👧"

NUMBERS = (f"{IMAGE} spend", LINK, FORMULA)
CATEGORIES = (SCRIPT, f"{MARKDOWN} {EMOJI}", LONG)
LEVELS = ((SCRIPT, IMAGE, ENTITY), (TEMPLATE, BACKWARDS, LINK), (NUL, EMOJI, FORMULA))
# What a browser keeps of it: a file's name has no path.
FILE_NAME = f"{IMAGE} {MARKDOWN}.csv"
SEGMENT_NAME = f"{IMAGE[:28]}window.pwned=1>"
ROWS = 90


@cache
def customers(levels: tuple[tuple[str, ...], ...] = LEVELS) -> bytes:
    """A file of customers in three groups that are easy to tell apart."""
    rng = np.random.default_rng(3)
    sink = io.StringIO()
    writer = csv.writer(sink)
    writer.writerow(["Customer ID", *NUMBERS, *CATEGORIES])
    for row in range(ROWS):
        group = row % 3
        numbers = [round(float(rng.normal(100 * (group + 1), 9)), 2) for _ in NUMBERS]
        chosen = [of_column[(group + (row % 7 == 0)) % 3] for of_column in levels]
        writer.writerow([f"c{row}", *numbers, *chosen])
    return sink.getvalue().encode()


def file() -> FilePayload:
    """The file as somebody chooses it."""
    return {"name": FILE_NAME, "mimeType": "text/csv", "buffer": customers()}


def strangers() -> FilePayload:
    """Customers of levels that no model has seen, which it says back."""
    levels = tuple(tuple(f"{level}{IMAGE}" for level in of_column) for of_column in LEVELS)
    return {"name": FILE_NAME, "mimeType": "text/csv", "buffer": customers(levels)}


@cache
def model() -> FilePayload:
    """A model file of an attacker, who is not bound to what our pages let people write."""
    table = read_table(customers(), name="customers.csv")
    fitted: SegmentModel = CustomerSegmentation(n_clusters=3, n_jobs=1).fit(table).model_
    segments = tuple(
        replace(
            segment,
            name=f"{IMAGE} {segment.id}",
            traits=(SCRIPT, MARKDOWN, BACKWARDS),
            rules=(Rule(f"{IMAGE} {LINK}", 0.9, 0.9),),
            actions=(Action(SCRIPT, f"{MARKDOWN} {LINK}", IMAGE),),
        )
        for segment in fitted.segments
    )
    columns = tuple(replace(column, currency=SIGN) for column in fitted.columns)
    data = replace(fitted, segments=segments, columns=columns).to_bytes()
    return {"name": f"{SCRIPT[:20]}.segmodel", "mimeType": "application/zip", "buffer": data}
