"""What stands before and after a module call, in the words of the module that makes the call."""

from __future__ import annotations

from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

from visunn_lint import query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from visunn_lint.records import Call, Node
    from visunn_lint.topology import Topology

_MOST_NAMES = 2


def chain(topology: Topology, calls: Sequence[Call]) -> str:
    """Return how data comes to a module and goes on: ``linear1 → relu → linear2``.

    Calls that feed each other are one link (``x → cell ×3 → head``); of others the first is told.
    """
    if not all(_feeds(topology, call, following) for call, following in pairwise(calls)):
        return f"{chain(topology, calls[:1])}, …"
    parent = calls[0].parent[0] if calls[0].parent else ""
    name = _within(parent, calls[0].module) or "forward"
    times = f"{name} ×{len(calls)}" if len(calls) > 1 else name
    before = _shortened(_label(node, parent) for node in _feeding(topology, calls[0]))
    after = _shortened(_label(node, parent) for node in _fed(topology, calls[-1]))
    return " → ".join(part for part in (before, times, after) if part)


def _feeds(topology: Topology, call: Call, following: Call) -> bool:
    """Return whether what a call returns is an argument of another, untouched."""
    returned = {(slot.node, slot.index) for slot in call.outputs if slot.node in topology.nodes}
    return any((slot.node, slot.index) in returned for slot in following.inputs)


def feeds_itself(topology: Topology, calls: Sequence[Call]) -> bool:
    """Return whether what one of the calls returns comes back as an input of a later one, or one makes another."""
    if any(call.parent and call.parent[0] == call.module for call in calls):
        return True
    returned = [topology.nodes[slot.node] for call in calls[:-1] for slot in call.outputs if slot.node]
    downstream = query.reachable(returned, topology.consumers)
    return any(slot.node in downstream for call in calls[1:] for slot in call.inputs)


def _feeding(topology: Topology, call: Call) -> Iterator[Node]:
    yield from (topology.nodes[slot.node] for slot in call.inputs if slot.node in topology.nodes)


def _fed(topology: Topology, call: Call) -> Iterator[Node]:
    """Yield the readers of a call's outputs that ran outside of it."""
    for node in (topology.nodes[slot.node] for slot in call.outputs if slot.node in topology.nodes):
        for reader in topology.consumers(node):
            around = query.calls_around(topology, reader.module, reader.call)
            if all(each.key != call.key for each in around):
                yield reader


def _label(node: Node, parent: str) -> str:
    """Return what a module would call a node: the name of its child that ran it, or the op."""
    if node.kind not in {"op", "opaque"}:
        return "output" if node.kind == "output" else node.label
    return _within(parent, node.module) or node.short_op


def _within(parent: str, path: str) -> str:
    """Return the child of a module that a path leads to, "" if it leads to the module itself or up from it.

    A path that leads elsewhere is cut where it has left the way to the module.
    """
    here, there = parent.split(".") if parent else [], path.split(".") if path else []
    common = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(here, there, strict=False)))
    if common == len(there):
        return ""
    return there[common] if common == len(here) else ".".join(there[: common + 1])


def _shortened(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    rest = ", …" if len(distinct) > _MOST_NAMES else ""
    return ", ".join(distinct[:_MOST_NAMES]) + rest
