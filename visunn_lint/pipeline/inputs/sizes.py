"""The free length of a guess, narrowed down from both sides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.pipeline.inputs.guess import Guess

_USUAL = (
    *(1, 2, 4, 7, 8, 12, 14, 16, 24, 28, 32, 48, 56, 64, 84, 96, 112, 128, 160, 192, 224, 227, 256, 288, 299),
    *(320, 336, 384, 448, 512, 640, 768, 1024, 2048, 4096, 8192, 16000, 16384, 32000, 65536),
)
_NEAR = 0.12

SIDES = (256, 224, 384, 192, 240, 160, 288, 299, 320, 448, 512, 128, 336, 96, 64, 518, 32, 1024)
"""Sides of images that models are made for, the most usual first."""


def larger(guess: Guess, estimate: float = 0) -> Iterator[Guess]:
    """Yield the guess with a larger free length, near the estimate where that is still possible."""
    length = guess.length
    yield from _between(guess.with_length(replace(length, low=max(length.low, length.size))), estimate)


def smaller(guess: Guess, estimate: float = 0) -> Iterator[Guess]:
    """Yield the guess with a smaller free length, near the estimate where that is still possible."""
    length = guess.length
    yield from _between(guess.with_length(replace(length, high=min(length.high or length.size, length.size))), estimate)


def _between(guess: Guess, estimate: float) -> Iterator[Guess]:
    length = guess.length
    low, high = length.low, length.high or _USUAL[-1] + 1
    usual = [size for size in _USUAL if low < size < high]
    if low < estimate < high:
        nearest = min(usual, key=lambda size: abs(size - estimate), default=0)
        size = nearest if abs(nearest - estimate) <= _NEAR * estimate else max(round(estimate), low + 1)
        if low < size < high:
            yield guess.with_size(size)
            return
    if not length.high:
        yield from (guess.with_size(size) for size in usual[:1])
    elif usual:
        yield guess.with_size(usual[len(usual) // 2])
    elif high - low > 1:
        yield guess.with_size((low + high) // 2)
