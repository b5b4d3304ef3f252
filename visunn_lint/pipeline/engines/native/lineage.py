"""Which node made a tensor, and which one a reader of it reads.

Each tensor of a run carries a reference to the node that made it. Data flow through memory, by
views and in-place writes, is told by storage: a reader of a tensor whose storage was written
after the tensor was made reads the last of those writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import torch
from torch._C import _functorch
from torch.multiprocessing.reductions import StorageWeakRef

from visunn_lint.pipeline.engines.native.record import Producer
from visunn_lint.pipeline.engines.native.tape import Operand
from visunn_lint.pipeline.engines.native.verdict import UndecidedError
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Value
    from visunn_lint.pipeline.engines.native.origins import Origins
    from visunn_lint.pipeline.engines.native.record import Record
    from visunn_lint.pipeline.engines.native.rungs import Rung
    from visunn_lint.pipeline.engines.native.tape import Tape

_REFERENCE: Final = "_visunn_reference"


class _Reference(NamedTuple):
    """What a tensor of the run carries: whose run, which node made it, and where it was asked to be.

    Writes by nodes after ``since`` concern its readers; all do for what stood before the run.
    """

    lineage: Lineage
    node: int
    slot: int
    device: str
    since: int


class Lineage:
    """The tensors of one run. A tensor of the user's that the run meets gets a stand-in and a node."""

    def __init__(self, rung: Rung, origins: Origins, records: list[Record], tape: Tape | None) -> None:
        self._rung = rung
        self._origins = origins
        self._records = records
        self._tape = tape
        self._stand_ins: dict[int, tuple[Tensor, Tensor]] = {}
        self._written: dict[int, Producer] = {}
        self._owners: dict[int, tuple[_Reference, object]] = {}
        self._specs: dict[tuple[torch.Size, torch.dtype, str], TensorSpec] = {}

    def knows(self, tensor: Tensor) -> bool:
        """Return whether a tensor is of this run: made by it, or a stand-in."""
        return self._reference(tensor) is not None

    def adopt(self, tensor: Tensor) -> Tensor:
        """Return what stands for a tensor in this run: itself if the run made it, else its stand-in."""
        if self._reference(tensor) is not None:
            return tensor
        known = self._stand_ins.get(id(tensor))
        if known is not None:
            return known[1]
        owner = self._owner(tensor)
        if owner is not None:
            setattr(tensor, _REFERENCE, owner)
            return tensor
        return self._stand_in(tensor)

    def stand_in_if_any(self, tensor: Tensor) -> Tensor:
        """Return the stand-in of a tensor if the run has met it, else the tensor itself."""
        known = self._stand_ins.get(id(tensor))
        return known[1] if known is not None else tensor

    def made(self, tensor: Tensor, node: int, slot: int, device: str) -> None:
        """Take note of which node made a tensor."""
        self._refer(tensor, _Reference(self, node, slot, device, since=node))

    def _refer(self, tensor: Tensor, reference: _Reference) -> None:
        setattr(tensor, _REFERENCE, reference)
        storage = storage_id(tensor)
        if storage is not None:
            self._owners[storage] = (reference, _keeper(tensor))

    def wrote(self, tensor: Tensor, node: int) -> None:
        """Take note of which node wrote into a tensor: from here on, who reads its memory reads that node."""
        storage = storage_id(tensor)
        if storage is not None:
            self._written[storage] = Producer(node, 0)

    def producer(self, tensor: Tensor) -> Producer:
        """Return the node that a reader of this tensor reads: who made it, or wrote into it since."""
        reference = self._reference(tensor)
        if reference is None:
            return self.producer(self.adopt(tensor))
        if self._written:
            storage = storage_id(tensor)
            written = self._written.get(storage) if storage is not None else None
            if written is not None and written.node > reference.since:
                return written
        return Producer(reference.node, reference.slot)

    def operand(self, tensor: Tensor) -> Operand:
        """Return the node that made this tensor as an object, whoever wrote into it since."""
        reference = self._reference(tensor)
        if reference is None:
            return self.operand(self.adopt(tensor))
        return Operand(reference.node, reference.slot)

    def spec(self, tensor: Tensor) -> TensorSpec:
        """Return shape, dtype and the device asked for."""
        return self.spec_on(tensor, self.device(tensor))

    def spec_on(self, tensor: Tensor, device: str) -> TensorSpec:
        """Return shape and dtype with a device; equal specs are one object."""
        shape = _shape(tensor)
        key = (shape, tensor.dtype, device)
        spec = self._specs.get(key)
        if spec is None:
            spec = self._specs[key] = TensorSpec(tuple(shape), str(tensor.dtype).removeprefix("torch."), device)
        return spec

    def device(self, tensor: Tensor) -> str:
        """Return the device that the model asked for this tensor to be on."""
        reference = self._reference(tensor)
        return reference.device if reference else self._origins.device(tensor)

    def forget(self) -> None:
        """Let go of all tensors, so that their memory does not wait for the garbage collector."""
        self._stand_ins.clear()
        self._owners.clear()

    def _stand_in(self, tensor: Tensor) -> Tensor:
        """Make the stand-in of a tensor of the user's, and the node that it comes from."""
        stand_in = self._rung.adopt(tensor)
        self._stand_ins[id(tensor)] = (tensor, stand_in)
        device = self._origins.device(tensor)
        node = len(self._records)
        self._records.append(self._origins.record(tensor, self.spec_on(stand_in, device)))
        self._refer(stand_in, _Reference(self, node, 0, device, since=-1))
        if self._tape is not None:
            self._tape.sources[node] = tensor
        return stand_in

    def _owner(self, tensor: Tensor) -> _Reference | None:
        """Return the reference of a tensor's storage: it may be another view of what the run made."""
        storage = storage_id(tensor)
        known = self._owners.get(storage) if storage is not None else None
        return known[0] if known else None

    def _reference(self, tensor: Tensor) -> _Reference | None:
        reference: _Reference | None = getattr(tensor, _REFERENCE, None)
        return reference if reference is not None and reference.lineage is self else None


