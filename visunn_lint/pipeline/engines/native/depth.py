"""Room on the stack for what a capture puts between the calls of a model's modules."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.engines.native.together import Together

if TYPE_CHECKING:
    from collections.abc import Iterator

_FACTOR: Final = 3
"""A module call takes four steps of the limit, and while it is observed some ten: a hundred levels, not 250."""

_MOST: Final = 3000
"""No limit is raised beyond this: what recurses without end has to be stopped before the stack of C is used up."""


@contextmanager
def _deeper() -> Iterator[None]:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, min(before * _FACTOR, _MOST)))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)  # whatever a forward made of it


AS_DEEP_AS_UNCAPTURED: Final = Together(_deeper)
"""Lets modules be nested as deeply as without a capture."""
