"""Torch functions that are no nodes: questions about a tensor, switches, initialisers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_TENSOR = torch.Tensor

_ATTRIBUTES: Final = (
    "shape", "dtype", "ndim", "layout", "requires_grad", "grad_fn", "is_leaf", "names", "name", "_version", "itemsize",
    "nbytes", "is_sparse", "is_quantized", "is_nested", "is_mkldnn", "is_sparse_csr", "output_nr", "_base",
    "retains_grad", "_backward_hooks", "_post_accumulate_grad_hooks", "volatile",
)  # fmt: skip
_DEVICE_ATTRIBUTES: Final = ("device", "is_meta", "is_cuda", "is_cpu", "is_mps", "is_xpu")
_METHODS: Final = (
    "size", "dim", "stride", "numel", "nelement", "ndimension", "is_contiguous", "is_floating_point", "is_complex",
    "is_signed", "storage_offset", "element_size", "is_inference", "is_conj", "is_neg", "is_set_to", "is_same_size",
    "__len__", "__hash__", "is_shared", "is_pinned", "untyped_storage", "_typed_storage", "storage", "data_ptr",
    "_is_view", "has_names", "dim_order", "is_coalesced", "__reduce_ex__",
)  # fmt: skip
_FUNCTIONS: Final = (
    torch.is_floating_point, torch.is_complex, torch.is_tensor, torch.numel, torch.is_same_size, torch.is_conj,
    torch._C._set_grad_enabled, torch.result_type, torch.can_cast, torch.is_inference,  # noqa: SLF001 -- seen by function modes
)  # fmt: skip
_SILENT: Final = (
    "requires_grad_", "share_memory_", "retain_grad", "register_hook", "register_post_accumulate_grad_hook", "backward",
    "__set__requires_grad", "__set__grad",
)  # fmt: skip


def getter(name: str) -> Callable[..., Any] | None:
    """Return the function that torch tells modes of when an attribute of a tensor is read; None if there is no such."""
    return getattr(getattr(_TENSOR, name, None), "__get__", None)


_ABOUT_DEVICE: Final = {getter(name): name for name in _DEVICE_ATTRIBUTES} | {_TENSOR.get_device: "get_device"}
_PASSIVE: Final = frozenset(
    [*map(getter, _ATTRIBUTES), *(getattr(_TENSOR, name, None) for name in _METHODS), *_FUNCTIONS, *_ABOUT_DEVICE]
) - {None}


Question: TypeAlias = Literal["device", "address", "memory", "making"]
"""What a function asks of a tensor that another one is to answer: where it is, where in memory, for that memory itself,
and how it is made anew."""


_QUESTIONS: Final[Mapping[object, Question]] = {
    **dict.fromkeys(_ABOUT_DEVICE, "device"),
    _TENSOR.data_ptr: "address",
    _TENSOR.untyped_storage: "memory",
    _TENSOR._typed_storage: "memory",  # noqa: SLF001 -- seen by function modes
    _TENSOR.storage: "memory",
    _TENSOR.__reduce_ex__: "making",
}


@lru_cache(maxsize=8192)
def is_passive(func: Callable[..., Any]) -> bool:
    """Return whether a function only asks something of a tensor that holds without its values."""
    return func in _PASSIVE


def question(func: Callable[..., Any]) -> Question | None:
    """Return what a function asks of a tensor; None for what it can answer itself."""
    return _QUESTIONS.get(func)


def answer_about_device(func: Callable[..., Any], device: torch.device) -> object:
    """Return what a tensor on that device would answer."""
    name = _ABOUT_DEVICE[func]
    if name == "device":
        return device
    if name == "get_device":
        return -1 if device.type == "cpu" else device.index or 0
    return device.type == name.removeprefix("is_")


@lru_cache(maxsize=8192)
def is_silent(func: Callable[..., Any]) -> bool:
    """Return whether a function changes how a tensor is treated, not its data."""
    name = getattr(func, "__name__", "")
    if name == "__set__":
        name = f"__set__{getattr(getattr(func, '__self__', None), '__name__', '')}"
    return name in _SILENT


@lru_cache(maxsize=8192)
def is_initialiser(func: Callable[..., Any]) -> bool:
    """Return whether a function belongs to ``torch.nn.init``: it fills weights, it computes nothing."""
    return getattr(func, "__module__", None) == "torch.nn.init"
