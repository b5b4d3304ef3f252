"""Device moves without the device: what was written for CUDA is captured on any machine."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import torch
from torch.utils._device import _device_constructors

if TYPE_CHECKING:
    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value

META: Final = torch.device("meta")
CPU: Final = torch.device("cpu")

_TENSOR_TO: Final = torch.Tensor.to
_NAMED_MOVES: Final = {torch.Tensor.cuda: "cuda", torch.Tensor.cpu: "cpu"} | {
    getattr(torch.Tensor, name): name for name in ("xpu", "npu", "hpu", "mtia") if hasattr(torch.Tensor, name)
}


@cache
def factories() -> frozenset[Function]:
    """Return torch's own list of functions that make a tensor on a given device."""
    return frozenset(_device_constructors())


def asked_device(func: Function, args: Args, kwargs: Kwargs) -> torch.device | None:
    """Return the device that a call asks for; None if it asks for none."""
    if func in _NAMED_MOVES:
        return _named_move(func, args, kwargs)
    device = kwargs.get("device")
    if device is None and func is _TENSOR_TO and len(args) > 1:
        device = _device_in_to(args[1])
    return None if device is None else as_device(device)


def _named_move(func: Function, args: Args, kwargs: Kwargs) -> torch.device:
    index = kwargs.get("device", args[1] if len(args) > 1 else None)
    if index is None or isinstance(index, torch.memory_format | bool):
        return torch.device(_NAMED_MOVES[func])
    return as_device(index)


def _device_in_to(first: Value) -> Value:
    if isinstance(first, str | torch.device) or (isinstance(first, int) and not isinstance(first, bool)):
        return first
    return None


def as_device(device: Value) -> torch.device:
    """Return the device of a string, an index or a device; an index means CUDA."""
    return torch.device("cuda", device) if isinstance(device, int) else torch.device(device)


def without_device(func: Function, args: Args, kwargs: Kwargs) -> tuple[Args, Kwargs]:
    """Return the arguments of a call that asks for a device, asking for none."""
    if func in _NAMED_MOVES:
        return args[:1], {name: value for name, value in kwargs.items() if name == "memory_format"}
    rest = {name: value for name, value in kwargs.items() if name not in {"device", "non_blocking"}}
    if func is not _TENSOR_TO:
        return args, rest
    if len(args) > 1 and _device_in_to(args[1]) is not None:
        args = (args[0], *args[2:])
    return _without_non_blocking(args), rest


def _without_non_blocking(args: Args) -> Args:
    """Drop a ``non_blocking`` given by position, keeping dtype and ``copy``."""
    kept = tuple(arg for arg in args[1:] if isinstance(arg, torch.dtype | torch.Tensor))
    return (args[0], *kept)


def leaves_as_is(func: Function, args: Args, kwargs: Kwargs) -> bool:
    """Return whether a call, once it asks for no device, gives back its tensor as it is."""
    return is_move(func) and len(args) == 1 and not kwargs


def is_move(func: Function) -> bool:
    """Return whether a function moves a tensor between devices."""
    return func is _TENSOR_TO or func in _NAMED_MOVES
