"""Stand-ins for the user's tensors: the capture computes and writes on these alone.

A stand-in shares storage with the stand-ins of exactly those tensors with which its original
shares storage, so that views and ties behave as they do for real.
"""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

import torch
from torch import nn
from torch._C import _functorch
from torch.nn.parameter import is_lazy

from visunn_lint.errors import InputError
from visunn_lint.text import megabytes

if TYPE_CHECKING:
    from torch import Tensor, UntypedStorage

_PLAIN_TYPES: Final = frozenset({torch.Tensor, nn.Parameter, nn.Buffer})


class _Shared:
    """Stand-ins by tensor and by storage; originals are kept, so that no id is used twice."""

    def __init__(self) -> None:
        self._tensors: dict[int, tuple[Tensor, Tensor]] = {}
        self._storages: dict[int, tuple[UntypedStorage, UntypedStorage]] = {}
        self._originals: dict[int, int] = {}

    def of(self, tensor: Tensor) -> Tensor:
        """Return the stand-in of a tensor, always the same one."""
        known = self._tensors.get(id(tensor))
        if known is not None:
            return known[1]
        with torch._C._DisableFuncTorch():  # noqa: SLF001 -- a transform that runs wraps what is made meanwhile
            made = self._make(tensor)
        self._tensors[id(tensor)] = (tensor, made)
        return made

    def storage_id(self, tensor: Tensor) -> int | None:
        """Return the identity of the storage that stands for that of a tensor; None if none does so far."""
        known = self._storages.get(tensor.untyped_storage()._cdata)  # noqa: SLF001 -- identity of a storage
        return None if known is None else known[1]._cdata  # noqa: SLF001 -- likewise

    def original(self, storage: int) -> int:
        """Return the identity of the storage that one stands for, of any other its own."""
        return self._originals.get(storage, storage)

    def forget(self) -> None:
        """Let go of all tensors."""
        self._tensors.clear()
        self._storages.clear()
        self._originals.clear()

    def _make(self, tensor: Tensor) -> Tensor:
        if is_lazy(tensor):
            return tensor
        if is_wrapped(tensor):
            return wrapped_alike(self.of(_functorch.get_unwrapped(tensor)), tensor)
        if is_plain(tensor):
            return _like_original(self._on_shared_storage(tensor), tensor)
        return self._copy_exotic(tensor)

    def _on_shared_storage(self, tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        known = self._storages.get(storage._cdata)  # noqa: SLF001 -- identity of a storage: data_ptr() is 0 on meta
        if known is None:
            known = self._storages[storage._cdata] = (storage, self._copy_storage(storage))  # noqa: SLF001 -- as above
            self._originals[known[1]._cdata] = storage._cdata  # noqa: SLF001 -- as above
        copy = known[1]
        empty = torch.empty(0, dtype=tensor.dtype, device=copy.device)
        return empty.set_(copy, tensor.storage_offset(), tensor.shape, tensor.stride())

    def _copy_storage(self, storage: UntypedStorage) -> UntypedStorage:
        raise NotImplementedError

    def _copy_exotic(self, tensor: Tensor) -> Tensor:
        raise NotImplementedError


class MetaStandIns(_Shared):
    """Stand-ins on the meta device: shapes, dtypes and strides, neither values nor memory."""

    def _copy_storage(self, storage: UntypedStorage) -> UntypedStorage:
        return _storage(storage.nbytes(), "meta")

    def _copy_exotic(self, tensor: Tensor) -> Tensor:
        return _like_original(tensor.detach().to("meta"), tensor)


class RealStandIns(_Shared):
    """Stand-ins with the values of their originals, zeros for want of any, in memory of their own.

    Raises InputError where there is no such memory.
    """

    def _copy_storage(self, storage: UntypedStorage) -> UntypedStorage:
        copy = _real_storage(storage.nbytes(), "cpu" if storage.device.type == "meta" else str(storage.device))
        if storage.device.type == "meta":
            return _bytes_of(copy).zero_().untyped_storage()
        return _bytes_of(copy).copy_(_bytes_of(storage)).untyped_storage()

    def _copy_exotic(self, tensor: Tensor) -> Tensor:
        return _like_original(tensor.detach().clone(), tensor)


def _storage(size: int, device: str) -> UntypedStorage:
    return torch.empty(size, dtype=torch.uint8, device=device).untyped_storage()


def _real_storage(size: int, device: str) -> UntypedStorage:
    try:
        return _storage(size, device)
    except RuntimeError as error:
        raise too_large(size) from error


def too_large(size: int) -> InputError:
    """Return the error that tells of tensors that a run for real has no memory for."""
    message = f"a run with values takes {megabytes(size)} of memory, which is too much"
    return InputError(message, hint="give smaller inputs")


def _bytes_of(storage: UntypedStorage) -> Tensor:
    return torch.empty(0, dtype=torch.uint8, device=storage.device).set_(storage)


def is_plain(tensor: Tensor) -> bool:
    """Return whether a tensor is no more than a view of a storage."""
    return (
        type(tensor) in _PLAIN_TYPES
        and tensor.layout is torch.strided
        and not tensor.is_quantized
        and not tensor.is_nested
        and not tensor.is_conj()
        and not tensor.is_neg()
    )


def are_plain(tensors: list[Tensor]) -> bool:
    """Return whether all tensors are so: many are asked in a fraction of the time that it takes one by one."""
    return (
        _PLAIN_TYPES.issuperset(map(type, tensors))
        and _STRIDED.issuperset(map(_LAYOUT, tensors))
        and not any(chain.from_iterable([map(is_special, tensors) for is_special in _SPECIAL]))
    )


_STRIDED: Final = frozenset({torch.strided})
_LAYOUT: Final = attrgetter("layout")
_SPECIAL: Final = (attrgetter("is_quantized"), attrgetter("is_nested"), torch.Tensor.is_conj, torch.Tensor.is_neg)


def is_wrapped(tensor: Tensor) -> bool:
    """Return whether a tensor is one that a transform of torch.func made of another: a batch of vmap, or watched."""
    return _functorch.is_batchedtensor(tensor) or _functorch.is_gradtrackingtensor(tensor)


def wrapped_alike(inside: Tensor, wrapped: Tensor) -> Tensor:
    """Return a tensor as a transform has another one; as it is if that transform is over."""
    level = _functorch.maybe_get_level(wrapped)
    if level < 0:
        return inside
    if _functorch.is_batchedtensor(wrapped):
        return _functorch._add_batch_dim(inside, _functorch.maybe_get_bdim(wrapped), level)  # noqa: SLF001 -- no public name
    return _functorch._wrap_for_grad(inside, level)  # noqa: SLF001 -- likewise


def _like_original(copy: Tensor, tensor: Tensor) -> Tensor:
    """Return a copy as parameter, with flags and Python attributes, if the original has them."""
    if isinstance(tensor, nn.Parameter) and type(copy) is torch.Tensor:
        copy = nn.Parameter(copy, requires_grad=tensor.requires_grad)
    elif tensor.requires_grad and not copy.requires_grad:
        copy.requires_grad_()
    for name, value in getattr(tensor, "__dict__", {}).items():
        copy.__dict__.setdefault(name, value)
    return copy
