"""Real files with bits flipped, pieces cut out, put in or swapped: a table or a sentence."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segmentation import SegmentationError, read_table
from tests.messy import assert_reconciles
from tests.segmentation.table.test_messy_workbooks import FRAME, one_sheet, parquet
from tests.segmentation.table.test_properties import EXAMPLES

#: Larger files say no more, and take longer.
_LONGEST = 60_000
_LONGEST_PIECE = 300

quick = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)


def originals(folder: Path) -> dict[str, bytes]:
    """Real files of every format, and small ones made here."""
    paths = [*folder.glob("*.csv"), *folder.glob("messytables/horror/*"), *folder.glob("cdnow/*")]
    made = {
        "made.xlsx": one_sheet(),
        "made.parquet": parquet(pa.Table.from_pandas(FRAME)),
        "made.csv.gz": gzip.compress(FRAME.to_csv(index=False).encode()),
    }
    real = {path.name: path.read_bytes() for path in sorted(paths) if path.suffix != ".md"}
    kept = {name: data for name, data in real.items() if len(data) <= _LONGEST}
    cut = {name: real[name][:_LONGEST] for name in real if name.endswith((".csv", ".txt"))}
    return cut | kept | made


@pytest.fixture(scope="module")
def files(shared_data: Path) -> dict[str, bytes]:
    return originals(shared_data)


#: What a mutation puts in.
PIECES = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b'"', b"\x00", b"\r", b"\n\n", b",", b";", b"\\", b"\xff"]),
)
#: Where a mutation happens, as a share of the file, how, how far it goes, and what it puts in.
MUTATIONS = st.lists(
    st.tuples(
        st.floats(0, 1, exclude_max=True),
        st.sampled_from(("flip", "cut", "insert", "swap", "end", "double")),
        st.integers(0, _LONGEST_PIECE),
        PIECES,
    ),
    min_size=1,
    max_size=6,
)


def mutated(body: bytes, other: bytes, place: int, way: str, length: int, piece: bytes) -> bytes:
    """A file changed at one place."""
    before, after = body[:place], body[place:]
    return {
        "flip": before + bytes(byte ^ 1 << length % 8 for byte in after[:1]) + after[1:],
        "cut": before + after[length:],
        "insert": before + piece + after,
        "swap": before + other[place : place + length] + after[length:],
        "end": before,
        "double": before + after[:length] + after,
    }[way]


@quick
@given(which=st.tuples(st.integers(0, 999), st.integers(0, 999)), mutations=MUTATIONS)
def test_a_mutated_file_is_read_or_refused(
    files: dict[str, bytes], which: tuple[int, int], mutations: list[tuple[float, str, int, bytes]]
) -> None:
    names = sorted(files)
    body, other = (files[names[i % len(names)]] for i in which)
    for share, way, length, piece in mutations:
        body = mutated(body, other, int(share * len(body)), way, length, piece)
    table, sentence = None, "Read."
    try:
        table = read_table(body)
    except SegmentationError as refusal:
        sentence = str(refusal)
    assert sentence.endswith(".")
    if table is not None:
        assert_reconciles(table)
