"""Which recorder is at work on this thread, and how to keep calls from it."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from visunn_lint.pipeline.engines.native.recorder import Recorder


class _Running(threading.local):
    recorder: Recorder | None = None


_running = _Running()


@contextmanager
def running(recorder: Recorder) -> Iterator[None]:
    """Record with a recorder on this thread; see ``outer_paused``."""
    outer, _running.recorder = _running.recorder, recorder
    try:
        with recorder:
            yield
    finally:
        _running.recorder = outer


def recording() -> Recorder | None:
    """Return the recorder that a torch call made here and now would reach; none inside an op."""
    recorder = _running.recorder
    reached = torch._C._is_torch_function_mode_enabled()  # noqa: SLF001 -- modes have no public question
    return recorder if recorder is not None and reached and not recorder.muted else None


@contextmanager
def outer_paused() -> Iterator[None]:
    """Keep the recorder of a capture during which another one is made from recording that one."""
    outer = _running.recorder
    if outer is None:
        yield
        return
    before, outer.muted = outer.muted, True
    try:
        yield
    finally:
        outer.muted = before


unrecorded: Final[Callable[[], AbstractContextManager[None]]] = torch._C.DisableTorchFunction  # noqa: SLF001 -- modes included, as no public guard does
"""Gives a context in which torch calls reach no function mode: the engine's own calls."""
