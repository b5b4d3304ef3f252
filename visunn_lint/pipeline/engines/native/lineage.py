"""Which node made a tensor, and which one a reader of it reads.

Each tensor of a run carries a reference to the node that made it. Data flow through memory, by
views and in-place writes, is told by storage: a reader of a tensor whose storage was written
after the tensor was made reads the last of those writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import msgspec
import torch
from torch._C import _functorch
from torch.multiprocessing.reductions import StorageWeakRef

from visunn_lint.pipeline.engines.native.record import Producer
from visunn_lint.pipeline.engines.native.specs.layout import layout_of
from visunn_lint.pipeline.engines.native.standins import is_wrapped, wrapped_alike
from visunn_lint.pipeline.engines.native.structure import PLAIN_TENSORS
from visunn_lint.pipeline.engines.native.tape import Operand
from visunn_lint.pipeline.engines.native.verdict import UndecidedError
from visunn_lint.pipeline.engines.native.writes import version
from visunn_lint.records import Slot
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Value
    from visunn_lint.pipeline.engines.native.ledger import Ledger
    from visunn_lint.pipeline.engines.native.origins import Origins
    from visunn_lint.pipeline.engines.native.rungs import Rung
    from visunn_lint.pipeline.engines.native.specs.layout import Layout
    from visunn_lint.pipeline.engines.native.tape import Tape

REFERENCE: Final = "_visunn_reference"
"""The attribute that a tensor of a run carries its reference in."""


class Reference(msgspec.Struct, frozen=True, eq=False):
    """What a tensor of the run carries: whose run, which node made it, and what it is, on the device asked for.

    Writes by nodes after ``since`` concern its readers; all do for what stood before the run, where it is -1.
    ``layout`` is how a tensor lies that is on meta, strided, and wrapped in nothing; None of any other. Spec and layout
    are those of ``version``, torch's count of writes: some that change a shape as well are told to nobody.
    """

    lineage: Lineage
    producer: Producer
    spec: TensorSpec
    since: int
    layout: Layout | None
    version: int


class _Met(msgspec.Struct, frozen=True, eq=False):
    """A tensor of the user's, with what stands for it: nothing, as long as no op had to run on it."""

    tensor: Tensor
    stand_in: Tensor | None
    reference: Reference


