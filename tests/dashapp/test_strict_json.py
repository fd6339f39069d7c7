"""JSON from outside is parsed strictly, and in time that grows with its length."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.strict_json import depth_of, parse_json

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
REFUSED = {
    "empty": b"", "cut off": b'{"a": [1', "two values": b"{}{}", "a comma too many": b"[1,]",
    "not a number": b"[NaN]", "infinite": b"[-Infinity]", "infinite by its power": b"[1e999]",
    "thousands of digits": b"1" * 5000, "a name twice": b'{"a": 1, "b": 2, "a": 3}',
    "a name twice, inside": b'[{"a": {"x": 1, "x": 1}}]', "UTF-16": "{}".encode("utf-16"),
    "UTF-32": "{}".encode("utf-32"), "a byte order mark": b"\xef\xbb\xbf{}",
    "latin-1": '{"a": "é"}'.encode("latin-1"), "single quotes": b"{'a': 1}", "a comment": b"{}//",
    "51 deep": b"[" * 51 + b"]" * 51, "never closed": b"[" * 100_000,
    "deep behind a quote": b'"\\"' + b"[" * 100_000,
}  # fmt: skip
# Long enough for anything quadratic to take minutes.
LONG = 400_000
SECONDS = 5.0


def nested(value: object) -> int:
    """The depth of a value by its definition."""
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(nested, inner), default=0) if isinstance(value, dict | list) else 0


@given(PLAIN)
def test_what_json_wrote_comes_back(value: object) -> None:
    assert parse_json(json.dumps(value).encode(), 50) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode(), 50) == value


@given(PLAIN)
def test_the_depth_is_counted_as_it_is_defined(value: object) -> None:
    assert depth_of(json.dumps(value).encode(), 99) == nested(value)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_doubtful_json_is_refused_with_a_reason(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^(it is not|it is nested|the name|.* is not a number)"):
        parse_json(body, 50)


@pytest.mark.parametrize(
    "piece", [b'\\"', b'"', b"\\", b"[]", b'"\\', b"[{", b'["', b'{"a":', b"1,"], ids=repr
)
def test_no_body_takes_more_than_linear_time(piece: bytes) -> None:
    began = time.process_time()
    for start in (b"", b'"', b"[", b'{"'):
        depth_of(start + piece * LONG, 50)
    assert time.process_time() - began < SECONDS
