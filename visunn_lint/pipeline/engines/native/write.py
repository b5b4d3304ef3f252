"""Writes a recording as GraphDef and module table."""

from __future__ import annotations

from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.collecting import uncollected
from visunn_lint.pipeline.engines.native.blame import blame
from visunn_lint.pipeline.engines.native.wrapping import without_compiler
from visunn_lint.pipeline.graph import Capture, ModuleTable
from visunn_lint.pipeline.graphdef import GraphWriter, Names
from visunn_lint.records import Call, Captured, Module, Slot
from visunn_lint.spec import InputSpec, TensorInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.pipeline.engines.native.observer import RecordedCall, RecordedSlot
    from visunn_lint.pipeline.engines.native.record import Producer, Record, Scope
    from visunn_lint.pipeline.engines.native.run import Recording
    from visunn_lint.records import Rung
    from visunn_lint.spec import TensorSpec

_TOLD: Final = tuple(each.name for each in fields(Module) if each.name not in {"calls", "forward_calls"})
_told: Final = attrgetter(*_TOLD)
"""What a record of a module holds before its calls are put in; ``dataclasses.replace`` takes twice as long."""


@uncollected()
def write(recording: Recording, *, rung: Rung, reason: str = "") -> Capture:
    """Return the capture of a recording."""
    name = type(without_compiler(recording.request.model)).__name__
    names = _node_names(name, recording.records)
    writer = GraphWriter()
    for record, node in zip(recording.records, names, strict=True):
        _add(writer, node, record, names, recording.records)
    captured = Captured(
        engine="native",
        rung=rung,
        mode=recording.request.mode,
        reason=reason,
        inputs=_slots(recording.inputs, names),
        input_spec=_spelled(recording),
    )
    table = ModuleTable(name, tuple(_with_calls(recording, names)), captured, blame(recording))
    return Capture(writer.graph, table, recording.error)


def _node_names(root: str, records: Iterable[Record]) -> list[str]:
    """Return a name for each record: ``ResNet/layer1/0/conv1/conv2d``, a second call's under ``conv1.1``."""
    taken = Names()
    scopes: dict[int, tuple[str, ...]] = {}
    names = []
    for record in records:
        last = record.op.rpartition("::")[2] if record.scope else record.label.rpartition(".")[2] or record.kind
        parts = _scope_parts(record.scope, scopes) if record.scope else _stored_parts(record)
        names.append(taken.take(root, *parts, last))
    return names


def _stored_parts(record: Record) -> tuple[str, ...]:
    if record.kind in {"input", "output"}:
        return (record.kind,)
    return tuple(record.module.split(".")) if record.module else ()


def _scope_parts(scope: Scope, known: dict[int, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the parts of a call's scope, within that of the call around it."""
    parts = known.get(id(scope))
    if parts is None:
        segments = scope.module.split(".") if scope.module else []
        if scope.call and segments:
            segments[-1] = f"{segments[-1]}.{scope.call}"
        parts = known[id(scope)] = tuple(segments)
    return parts


def _add(writer: GraphWriter, name: str, record: Record, names: list[str], records: list[Record]) -> None:
    scope = record.scope
    writer.add(
        name,
        record.op,
        record.kind,
        inputs=[_reference(producer, names) for producer in record.inputs],
        outputs=record.outputs,
        seen=_seen(record, records),
        module=scope.module if scope else record.module,
        call=scope.call if scope else None,
        arguments=record.arguments,
        source=record.source,
        label=record.label,
        autograd=record.autograd,
    )


def _reference(producer: Producer, names: list[str]) -> str:
    return f"{names[producer.node]}:{producer.slot}" if producer.slot else names[producer.node]


def _seen(record: Record, records: list[Record]) -> tuple[TensorSpec, ...] | None:
    """Return the specs of the inputs if some differ from what their producers gave out: views written to."""
    for (node, slot), spec in zip(record.inputs, record.seen, strict=True):
        if records[node].outputs[slot] is not spec:
            return tuple(record.seen)
    return None


def _slots(slots: Iterable[RecordedSlot], names: list[str]) -> tuple[Slot, ...]:
    return tuple(Slot(slot.path, slot.spec, names[slot.producer.node], slot.producer.slot) for slot in slots)


def _with_calls(recording: Recording, names: list[str]) -> Iterable[Module]:
    log = recording.calls
    for module in recording.modules:
        recorded = log.calls.get(module.path)
        if recorded is None:
            yield module
        else:
            calls = tuple(_call(call, names) for call in recorded)
            told = dict(zip(_TOLD, _told(module), strict=True))
            yield Module(**told, calls=calls, forward_calls=log.direct[module.path])


def _call(call: RecordedCall, names: list[str]) -> Call:
    scope = call.scope
    parent = (scope.parent.module, scope.parent.call) if scope.parent else None
    return Call(scope.module, scope.call, _slots(call.inputs, names), _slots(call.outputs, names), scope.source, parent)


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
