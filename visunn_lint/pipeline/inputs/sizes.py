"""The free length of a guess, narrowed down from both sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.pipeline.inputs.guesses import Guess

_USUAL = (
    *(1, 2, 4, 7, 8, 12, 14, 16, 24, 28, 32, 48, 56, 64, 84, 96, 112, 128, 160, 192, 224, 227, 256, 288, 299),
    *(320, 336, 384, 448, 512, 640, 768, 1024, 2048, 4096, 8192, 16000, 16384, 32000, 65536),
)
_NEAR = 0.12


def larger(guess: Guess, estimate: float = 0) -> Iterator[Guess]:
    """Yield the guess with a larger free length, near the estimate where that is still possible."""
    yield from _between(replace(guess, low=max(guess.low, guess.size)), estimate)


def smaller(guess: Guess, estimate: float = 0) -> Iterator[Guess]:
    """Yield the guess with a smaller free length, near the estimate where that is still possible."""
    yield from _between(replace(guess, high=min(guess.high or guess.size, guess.size)), estimate)


def _between(guess: Guess, estimate: float) -> Iterator[Guess]:
    low, high = guess.low, guess.high or _USUAL[-1] + 1
    usual = [size for size in _USUAL if low < size < high]
    if low < estimate < high:
        nearest = min(usual, key=lambda size: abs(size - estimate), default=0)
        size = nearest if abs(nearest - estimate) <= _NEAR * estimate else max(round(estimate), low + 1)
        if low < size < high:
            yield guess.with_size(size)
            return
    if not guess.high:
        yield from (guess.with_size(size) for size in usual[:1])
    elif usual:
        yield guess.with_size(usual[len(usual) // 2])
    elif high - low > 1:
        yield guess.with_size((low + high) // 2)
