"""Views whose shapes tell of axes in another order."""

from itertools import pairwise
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visunn_lint.rules._reordering import is_reordered, may_be_reordered


@pytest.mark.parametrize(
    ("before", "after", "is_sure", "is_possible"),
    [
        ((2, 7, 4), (2, 4, 7), True, True),
        ((7, 2, 4), (2, 7, 4), True, True),
        ((2, 3, 7, 4), (2, 7, 12), True, True),
        ((2, 16, 6, 10), (2, 60, 16), True, True),
        ((2, 2, 12, 8), (2, 12, 16), False, True),
        ((2, 4, 4, 12), (2, 48, 4), False, True),
        ((2, 5, 6), (2, 6, 5), True, True),
        ((2, 16, 4, 4), (2, 16, 16), False, False),
        ((2, 12), (2, 3, 4), False, False),
        ((1, 7, 4), (7, 1, 4), False, False),
        ((2, 0), (0, 2), False, False),
        ((6,), (2, 3), False, False),
    ],
)
def test_sizes_tell_of_another_order(
    before: tuple[int, ...], after: tuple[int, ...], *, is_sure: bool, is_possible: bool
) -> None:
    """For sure where no axis can be split cleanly, possibly where the sizes fit both."""
    assert (is_reordered(before, after), may_be_reordered(before, after)) == (is_sure, is_possible)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.data())
def test_merging_and_splitting_side_by_side_is_no_other_order(shape: list[int], data: st.DataObject) -> None:
    """Neither the one nor the other direction."""
    cuts = sorted(data.draw(st.sets(st.integers(0, len(shape)))) | {0, len(shape)})
    merged = [prod(shape[start:end]) for start, end in pairwise(cuts)]
    assert not may_be_reordered(shape, merged)
    assert not may_be_reordered(merged, shape)
