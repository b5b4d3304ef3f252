"""Garbage collection, put off while many small objects are made: walking the heap for them takes half the time."""

from __future__ import annotations

import gc
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off garbage collection, as a context or a decorator; one that was off stays off."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def import_for_good(module: str) -> None:
    """Import a module that nobody unloads, and keep all that is in memory then out of later collections.

    It is for processes that belong to us. Importing torch leaves half a million objects; each collection that walks
    them, while torch or the user's own packages are imported, takes longer than the capture of a small model.
    """
    if module in sys.modules:
        return
    with uncollected():
        import_module(module)
    gc.freeze()
