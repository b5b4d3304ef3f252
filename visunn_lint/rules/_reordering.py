"""Shapes that tell of axes in another order: what a view, which moves no element, cannot bring about."""

from __future__ import annotations

from itertools import accumulate, combinations, pairwise
from math import prod
from operator import mul
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MOST_AXES = 5


def is_reordered(before: Sequence[int], after: Sequence[int]) -> bool:
    """Return whether some axes come in another order, and no splitting and merging side by side explains it."""
    return any(
        _is_swap(old, new) or (_is_dealt_out(old, new) and not _is_clean(old, new))
        for old, new in _blocks(before, after)
    )


def may_be_reordered(before: Sequence[int], after: Sequence[int]) -> bool:
    """Return whether some axes come in another order, as far as their sizes tell."""
    return any(_is_swap(old, new) or _is_dealt_out(old, new) for old, new in _blocks(before, after))


def _blocks(before: Sequence[int], after: Sequence[int]) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield the smallest runs of axes of two shapes that hold the same elements; axes of 1 left out."""
    old, new = [dim for dim in before if dim != 1], [dim for dim in after if dim != 1]
    if prod(old) != prod(new) or 0 in old:
        return
    borders = [0, *sorted(set(accumulate(old, mul)) & set(accumulate(new, mul)))]
    sides = (_split(old, borders), _split(new, borders))
    yield from zip(*sides, strict=True)


def _split(dims: Sequence[int], borders: Sequence[int]) -> list[tuple[int, ...]]:
    """Return axes in runs that end where the product of all up to there is a border."""
    ends = list(accumulate(dims, mul))
    places = [0, *(ends.index(border) + 1 for border in borders[1:])]
    return [tuple(dims[start:end]) for start, end in pairwise(places)]


def _is_swap(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Return whether two axes change places."""
    return len(old) == 2 and old == new[::-1]  # noqa: PLR2004 -- a pair


def _is_dealt_out(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Return whether the new axes are products of old ones, each used once, out of their order."""
    return 2 < len(old) <= _MOST_AXES and len(new) > 1 and _can_be_grouped(old, new)  # noqa: PLR2004 -- more than a pair


def _is_clean(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Return whether old axes only have to be split in two, and the parts merged, to give the new ones."""
    ends = [1, *accumulate(old, mul)]
    for border in accumulate(new, mul):
        before = max(end for end in ends if end <= border)
        after = min(end for end in ends if end >= border)
        if border % before or after % border:
            return False
    return True


def _can_be_grouped(old: tuple[int, ...], new: tuple[int, ...]) -> bool:
    """Return whether the old axes can be dealt out so that their products are the new ones."""
    if not new:
        return not old
    for size in range(1, len(old) + 1):
        for chosen in combinations(range(len(old)), size):
            if prod(old[each] for each in chosen) == new[0]:
                rest = tuple(dim for each, dim in enumerate(old) if each not in chosen)
                if _can_be_grouped(rest, new[1:]):
                    return True
    return False
