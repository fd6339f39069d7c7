"""Browser values are read at the door."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashapp.page.inputs import BadInputError, number_or_none, one_of, record, text_or_none, texts
from dashapp.page.tab_state import Refs

JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=8,
)


@given(value=JSON)
def test_every_reader_gives_its_type_or_refuses(value: object) -> None:
    readers = {
        Refs.parse: Refs,
        text_or_none: (str, type(None)),
        number_or_none: (float, type(None)),
        texts: tuple,
        record: dict,
    }
    for reader, kind in readers.items():
        try:
            assert isinstance(reader(value), kind)
        except BadInputError:
            continue


@pytest.mark.parametrize("value", ["../x", "ABC", "0" * 65, 7, ["0" * 32]])
def test_only_content_ids_are_references(value: object) -> None:
    with pytest.raises(BadInputError):
        Refs.parse({"dataset": value})


def test_references_survive_the_way_to_the_browser_and_back() -> None:
    refs = Refs("a" * 32, "b" * 32)
    assert Refs.parse(refs.to_browser()) == refs


def test_a_choice_outside_the_list_is_refused() -> None:
    with pytest.raises(BadInputError):
        one_of("mode", ("mean", "median"), "mean")


@pytest.mark.parametrize("value", [True, "nan", "inf", "1e999", [1], "twelve"])
def test_only_finite_numbers_are_numbers(value: object) -> None:
    with pytest.raises(BadInputError):
        number_or_none(value)
