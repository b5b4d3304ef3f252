"""What flowed into and out of each call, as the edges across its border tell."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from visunn_lint.pipeline.engines.torchscript.calls import around
from visunn_lint.records import Call, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.pipeline.engines.torchscript.calls import CallKey
    from visunn_lint.records import Node

_STORED = frozenset({"param", "buffer", "const"})


def module_calls(nodes: Mapping[str, Node], parents: Mapping[CallKey, CallKey | None]) -> dict[str, tuple[Call, ...]]:
    """Return the calls by module path, in order.

    The inputs of a call are the tensors that something in it reads and nothing in it made; its
    outputs those made in it that something outside reads. Parameters and constants are neither.
    """
    inputs: defaultdict[CallKey, dict[tuple[str, int], Slot]] = defaultdict(dict)
    outputs: defaultdict[CallKey, dict[tuple[str, int], Slot]] = defaultdict(dict)
    for reader in nodes.values():
        inside = dict.fromkeys(_calls_around(reader, parents))
        for producer, slot, is_entering, call in _crossings(reader, inside, nodes, parents):
            side = inputs[call] if is_entering else outputs[call]
            spec = nodes[producer].output_specs[slot]
            label = (nodes[producer] if is_entering else reader).label or str(len(side))
            if spec is not None:
                side.setdefault((producer, slot), Slot(label, spec, producer, slot))
    calls: defaultdict[str, tuple[Call, ...]] = defaultdict(tuple)
    for key, parent in sorted(parents.items(), key=lambda item: item[0]):
        calls[key[0]] += (Call(*key, tuple(inputs[key].values()), tuple(outputs[key].values()), parent=parent),)
    return calls


def _calls_around(node: Node, parents: Mapping[CallKey, CallKey | None]) -> Iterator[CallKey]:
    if node.call is not None:
        yield from around((node.module, node.call), parents)


def _crossings(
    reader: Node, inside: Mapping[CallKey, None], nodes: Mapping[str, Node], parents: Mapping[CallKey, CallKey | None]
) -> Iterator[tuple[str, int, bool, CallKey]]:
    """Yield the tensors that a node reads with each call whose border they cross on their way, and whether into it."""
    for producer, slot in zip(reader.inputs, reader.input_slots, strict=True):
        if nodes[producer].kind in _STORED or slot >= len(nodes[producer].output_specs):
            continue
        made_in = dict.fromkeys(_calls_around(nodes[producer], parents))
        for call in inside:
            if call not in made_in:
                yield producer, slot, True, call
        for call in made_in:
            if call not in inside:
                yield producer, slot, False, call
