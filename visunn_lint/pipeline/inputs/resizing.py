"""Better guesses of another size: what a failure says of lengths and numbers of features."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from visunn_lint.pipeline.inputs.complaints import is_misaligned, is_too_small, numbers_in, wanted_rank
from visunn_lint.pipeline.inputs.consumers import SIZE
from visunn_lint.pipeline.inputs.sizes import SIDES, larger, smaller

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.pipeline.inputs.guess import Guess
    from visunn_lint.pipeline.inputs.trouble import Trouble

_SILENT = frozenset({"AssertionError", "IndexError", "UndecidedError"})
"""Errors that do not say which size is wanted."""

_MOST_NUMBERS = 4
_LARGEST_SAID = 4096


def scaled(trouble: Trouble, got: int, wanted: int) -> Iterator[Guess]:
    """Yield guesses whose free length is changed so that what came to ``got`` comes to ``wanted``."""
    guess, dims = trouble.guess, trouble.layout.dims
    free = dims.count(SIZE)
    if got == wanted or not got:
        return
    if free:
        estimate = guess.size * (wanted / got) ** (1 / free)
        yield from smaller(guess, estimate) if got > wanted else larger(guess, estimate)
    elif isinstance(dims[-1], int) and dims[-1] * wanted % got == 0:
        yield trouble.instead(*dims[:-1], dims[-1] * wanted // got)


def by_size(trouble: Trouble) -> Iterable[Guess]:
    """Take the next larger length, of a signal one that is twice as large."""
    if not is_too_small(trouble.failure.message):
        return ()
    is_signal = trouble.layout.dims.count(SIZE) == 1
    return larger(trouble.guess, 2 * trouble.guess.size if is_signal else 0)


def by_alignment(trouble: Trouble) -> Iterator[Guess]:
    """Scale the free length, as it is or by area, where two tensors should be alike in one."""
    shapes = [operand.shape for operand in trouble.failure.operands if operand.shape][:2]
    if len(shapes) < 2 or not is_misaligned(trouble.failure.message):  # noqa: PLR2004 -- it takes two to differ
        return
    yield from _with_codebooks(trouble, shapes[1])
    yield from _with_features(trouble, shapes[0][-1], shapes[1][-1])
    for one, other in zip(reversed(shapes[0]), reversed(shapes[1]), strict=False):
        if one == other or 1 in (one, other):
            continue
        size = trouble.guess.size
        factors = (other / one, one / other)
        scaled = [size * factor for factor in factors]
        by_area = [size * sqrt(factor) for factor in factors]
        without_token = [size * sqrt(a / b) for a, b in ((other - 1, one - 1), (one - 1, other - 1))]
        aligned = [(size // 32 + 1) * 32]
        for value in (*without_token, *scaled, *by_area, other, one, *aligned):
            if 1 <= value <= _LARGEST_SAID and float(value).is_integer():
                yield trouble.guess.with_size(int(value))


def _with_codebooks(trouble: Trouble, other: tuple[int, ...]) -> Iterator[Guess]:
    """Yield as many indices a place as a vector has elements that indices, one a place, should go with."""
    dims, dtype = trouble.layout.dims, trouble.layout.dtype
    if trouble.is_direct and dtype is not None and len(dims) == 2 and len(other) == 1:  # noqa: PLR2004 -- batch, length
        yield trouble.instead(*dims, *other, dtype=dtype)


def _with_features(trouble: Trouble, one: int, other: int) -> Iterator[Guess]:
    """Yield the guess with as many features as a tensor has that those of the input should go with."""
    dims = trouble.layout.dims
    if isinstance(dims[-1], int) and len(dims) > 1 and dims[-1] in (one, other) and one != other:
        yield trouble.instead(*dims[:-1], other if dims[-1] == one else one, dtype=trouble.layout.dtype)


def by_numbers(trouble: Trouble) -> Iterator[Guess]:
    """Try the numbers in a message: an assertion of the user's often names the size that it wants."""
    message = trouble.failure.message
    if trouble.failure.operands or wanted_rank(message):
        return
    numbers = numbers_in(message)
    for number in numbers if len(numbers) <= _MOST_NUMBERS else ():
        if 1 < number <= _LARGEST_SAID:
            yield trouble.guess.with_size(number)
            if isinstance(trouble.layout.dims[-1], int) and len(trouble.layout.dims) > 1:
                yield trouble.instead(*trouble.layout.dims[:-1], number, dtype=trouble.layout.dtype)


def by_usual_sides(trouble: Trouble) -> Iterator[Guess]:
    """Try the usual sides of images where an assertion, or an index, does not say which it is."""
    if trouble.layout.dims.count(SIZE) != 2 or trouble.failure.error not in _SILENT:  # noqa: PLR2004 -- an image
        return
    yield from (trouble.guess.with_size(side) for side in SIDES)