class Lineage:
    """The tensors of one run. One of the user's that the run meets gets a node, and a stand-in when an op needs it."""

    def __init__(self, rung: Rung, origins: Origins, ledger: Ledger, tape: Tape | None) -> None:
        self._rung = rung
        self._origins = origins
        self._ledger = ledger
        self._tape = tape
        self._met: dict[int, _Met] = {}
        self._written: dict[int, Producer] = {}
        self._last_write = -1
        self._standing: set[int | None] = set()
        self._wrote_before = False
        self._owners: dict[int, tuple[Reference, object]] = {}
        self._specs: dict[tuple[tuple[int, ...], torch.dtype, str], TensorSpec] = {}
        self._is_on_cpu = True
        self._of_layouts: dict[tuple[Layout, str], TensorSpec] = {}
        self._lying: dict[object, tuple[Layout, tuple[TensorSpec]]] = {}
        self._places = origins.places
        self._deferring = frozenset(map(id, rung.deferring(origins.stored)))

    def knows(self, tensor: Tensor) -> bool:
        """Return whether a tensor is of this run: made by it, or a stand-in."""
        return self._reference(tensor) is not None

    def adopt(self, tensor: Tensor) -> Tensor:
        """Return what stands for a tensor in this run: itself if the run made it, else its stand-in."""
        if self._reference(tensor) is not None:
            return tensor
        known = self._met.get(id(tensor))
        if known is not None:
            return known.stand_in if known.stand_in is not None else self._stand_in(known)
        owner = self._owner(tensor)
        if owner is not None:
            spec = self.spec_on(tensor, owner.spec.device)
            setattr(tensor, REFERENCE, msgspec.structs.replace(owner, spec=spec, layout=None))
            return tensor
        return self._meet_stand_in(tensor)

    def foreseeable(self, tensor: Tensor) -> tuple[Tensor, Reference] | None:
        """Return what an op reads in the place of a tensor, without making it a stand-in.

        None for one that has no layout to foresee anything by.
        """
        reference: Reference | None = getattr(tensor, REFERENCE, None)
        if reference is None or reference.lineage is not self:
            known = self._met.get(id(tensor))
            if known is None:
                defers = id(tensor) in self._deferring or self._rung.defers(tensor)
                if not defers or tensor.untyped_storage()._cdata in self._owners:  # noqa: SLF001 -- see storage_id
                    return None
                return tensor, self._meet(tensor)
            reference = known.reference
            if known.stand_in is not None:
                tensor = known.stand_in
                reference = getattr(tensor, REFERENCE)  # an op may have changed it since
        if reference.layout is None:
            return None
        if reference.version != tensor._version:  # noqa: SLF001 -- it has no public name
            reference = self._looked_at_again(tensor, reference)
            return (tensor, reference) if reference.layout is not None else None
        return tensor, reference

    def _looked_at_again(self, tensor: Tensor, reference: Reference) -> Reference:
        """Return the reference of a tensor whose memory, and with it perhaps its shape, was written since."""
        layout, spec = _plain_layout(tensor), self.spec_on(tensor, reference.spec.device)
        again = Reference(self, reference.producer, spec, reference.since, layout, version(tensor))
        known = self._met.get(id(tensor))
        if known is None:
            setattr(tensor, REFERENCE, again)
        else:
            self._met[id(tensor)] = msgspec.structs.replace(known, reference=again)
        return again

    def stand_in_if_any(self, tensor: Tensor) -> Tensor:
        """Return the stand-in of a tensor if the run has made one, else the tensor itself."""
        known = self._met.get(id(tensor)) if self._reference(tensor) is None else None
        return tensor if known is None or known.stand_in is None else known.stand_in

    def made(self, tensor: Tensor, node: int, slot: int, spec: TensorSpec) -> None:
        """Take note of which node made a tensor."""
        self._refer(tensor, Reference(self, Producer(node, slot), spec, node, _plain_layout(tensor), version(tensor)))

    def made_plain(self, tensor: Tensor, producer: Producer, spec: TensorSpec, layout: Layout) -> None:
        """Take note of which node made a tensor that is plain for sure, and lies so."""
        storage = tensor.untyped_storage()
        reference = Reference(self, producer, spec, producer.node, layout, tensor._version)  # noqa: SLF001 -- it has no public name
        setattr(tensor, REFERENCE, reference)
        self._owners[storage._cdata] = (reference, storage)  # noqa: SLF001 -- it has no public name

    def _refer(self, tensor: Tensor, reference: Reference) -> None:
        setattr(tensor, REFERENCE, reference)
        storage = storage_id(tensor)
        if storage is not None:
            self._owners[storage] = (reference, _keeper(tensor))

    def wrote(self, tensor: Tensor, node: int) -> None:
        """Take note of which node wrote into a tensor: from here on, who reads its memory reads that node."""
        storage = storage_id(tensor)
        if storage is not None:
            self._written[self._rung.memory(storage)] = Producer(node, 0)
            self._last_write = max(node, self._last_write)
            self._wrote_before = self._wrote_before or storage in self._standing

    def producer(self, tensor: Tensor) -> Producer:
        """Return the node that a reader of this tensor reads: who made it, or wrote into it since."""
        reference = self._reference(tensor)
        if reference is None:
            tensor = self.adopt(tensor)
            reference = cast("Reference", self._reference(tensor))
        return self.read(tensor, reference)

    def read(self, tensor: Tensor, reference: Reference) -> Producer:
        """Return the node that a reader of a tensor with this reference reads."""
        since = reference.since
        if since >= self._last_write or (since < 0 and not self._wrote_before):
            return reference.producer
        is_plain = since >= 0 and reference.layout is not None
        storage = tensor.untyped_storage()._cdata if is_plain else self.memory(tensor, reference)  # noqa: SLF001 -- see storage_id
        written = self._written.get(self._rung.memory(storage)) if storage is not None else None
        return reference.producer if written is None or written.node <= since else written

    def reads(self, operands: list[tuple[Tensor, Reference]]) -> list[Producer]:
        """Return the nodes that a reader of tensors with these references reads."""
        last, unwritten = self._last_write, None if self._wrote_before else -1
        return [
            reference.producer
            if (since := reference.since) >= last or since == unwritten
            else self.read(tensor, reference)
            for tensor, reference in operands
        ]

    def memory(self, tensor: Tensor, reference: Reference) -> int | None:
        """Return the identity of the memory that ops of this run use for a tensor; None if none has so far."""
        if reference.since >= 0 or self.knows(tensor):
            return storage_id(tensor)
        return self._rung.storage_of_stand_in(tensor)

    def address(self, tensor: Tensor) -> int:
        """Return what stands for the address of a tensor: equal for two that begin at the same place of one memory."""
        storage = storage_id(tensor)
        return self._rung.memory(storage or 0) + int(tensor.storage_offset()) * tensor.element_size()

    def operand(self, tensor: Tensor) -> Operand:
        """Return the node that made this tensor as an object, whoever wrote into it since."""
        reference = self._reference(tensor) or cast("Reference", self._reference(self.adopt(tensor)))
        return Operand(reference.producer.node, reference.producer.slot)

    def spec(self, tensor: Tensor) -> TensorSpec:
        """Return shape, dtype and the device asked for; of a tensor of the user's as the run has left it."""
        return self.spec_on(self.stand_in_if_any(tensor), self.device(tensor))

    def slot(self, path: str, tensor: Tensor) -> Slot:
        """Return what a tensor is at some place among the inputs or outputs of a call."""
        known: Reference | None = getattr(tensor, REFERENCE, None)
        if (
            known is None or known.lineage is not self or known.layout is None or known.version != tensor._version  # noqa: SLF001 -- as above
        ):
            spec, producer = self.spec(tensor), self.producer(tensor)
        else:
            spec = known.spec
            producer = known.producer if known.since >= self._last_write else self.read(tensor, known)
        return Slot(path, spec, self._ledger.names[producer.node], producer.slot)

    def spec_on(self, tensor: Tensor, device: str) -> TensorSpec:
        """Return shape and dtype with a device; equal specs are one object."""
        return self._spec(_shape(tensor, self._rung), tensor.dtype, device)

    def spec_of(self, layout: Layout, device: str) -> TensorSpec:
        """Return the spec of what lies so; equal ones are one object."""
        key = (layout, device)
        spec = self._of_layouts.get(key)
        if spec is None:
            spec = self._of_layouts[key] = self._spec(layout.shape, layout.dtype, device)
        return spec

    def _spec(self, shape: tuple[int, ...], dtype: torch.dtype, device: str) -> TensorSpec:
        key = (shape, dtype, device)
        spec = self._specs.get(key)
        if spec is None:
            spec = self._specs[key] = TensorSpec(tuple(shape), str(dtype).removeprefix("torch."), device)
            self._is_on_cpu = self._is_on_cpu and device == "cpu"
        return spec

    def device_among(self, specs: list[TensorSpec]) -> str:
        """Return where the result of an op on such tensors is: a number on the CPU goes with any other device."""
        if self._is_on_cpu:
            return "cpu"
        return next((spec.device for spec in specs if spec.device != "cpu"), "cpu")

    def device(self, tensor: Tensor) -> str:
        """Return the device that the model asked for this tensor to be on."""
        reference = self._reference(tensor)
        return reference.spec.device if reference else self._origins.device(tensor)

    def forget(self) -> None:
        """Let go of all tensors, so that neither they nor the records wait for the garbage collector.

        Each of them refers to this object: what it holds of them makes circles.
        """
        self._met.clear()
        self._owners.clear()
        self._rung.forget()

    def _meet(self, tensor: Tensor) -> Reference:
        """Give a plain tensor of the user's its node, and no stand-in as yet."""
        device = self._origins.device(tensor)
        key = (tensor.shape, tensor.stride(), tensor.dtype, device)
        known = self._lying.get(key)  # equal specs and layouts are one object: many are compared
        if known is None:
            layout = layout_of(tensor)
            known = self._lying[key] = (layout, (self.spec_of(layout, device),))
        layout, specs = known
        producer = Producer(self._node(tensor, specs), 0)
        reference = Reference(self, producer, specs[0], -1, layout, tensor._version)  # noqa: SLF001 -- it has no public name
        self._met[id(tensor)] = _Met(tensor, None, reference)
        return reference

    def _meet_stand_in(self, tensor: Tensor) -> Tensor:
        """Make the stand-in of a tensor of the user's, and the node that it comes from."""
        if is_wrapped(tensor):
            return self._wrap_stand_in(tensor)
        stand_in = self._rung.adopt(tensor)
        spec = self.spec_on(stand_in, self._origins.device(tensor))
        producer = Producer(self._node(tensor, (spec,)), 0)
        reference = Reference(self, producer, spec, -1, _plain_layout(stand_in), version(tensor))
        self._met[id(tensor)] = _Met(tensor, stand_in, reference)
        return self._stands(stand_in, reference)

    def _wrap_stand_in(self, tensor: Tensor) -> Tensor:
        """Wrap what stands for a tensor as a transform has wrapped that where the run did not see it."""
        inside = self.adopt(_functorch.get_unwrapped(tensor))
        stand_in = wrapped_alike(inside, tensor)
        known = cast("Reference", self._reference(inside))
        spec = self.spec_on(stand_in, known.spec.device)
        reference = msgspec.structs.replace(known, spec=spec, layout=None)
        self._met[id(tensor)] = _Met(tensor, stand_in, reference)
        setattr(stand_in, REFERENCE, reference)
        return stand_in

    def _stand_in(self, known: _Met) -> Tensor:
        """Make the stand-in of a tensor that has its node."""
        stand_in = self._rung.adopt(known.tensor)
        self._met[id(known.tensor)] = msgspec.structs.replace(known, stand_in=stand_in)
        return self._stands(stand_in, known.reference)

    def _stands(self, stand_in: Tensor, reference: Reference) -> Tensor:
        self._refer(stand_in, reference)
        self._standing.add(storage_id(stand_in))
        return stand_in

    def _node(self, tensor: Tensor, specs: tuple[TensorSpec]) -> int:
        place = self._places.get(id(tensor))
        if place is not None:
            kind, module, name = place
            node = self._ledger.add_stored(kind, module, name, specs, requires_grad=tensor.requires_grad)
        else:
            node = self._ledger.add(self._origins.record(tensor, specs[0]))
        if self._tape is not None:
            self._tape.sources[node] = tensor
        return node

    def _owner(self, tensor: Tensor) -> Reference | None:
        """Return the reference of a tensor's storage: it may be another view of what the run made."""
        storage = storage_id(tensor)
        known = self._owners.get(storage) if storage is not None else None
        return known[0] if known else None

    def _reference(self, tensor: Tensor) -> Reference | None:
        reference: Reference | None = getattr(tensor, REFERENCE, None)
        return reference if reference is not None and reference.lineage is self else None


