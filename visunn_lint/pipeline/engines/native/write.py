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
        if record.kind in _HELD:
            writer.add_stored(name, record.kind, record.outputs[0], record.module, record.arguments, record.label)
            continue
        scope = record.scope
        inputs, seen = _reads(record, ledger, names) if record.inputs else ((), None)
        writer.add(
            name,
            record.op,
            record.kind,
            inputs=inputs,
            outputs=record.outputs,
            seen=seen,
            module=scope.module if scope else record.module,
            call=scope.call if scope else None,
            arguments=record.arguments,
            source=record.source,
            label=record.label,
            autograd=record.autograd,
        )


_HELD: Final = frozenset({"param", "buffer"})


def _reads(record: Record, ledger: Ledger, names: list[bytes]) -> tuple[list[bytes], tuple[TensorSpec, ...] | None]:
    """Return what a node reads, and its specs if some differ from what their producers gave out: views written to."""
    inputs: list[bytes] = []
    seen: tuple[TensorSpec, ...] | None = None
    for made, spec in zip(record.inputs, record.seen, strict=True):
        node, slot = made.node, made.slot
        inputs.append(encoded_names([f"{ledger.names[node]}:{slot}"])[0] if slot else names[node])
        if ledger.records[node].outputs[slot] is not spec:
            seen = tuple(record.seen)
    return inputs, seen


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
