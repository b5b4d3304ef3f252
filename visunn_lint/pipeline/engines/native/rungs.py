"""The rungs of the ladder: what the ops of a run compute on.

``MetaRung`` computes shapes alone, and real values where they are small and known: index
arithmetic, masks and flags that steer control flow stay real, so that a model which branches
on them need not go up to ``RealRung``.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Final, Protocol

import torch
from torch.autograd.graph import increment_version
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn.parameter import is_lazy

from visunn_lint.pipeline.building.device_moves import CPU, META, factories
from visunn_lint.pipeline.engines.native.standins import MetaStandIns, RealStandIns, are_plain, is_plain
from visunn_lint.pipeline.engines.native.structure import replace_tensors
from visunn_lint.pipeline.engines.native.substitutes import on_meta
from visunn_lint.pipeline.engines.native.verdict import UndecidedError, check_decidable
from visunn_lint.pipeline.engines.native.writes import version, written_by

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs, Value
    from visunn_lint.records import Rung as RungName

SMALL: Final = 1 << 16
"""Tensors of at most so many elements may be carried for real."""
_SMALL_WORK: Final = 1 << 22
"""Bound on the product of the operands' sizes for an op that is computed for real."""

_MOST_BYTES: Final = 1 << 28
"""No tensor that was made small is given more than so much memory."""

FROM_DATA: Final = frozenset({torch.tensor, torch.as_tensor, torch.asarray, torch.from_numpy, torch.frombuffer})


class Rung(Protocol):
    """Makes stand-ins for the user's tensors and runs ops on them."""

    name: RungName

    def adopt(self, tensor: Tensor) -> Tensor:
        """Return the stand-in for a tensor of the user's."""
        ...

    def defers(self, tensor: Tensor) -> bool:
        """Return whether the stand-in of a tensor would be a meta tensor of the same layout, and can wait."""
        ...

    def deferring(self, tensors: list[Tensor]) -> list[Tensor]:
        """Return those of many tensors of which that can be told at once; there may be more."""
        ...

    def storage_of_stand_in(self, tensor: Tensor) -> int | None:
        """Return the identity of the memory that stands for that of a tensor; None if nothing does so far."""
        ...

    def memory(self, storage: int) -> int:
        """Return the identity of the memory that a storage stands for: two of them may stand for one."""
        ...

    def run(self, func: Function, args: Args, kwargs: Kwargs, tensors: list[Tensor]) -> Value:
        """Run an op whose arguments hold these tensors, all stand-ins or made by the run."""
        ...

    def forget(self) -> None:
        """Let go of all tensors: the run is over."""
        ...


class RealRung:
    """Runs every op for real, on copies of the user's tensors, where they are."""

    name: RungName = "real"

    def __init__(self) -> None:
        self._stand_ins = RealStandIns()

    def adopt(self, tensor: Tensor) -> Tensor:
        """Return a copy in memory of its own."""
        return self._stand_ins.of(tensor)

    def defers(self, tensor: Tensor) -> bool:  # noqa: ARG002 -- the Protocol's
        """Return False: every op runs, and on real memory."""
        return False

    def deferring(self, tensors: list[Tensor]) -> list[Tensor]:  # noqa: ARG002 -- likewise
        """Return none, as each op runs."""
        return []

    def storage_of_stand_in(self, tensor: Tensor) -> int | None:
        """Return the identity of the memory of what stands for a tensor."""
        return self._stand_ins.storage_id(tensor)

    def memory(self, storage: int) -> int:
        """Return the identity of the storage of the user's that one stands for, of any other its own."""
        return self._stand_ins.original(storage)

    def run(self, func: Function, args: Args, kwargs: Kwargs, tensors: list[Tensor]) -> Value:  # noqa: ARG002 -- the Protocol's
        """Run an op as it is."""
        return func(*args, **kwargs)

    def forget(self) -> None:
        """Let go of all tensors: the run is over."""
        self._stand_ins.forget()