def storage_id(tensor: Tensor) -> int | None:
    """Return the identity of a tensor's memory; None for what has no storage of its own to speak of.

    ``data_ptr()`` is 0 on meta, and ``_is_view()`` False for detached tensors: neither serves.
    """
    try:
        identity: int = tensor.untyped_storage()._cdata  # noqa: SLF001 -- it has no public name
    except (RuntimeError, NotImplementedError, ValueError):
        return storage_id(_functorch.get_unwrapped(tensor)) if _functorch.is_functorch_wrapped_tensor(tensor) else None
    return identity


def _keeper(tensor: Tensor) -> object:
    """Return what keeps a storage's identity from being given to another, without keeping real memory."""
    if _functorch.is_functorch_wrapped_tensor(tensor):
        return _keeper(_functorch.get_unwrapped(tensor))
    storage = tensor.untyped_storage()
    return storage if tensor.is_meta else StorageWeakRef(storage)  # type: ignore[no-untyped-call]  # torch's


def _shape(tensor: Tensor) -> torch.Size:
    return _padded_shape(tensor) if tensor.is_nested else tensor.shape


def _padded_shape(tensor: Value) -> torch.Size:
    """Return the shape that a nested tensor has once it is padded: of itself it has no one shape."""
    if tensor.layout != torch.jagged:
        sizes = tensor._nested_tensor_size()  # noqa: SLF001 -- it has no public name
        return torch.Size([len(sizes), *sizes.amax(0).tolist()])
    lengths = tensor.offsets().diff() if tensor.lengths() is None else tensor.lengths()
    if lengths.is_meta:
        message = "the shape of a nested tensor depends on values: a real run decides"
        raise UndecidedError(message)
    return torch.Size(size if isinstance(size, int) else int(lengths.max()) for size in tensor.shape)
