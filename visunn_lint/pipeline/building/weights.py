"""What is wrong with the tensors of a model as it is built."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import torch
from torch.nn.parameter import is_lazy

from visunn_lint.records import BadWeight

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor, nn

    from visunn_lint.pipeline.calling import Value

_settings: Value = torch.utils.deterministic
"""A module that makes its own attributes up, which type checkers do not see."""


@contextmanager
def uninitialised_memory_told() -> Iterator[None]:
    """Have torch fill memory that nobody initialises with NaN: fresh pages look like zeros."""
    before, warns = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    fills = _settings.fill_uninitialized_memory
    torch.use_deterministic_algorithms(mode=True, warn_only=True)
    _settings.fill_uninitialized_memory = True
    try:
        yield
    finally:
        _settings.fill_uninitialized_memory = fills
        torch.use_deterministic_algorithms(mode=before, warn_only=warns)


def bad_weights(model: nn.Module) -> tuple[BadWeight, ...]:
    """Return the parameters and buffers of a model, built for real, that hold NaN or infinite values.

    Within ``uninitialised_memory_told`` NaN is memory that nobody initialised. A buffer may hold infinities on
    purpose (masks), and one that is not saved may be filled later.
    """
    saved = model.state_dict(keep_vars=True)
    params = {id(param) for param in model.parameters()}
    found = (_bad(path, tensor, is_param=id(tensor) in params) for path, tensor in saved.items())
    return tuple(each for each in found if each is not None)


def _bad(path: str, tensor: object, *, is_param: bool) -> BadWeight | None:
    if not isinstance(tensor, torch.Tensor) or not _has_floats(tensor):
        return None
    with torch.no_grad():
        missing = int(tensor.isnan().sum())
        infinite = int(tensor.isinf().sum()) if is_param else 0
    problem: Literal["uninitialised", "inf"] = "uninitialised" if missing else "inf"
    return BadWeight(path, problem, missing or infinite, tensor.numel()) if missing or infinite else None


def _has_floats(tensor: Tensor) -> bool:
    """Return whether values of a tensor can be looked at, and can be NaN."""
    return not is_lazy(tensor) and not tensor.is_meta and not tensor.is_quantized and tensor.is_floating_point()
