"""Writes a recording as GraphDef and module table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.pipeline.engines.native.blame import blame
from visunn_lint.pipeline.engines.native.wrapping import without_compiler
from visunn_lint.pipeline.graph import Capture, ModuleTable
from visunn_lint.pipeline.graphdef import GraphWriter, encoded_names
from visunn_lint.records import Captured
from visunn_lint.spec import InputSpec, TensorInput

if TYPE_CHECKING:
    from visunn_lint.pipeline.engines.native.ledger import Ledger
    from visunn_lint.pipeline.engines.native.record import Record
    from visunn_lint.pipeline.engines.native.run import Recording
    from visunn_lint.records import Rung
    from visunn_lint.spec import TensorSpec


@uncollected()
def write(recording: Recording, *, rung: Rung, reason: str = "") -> Capture:
    """Return the capture of a recording."""
    writer = GraphWriter()
    ledger = recording.ledger
    _write_nodes(writer, ledger)
    captured = Captured(
        engine="native",
        rung=rung,
        mode=recording.request.mode,
        reason=reason,
        inputs=recording.inputs,
        input_spec=_spelled(recording),
    )
    name = type(without_compiler(recording.request.model)).__name__
    table = ModuleTable(name, recording.modules, captured, blame(recording))
    return Capture(writer.encoded(), table, recording.error)


def _write_nodes(writer: GraphWriter, ledger: Ledger) -> None:
    records, names = ledger.records, encoded_names(ledger.names)
    for name, record in zip(names, records, strict=True):
        if record.kind in _STORED:
            writer.add_stored(name, record.kind, record.outputs[0], record.module, record.arguments or {}, record.label)
            continue
        scope, inputs = record.scope, record.inputs
        writer.add(
            name,
            record.op,
            record.kind,
            inputs=[_slot(ledger.names[made.node], made.slot) if made.slot else names[made.node] for made in inputs],
            outputs=record.outputs,
            seen=_seen(record, records),
            module=scope.module if scope else record.module,
            call=scope.call if scope else None,
            arguments=record.arguments,
            source=record.source,
            label=record.label,
            autograd=record.autograd,
        )


_STORED: Final = frozenset({"param", "buffer"})


def _slot(name: str, slot: int) -> bytes:
    return encoded_names([f"{name}:{slot}"])[0]


def _seen(record: Record, records: list[Record]) -> tuple[TensorSpec, ...] | None:
    """Return the specs of the inputs if some differ from what their producers gave out: views written to."""
    for made, spec in zip(record.inputs, record.seen, strict=True):
        if records[made.node].outputs[made.slot] is not spec:
            return tuple(record.seen)
    return None


def _spelled(recording: Recording) -> str:
    """Return the inputs as ``--input`` takes them: floats by shape alone, others with their dtype."""
    slots = recording.inputs
    if any("." in slot.path for slot in slots):
        return ""
    tensors = [
        TensorInput(slot.spec.shape, None if slot.spec.dtype == "float32" else slot.spec.dtype) for slot in slots
    ]
    if len(tensors) == 1 and len(recording.request.args) == 1:
        return str(tensors[0])
    return str(InputSpec((), {slot.path: tensor for slot, tensor in zip(slots, tensors, strict=True)}))
