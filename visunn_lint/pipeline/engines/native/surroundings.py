"""The global state around a run: random generators, grad mode, default dtype, fused fast paths."""

from __future__ import annotations

import random
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import torch

from visunn_lint.pipeline.engines.native.together import Together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def same_surroundings() -> Iterator[None]:
    """Restore on leaving the global state that a forward may change."""
    grad = torch.is_grad_enabled()  # of this thread
    try:
        with _same_random_state(), _SAME_SETTINGS:
            yield
    finally:
        torch.set_grad_enabled(grad)


@contextmanager
def _same_random_state() -> Iterator[None]:
    numpy = sys.modules.get("numpy") if "numpy.random" in sys.modules else None  # to ask for its state imports it
    python_state, torch_state = random.getstate(), torch.get_rng_state()
    numpy_state = numpy.random.get_state() if numpy else None
    restore_cuda = _cuda_state()
    try:
        yield
    finally:
        random.setstate(python_state)
        torch.set_rng_state(torch_state)
        if numpy_state is not None and numpy is not None:
            numpy.random.set_state(numpy_state)
        elif "numpy.random" in sys.modules:  # the run was the first to use it: it had no state that anybody knew
            sys.modules["numpy.random"].seed()
        restore_cuda()


def _cuda_state() -> Callable[[], None]:
    """Return what puts back the state of CUDA's generators, or before they are there, what they are to be seeded with.

    To ask them for their state would initialise them: seconds, and memory of the process for good.
    """
    if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]  # torch's
        states = torch.cuda.get_rng_state_all()
        return lambda: torch.cuda.set_rng_state_all(states)
    tracker = getattr(torch.cuda, "_lazy_seed_tracker", None)  # where torch.manual_seed() leaves them
    seeds = {} if tracker is None else vars(tracker)
    saved = seeds.copy()
    return lambda: seeds.update(saved)


@contextmanager
def _same_settings() -> Iterator[None]:
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    fast_path = torch.backends.mha.get_fastpath_enabled()
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast_path)
        torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)


@contextmanager
def _without_warnings() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _unfused() -> Iterator[None]:
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


_SAME_SETTINGS: Final = Together(_same_settings)
WITHOUT_WARNINGS: Final = Together(_without_warnings)
"""Keeps quiet what torch says of a run without autograd or values: it is not the user's run."""
UNFUSED: Final = Together(_unfused)
"""Switches off the fused paths that hide a module's children, such as TransformerEncoderLayer's."""
