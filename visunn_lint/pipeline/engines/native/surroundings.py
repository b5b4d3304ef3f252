"""The global state around a run: random generators, grad mode, default dtype, fused fast paths."""

from __future__ import annotations

import random
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import torch

from visunn_lint.pipeline.engines.native.together import Together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def same_surroundings() -> Iterator[None]:
    """Restore on leaving the global state that a forward may change."""
    grad, cast = torch.is_grad_enabled(), torch.is_autocast_enabled("cpu")  # of this thread
    try:
        with _same_random_state(), _SAME_SETTINGS:
            yield
    finally:
        torch.set_grad_enabled(grad)
        torch.set_autocast_enabled("cpu", cast)


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


class _Switch(NamedTuple):
    """A setting of torch's that a forward may change, and that has a function to ask and one to set it."""

    get: Callable[[], Any]
    set: Callable[[Any], object]


_SWITCHES: Final = (
    _Switch(torch.get_float32_matmul_precision, torch.set_float32_matmul_precision),
    _Switch(torch.get_deterministic_debug_mode, torch.set_deterministic_debug_mode),
    _Switch(torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly),
    _Switch(torch.backends.cuda.flash_sdp_enabled, torch.backends.cuda.enable_flash_sdp),
    _Switch(torch.backends.cuda.mem_efficient_sdp_enabled, torch.backends.cuda.enable_mem_efficient_sdp),
    _Switch(torch.backends.cuda.math_sdp_enabled, torch.backends.cuda.enable_math_sdp),
    _Switch(torch._C._get_cudnn_benchmark, torch._C._set_cudnn_benchmark),  # noqa: SLF001 -- the flags are properties of a module
    _Switch(torch._C._get_cudnn_deterministic, torch._C._set_cudnn_deterministic),  # noqa: SLF001 -- likewise
    _Switch(torch._C._get_cudnn_enabled, torch._C._set_cudnn_enabled),  # noqa: SLF001 -- likewise
)


@contextmanager
def _same_settings() -> Iterator[None]:
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    fast_path = torch.backends.mha.get_fastpath_enabled()
    switches = [(switch, switch.get()) for switch in _SWITCHES]
    device = getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None)  # noqa: SLF001 -- to ask for it is a call of its own
    try:
        yield
    finally:
        for switch, before in switches:
            if switch.get() != before:
                switch.set(before)
        if getattr(torch._GLOBAL_DEVICE_CONTEXT, "device_context", None) is not device:  # noqa: SLF001 -- as above
            torch.set_default_device(None if device is None else device.device)
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
