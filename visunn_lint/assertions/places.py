"""What a pattern stands for in a Topology, and how that is named in a message."""

from __future__ import annotations

from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint import query, source
from visunn_lint.records import Module, Node

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.location import Location
    from visunn_lint.topology import Topology

Place: TypeAlias = Module | Node

_MOST = 8
"""How many places are listed in a message."""


def places(topology: Topology, pattern: str) -> tuple[Place, ...]:
    """Return what a pattern stands for.

    That is the modules whose path or kind it matches (``layer1.*``, ``Conv2d``, ``torch.nn.Batch*``); where there are
    none, the ops of that name (``softmax``); else the inputs and outputs of the model by name (``mask``), or all
    of them (``input``, ``output``). A pattern with ``::`` is about ops alone (``aten::relu``).
    """
    ops = tuple(node for node in topology.ops() if matches_op(node, pattern))
    if "::" in pattern:
        return ops
    modules = tuple(
        module for module in topology if query.matches_path(module, pattern) or query.matches_kind(module, pattern)
    )
    return modules or ops or _borders(topology, pattern)


def matches_op(node: Node, pattern: str) -> bool:
    """Return whether a node's op matches a glob, by its short or full name; ``relu`` is ``relu_`` in place, too."""
    names = {node.op, node.short_op}
    return any(fnmatchcase(name, pattern) for name in names | {name.removesuffix("_") for name in names})


def known_places(topology: Topology, pattern: str) -> tuple[Place, ...]:
    """Return what a pattern stands for; raises AssertionError, with the closest names, if that is nothing."""
    __tracebackhide__ = True
    found = places(topology, pattern)
    if not found:
        raise AssertionError(nothing_matches(topology, pattern))
    return found


def nothing_matches(topology: Topology, pattern: str) -> str:
    """Return that a pattern stands for nothing, and what it may have meant."""
    kinds = {module.short_kind for module in topology}
    names = {module.path for module in topology} | kinds | {node.short_op for node in topology.ops()}
    close = get_close_matches(pattern.strip("*"), sorted(names), n=3)
    hint = f"; did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
    return f"nothing in {topology.name} matches `{pattern}`{hint}"


def name_of(topology: Topology, place: Place) -> str:
    """Return the path of a module, the class of the model itself, the name of an input, else the op."""
    if isinstance(place, Module):
        return place.path or topology.name
    return place.short_op if place.kind in {"op", "opaque"} else f"{place.kind} {place.label}".rstrip()


def listed(topology: Topology, found: Sequence[Place]) -> list[str]:
    """Return a line for each place: its name, its class or the module that runs it, where it stands in the source."""
    first = found[:_MOST]
    names, abouts = [name_of(topology, place) for place in first], [_about(place) for place in first]
    wide, wider = max(map(len, names), default=0), max(map(len, abouts), default=0)
    lines = [
        f"    {name:<{wide}}   {about:<{wider}}{_at(place.source)}".rstrip()
        for name, about, place in zip(names, abouts, first, strict=True)
    ]
    return [*lines, f"    and {len(found) - _MOST} more"] if len(found) > _MOST else lines


def _about(place: Place) -> str:
    if isinstance(place, Module):
        return place.short_kind
    return f"in {place.module}" if place.module else ""


def _at(where: Location | None) -> str:
    return f"   at {source.quoted(where)}" if where is not None else ""


def _borders(topology: Topology, pattern: str) -> tuple[Node, ...]:
    nodes = (node for node in topology.nodes.values() if node.kind in {"input", "output"})
    return tuple(node for node in nodes if pattern in {node.label, node.kind})