def _plain_layout(tensor: Tensor) -> Layout | None:
    """Return the layout of a tensor on meta, strided and wrapped in nothing; None of any other."""
    is_plain = (
        type(tensor) in PLAIN_TENSORS
        and tensor.is_meta
        and tensor.layout is torch.strided
        and not tensor.is_nested
        and not tensor.is_inference()
        and not _functorch.is_functorch_wrapped_tensor(tensor)
    )
    return layout_of(tensor) if is_plain else None


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


def _shape(tensor: Tensor, rung: Rung) -> torch.Size:
    return _padded_shape(tensor, rung) if tensor.is_nested else tensor.shape


def _padded_shape(tensor: Value, rung: Rung) -> torch.Size:
    """Return the shape that a nested tensor has once it is padded: of itself it has no one shape.

    In a run for real, one without values is torch's own, which stands for any other in its calls: it is empty.
    """
    if tensor.layout != torch.jagged:
        sizes = tensor._nested_tensor_size()  # noqa: SLF001 -- it has no public name
        return torch.Size([len(sizes), *sizes.amax(0).tolist()])
    lengths = tensor.offsets().diff() if tensor.lengths() is None else tensor.lengths()
    if lengths.is_meta and rung.name == "meta":
        message = "the shape of a nested tensor depends on values: a real run decides"
        raise UndecidedError(message)
    longest = 0 if lengths.is_meta else int(lengths.max())
    return torch.Size(size if isinstance(size, int) else longest for size in tensor.shape)