class MetaRung:
    """Runs ops on the meta device, and for real where all operands are small and their values known."""

    name: RungName = "meta"

    def __init__(self) -> None:
        self._meta = MetaStandIns()
        self._real = RealStandIns()
        self._overwritten: dict[int, Tensor] = {}

    def adopt(self, tensor: Tensor) -> Tensor:
        """Return a copy of what may steer control flow (small integers, single numbers), else a meta tensor."""
        if tensor.is_meta or not _steers(tensor):
            return self._meta.of(tensor)
        return self._real.of(tensor)

    def defers(self, tensor: Tensor) -> bool:
        """Return whether the stand-in of a tensor would be a meta tensor of the same layout, and can wait."""
        return (
            is_plain(tensor)
            and not tensor.is_inference()
            and (tensor.requires_grad or tensor.is_meta or not _steers(tensor))
        )

    def deferring(self, tensors: list[Tensor]) -> list[Tensor]:
        """Return the parameters, and what is larger than what may steer control flow, of tensors that are all plain."""
        if not are_plain(tensors) or any(map(torch.Tensor.is_inference, tensors)):
            return []
        return [
            tensor
            for tensor in tensors
            if tensor.requires_grad or tensor.is_meta or (tensor.is_floating_point() and tensor.numel() != 1)
        ]

    def storage_of_stand_in(self, tensor: Tensor) -> int | None:
        """Return the identity of the memory that stands for that of a tensor; None if nothing does so far."""
        return self._meta.storage_id(tensor)

    def memory(self, storage: int) -> int:
        """Return the identity of the storage that one stands for: on meta for one with values, which for the user's."""
        return self._real.original(self._meta.original(storage))

    def run(self, func: Function, args: Args, kwargs: Kwargs, tensors: list[Tensor]) -> Value:
        """Run an op for real if it is small and all its operands are known, else on meta."""
        if not tensors:
            return self._create(func, args, kwargs)
        if not self._needs_meta(func, args, tensors):
            return func(*args, **kwargs)
        check_decidable(func, tensors, args)
        return self._run_on_meta(func, args, kwargs, [tensor for tensor in tensors if not tensor.is_meta])

    def forget(self) -> None:
        """Let go of all tensors: the run is over."""
        self._meta.forget()
        self._real.forget()
        self._overwritten.clear()

    def _run_on_meta(self, func: Function, args: Args, kwargs: Kwargs, known: list[Tensor]) -> Value:
        """Run an op with stand-ins for the operands whose values are known: what it writes into are so no more."""
        if not known and "device" not in kwargs:
            return on_meta(func)(*args, **kwargs)
        args = replace_tensors(args, self._to_meta)
        kwargs = replace_tensors(kwargs, self._to_meta)
        if "device" in kwargs:
            kwargs["device"] = META
        stand_ins = [self._to_meta(tensor) for tensor in known]
        before = [version(stand_in) for stand_in in stand_ins]
        result = on_meta(func)(*args, **kwargs)
        written = written_by(func, args, stand_ins, before)
        originals = {id(stand_in): tensor for stand_in, tensor in zip(stand_ins, known, strict=True)}
        targets = {id(tensor): originals[id(tensor)] for tensor in written if id(tensor) in originals}
        for identity, target in targets.items():
            self._forget_values(target)
            _lay_like(next(tensor for tensor in written if id(tensor) == identity), target)
        return replace_tensors(result, lambda tensor: targets.get(id(tensor), tensor)) if targets else result

    def _create(self, func: Function, args: Args, kwargs: Kwargs) -> Value:
        """Run an op without operands: a small tensor is made for real, a large one on meta."""
        if func in FROM_DATA:
            return func(*args, **{**kwargs, "device": CPU}) if "device" in kwargs else func(*args, **kwargs)
        if func not in factories() or kwargs.get("out") is not None:
            return func(*args, **kwargs)
        sketch = func(*args, **{**kwargs, "device": META})
        if sketch.numel() > SMALL:
            return sketch
        return func(*args, **{**kwargs, "device": CPU})

    def _needs_meta(self, func: Function, args: Args, tensors: list[Tensor]) -> bool:
        if any(tensor.is_meta for tensor in tensors):
            return True
        if self._overwritten and any(self._is_overwritten(tensor) for tensor in tensors):
            return True
        sizes = [tensor.numel() for tensor in tensors if not is_lazy(tensor)]
        return _work(sizes) > _SMALL_WORK or max(sizes, default=0) > SMALL or _allocates_much(func, args)

    def _forget_values(self, tensor: Tensor) -> None:
        """Take note that what a real tensor holds is no longer known: meta data was written into it."""
        self._overwritten[_storage_id(tensor)] = tensor
        _remember_unknown(tensor)
        if not tensor.is_inference():
            increment_version(tensor)

    def _is_overwritten(self, tensor: Tensor) -> bool:
        return not is_lazy(tensor) and _storage_id(tensor) in self._overwritten

    def _to_meta(self, tensor: Tensor) -> Tensor:
        return tensor if tensor.is_meta else self._meta.of(tensor)


def _lay_like(written: Tensor, target: Tensor) -> None:
    """Lay a real tensor as what stood for it lies after a write: ``squeeze_`` and ``out=`` change that as well.

    Raises UndecidedError for one that would take much memory: a run for real decides.
    """
    lying = (written.storage_offset(), written.shape, written.stride())
    if lying == (target.storage_offset(), target.shape, target.stride()) or target.requires_grad:
        return
    storage, size = target.untyped_storage(), written.untyped_storage().nbytes()
    if size > _MOST_BYTES:
        message = "a small tensor was given the memory of a large one: a real run decides"
        raise UndecidedError(message)
    if storage.nbytes() < size:
        storage.resize_(size)
    target.set_(storage, *lying)


def _steers(tensor: Tensor) -> bool:
    if tensor.requires_grad or is_lazy(tensor) or (_unknown and _is_unknown(tensor)):
        return False
    if tensor.is_floating_point() or tensor.is_complex():
        return tensor.numel() == 1
    return tensor.numel() <= SMALL


def _work(sizes: list[int]) -> int:
    """Return a bound on what an op computes: operands of one size are gone through side by side."""
    return max(sizes) if len(set(sizes)) == 1 else prod(sizes)


def _allocates_much(func: Function, args: Args) -> bool:
    """Return whether the size of the result is not bounded by that of the operands and of given data."""
    name = getattr(func, "__name__", "")
    if not name.startswith("new_") or name == "new_tensor":
        return False
    size = args[1] if len(args) > 1 and isinstance(args[1], tuple | list) else args[1:]
    return not (len(args) > 1 and all(type(dim) is int for dim in size) and prod(size) <= SMALL)


_unknown: dict[int, StorageWeakRef] = {}
"""Storages of real tensors whose values a build has lost track of, for the runs that come after it.

The references keep the identity of a storage from being given to another, not its memory.
"""


def _remember_unknown(tensor: Tensor) -> None:
    for identity in [identity for identity, storage in _unknown.items() if storage.expired()]:  # type: ignore[no-untyped-call]  # torch's
        del _unknown[identity]
    _unknown[_storage_id(tensor)] = StorageWeakRef(tensor.untyped_storage())  # type: ignore[no-untyped-call]  # torch's


def _is_unknown(tensor: Tensor) -> bool:
    return tensor.layout == torch.strided and _storage_id(tensor) in _unknown


def _storage_id(tensor: Tensor) -> int:
    identity: int = tensor.untyped_storage()._cdata  # noqa: SLF001 -- data_ptr() is 0 on meta
    return identity
