"""A broken contract in words that a person takes in at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.shapes.contract import unmet
from visunn_lint.shapes.errors import ShapeMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.shapes.contract import Binding, Place, Shape, Unmet
    from visunn_lint.topology import Topology

_MOST = 3
"""How many differences are told in full."""


def assert_shapes(topology: Topology, contract: Mapping[str, str]) -> None:
    """Fail where shapes differ from a contract: shape expressions by globs of module paths.

    An expression tells the dims of what a module takes and returns: ``b 3 h w -> b 64 h/2 w/2``.
    A name is one number all over the contract, ``_`` any, ``...`` any number of dims; ``+ - * //``
    and ``/``, which has to divide exactly, calculate. ``tokens: b t -> logits: b t 100`` names slots
    of several inputs or outputs, else they count from left to right. What is not mentioned may be
    anything. Raises ShapeMismatch with what each name was bound to and where, ShapeExpressionError
    for an expression that cannot be read.
    """
    __tracebackhide__ = True
    found = unmet(topology, contract)
    if found:
        told = "\n".join("\n".join(_told(topology, each)) for each in found[:_MOST])
        rest = ", ".join(dict.fromkeys(each.module or topology.name for each in found[_MOST:]))
        raise ShapeMismatch(f"{told}\nand {len(found) - _MOST} more: {rest}" if rest else told)


def shown_unmet(topology: Topology, each: Unmet) -> str:
    """Return in one line what does not hold."""
    if each.place is None:
        return f"{each.module or topology.name}: {each.problem}" if each.expected else each.problem
    what = _side(each.place)
    return f"{_module(topology, each.place)}: expected {what} `{each.expected}`, got {_shown(each.place.shape)}"


def _rows(topology: Topology, each: Unmet) -> list[tuple[str, str]]:
    """Return what names stand for and where that was read, then which dims differ and how."""
    rows = [(f"{bound.name} = {bound.value}", _read_from(topology, bound)) for bound in each.bindings]
    return [*rows, *each.differences]


def shown_binding(topology: Topology, bound: Binding) -> str:
    """Return in a few words what a name stands for, and where that was read."""
    return f"{bound.name} = {bound.value} {_read_from(topology, bound)}"


def _shown(shape: Shape) -> str:
    """Return ``2×10``, or ``a scalar``."""
    return "×".join(map(str, shape)) or "a scalar"


def _told(topology: Topology, each: Unmet) -> Iterator[str]:
    yield shown_unmet(topology, each)
    rows = _rows(topology, each)
    width = max((len(left) for left, _ in rows), default=0)
    yield from (f"    {left:<{width}}   {right}" for left, right in rows)
    module = topology.modules.get(each.place.module if each.place else each.module)
    if module is not None and module.source is not None:
        yield f"  at {source.quoted(module.source)}"


def _read_from(topology: Topology, bound: Binding) -> str:
    place, told = bound.place, "" if bound.source == bound.name else f" ({bound.source})"
    return f"from {_module(topology, place)} {_side(place)} {_shown(place.shape)}{told}"


def _module(topology: Topology, place: Place) -> str:
    times = f", call {place.call + 1}" if len(topology[place.module].calls) > 1 else ""
    return f"{place.module or topology.name}{times}"


def _side(place: Place) -> str:
    return f"{place.side} {place.slot}" if place.slot else place.side
