"""A contract of shapes, compared with the calls of a Topology."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal, TypeAlias

from visunn_lint.shapes.errors import IS_OF_EXPRESSION, ShapeExpressionError
from visunn_lint.shapes.parsing import parse
from visunn_lint.shapes.solving import Equation, evaluate, solve
from visunn_lint.shapes.terms import Anything, Operation, Rest, names_in
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from visunn_lint.records import Module, Slot
    from visunn_lint.shapes.solving import Solution
    from visunn_lint.shapes.terms import Dim, ShapeExpression, Tensor
    from visunn_lint.topology import Topology

__tracebackhide__ = IS_OF_EXPRESSION

Side: TypeAlias = Literal["input", "output"]
Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """One tensor at the border of a module call. ``slot`` and ``call`` are "" and 0 where there is only one."""

    module: str
    side: Side
    slot: str = ""
    call: int = 0
    shape: Shape = ()


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name stands for. ``source`` is the term that told, ``place`` the tensor that it was compared with."""

    name: str
    value: int
    source: str
    place: Place


@dataclass(frozen=True, slots=True)
class Unmet:
    """A part of a contract that does not hold.

    ``problem`` says it in a line; where a tensor has another shape, ``expected`` is its expression,
    ``bindings`` what the names in it stand for, ``differences`` the dims that differ, each with the
    reason. ``place`` is None where there is nothing to compare, and ``module`` the path or glob.
    """

    module: str
    problem: str = ""
    expected: str = ""
    place: Place | None = None
    bindings: tuple[Binding, ...] = ()
    differences: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A tensor of the contract and the one of the run that it speaks of."""

    expected: Tensor
    place: Place
    expression: ShapeExpression


@dataclass(slots=True)
class _Comparison:
    """What has been compared so far: dims that are to be equal, and what could not be compared."""

    equations: list[Equation] = field(default_factory=list)
    pairs: list[_Pair] = field(default_factory=list)
    unmet: list[Unmet] = field(default_factory=list)
    """``pairs`` has the pair of each of the ``equations``."""

    def add(self, pair: _Pair) -> None:
        """Pair the dims of a tensor with their sizes, or note that it has more or fewer."""
        dims = aligned(pair.expected.dims, pair.place.shape)
        if dims is None:
            wanted = sum(not isinstance(dim, Rest) for dim in pair.expected.dims)
            least = "at least " if Rest() in pair.expected.dims else ""
            reason = (f"{least}{count(wanted, 'dimension')}", f"but {len(pair.place.shape)} here")
            self.unmet.append(Unmet(pair.place.module, "", pair.expected.shape, pair.place, (), (reason,)))
            return
        for dim, size in dims:
            if not isinstance(dim, Anything | Rest):
                self.equations.append(Equation(dim, size))
                self.pairs.append(pair)


def unmet(topology: Topology, contract: Mapping[str, str]) -> tuple[Unmet, ...]:
    """Return every part of a contract that a Topology does not meet, first what there is nothing to compare with.

    Of a topology whose forward raised only the calls that returned are compared. Raises
    ShapeExpressionError for an expression that cannot be read, or that leaves a name open.
    """
    comparison = _Comparison()
    for pattern, text in contract.items():
        expression = parse(text)
        for module in _modules(topology, pattern, comparison):
            for pair in _pairs(topology, module, expression, comparison):
                comparison.add(pair)
    solution = solve(comparison.equations)
    found = [*comparison.unmet, *_different(comparison, solution)]
    if solution.open_names and not found:
        raise _undetermined(comparison, solution)
    return tuple(found)


def aligned(dims: Sequence[Dim], shape: Shape) -> list[tuple[Dim, int]] | None:
    """Return the dims next to the sizes that they speak of, without ``...``; None if the numbers do not fit."""
    if Rest() not in dims:
        return list(zip(dims, shape, strict=True)) if len(dims) == len(shape) else None
    split = dims.index(Rest())
    before, behind = dims[:split], dims[split + 1 :]
    if len(shape) < len(before) + len(behind):
        return None
    return [*zip(before, shape, strict=False), *zip(behind, shape[len(shape) - len(behind) :], strict=True)]


def _modules(topology: Topology, pattern: str, comparison: _Comparison) -> Iterable[Module]:
    """Return the modules that a pattern stands for and that were called; what is missing is noted."""
    found = (topology[pattern],) if pattern in topology else topology.find(pattern)
    called = [module for module in found if module.calls]
    if not found:
        comparison.unmet.append(Unmet(pattern, _no_module(topology, pattern)))
    elif not called and topology.failure is None:
        comparison.unmet.append(Unmet(pattern, f"`{found[0].path}` is never called"))
    return called


def _no_module(topology: Topology, pattern: str) -> str:
    close = get_close_matches(pattern, [module.path for module in topology], n=3)
    hint = f"; did you mean {' or '.join(f'`{path}`' for path in close)}?" if close else ""
    return f"no module matches `{pattern}`{hint}"


def _pairs(topology: Topology, module: Module, expression: ShapeExpression, comparison: _Comparison) -> Iterator[_Pair]:
    """Yield each tensor of an expression with its counterpart in each call; one that is not there is noted."""
    sides: tuple[tuple[Side, tuple[Tensor, ...]], ...]
    sides = (("input", expression.inputs), ("output", expression.outputs))
    for call in module.calls:
        index = call.index if len(module.calls) > 1 else 0
        for side, tensors in sides:
            shapes = _by_name(topology, call.inputs if side == "input" else call.outputs)
            for number, tensor in enumerate(tensors):
                slot = _slot(shapes, tensor.name, number)
                if slot is None:
                    problem = _no_slot(side, tensor, number, shapes)
                    comparison.unmet.append(Unmet(module.path, problem, tensor.shape))
                else:
                    place = Place(module.path, side, slot if len(shapes) > 1 else "", index, shapes[slot])
                    yield _Pair(tensor, place, expression)


def _by_name(topology: Topology, slots: Sequence[Slot]) -> dict[str, Shape]:
    """Return shapes by slot; a positional input of the model goes by the name of its parameter."""
    found: dict[str, Shape] = {}
    for slot in slots:
        node = topology.nodes.get(slot.node)
        label = node.label if node is not None and node.kind == "input" else ""
        found[label if label and slot.path.isdecimal() and label not in found else slot.path] = slot.spec.shape
    return found


def _slot(shapes: Mapping[str, Shape], name: str, number: int) -> str | None:
    """Return the slot of a name, without one the slot of a number; None if there is none."""
    if name:
        return name if name in shapes else None
    return list(shapes)[number] if number < len(shapes) else None


def _no_slot(side: Side, tensor: Tensor, number: int, shapes: Mapping[str, Shape]) -> str:
    wanted = f"no {side} `{tensor.name}`" if tensor.name else f"no {side} number {number + 1} for `{tensor}`"
    there = ", ".join(f"`{name}`" for name in shapes)
    return f"{wanted}; there is {there}" if there else f"{wanted}; there is no tensor {side} at all"


def _different(comparison: _Comparison, solution: Solution) -> Iterator[Unmet]:
    """Yield what differs, the dims of one tensor together."""
    by_pair: dict[int, list[int]] = {}
    for index in solution.failures:
        by_pair.setdefault(id(comparison.pairs[index]), []).append(index)
    for indices in sorted(map(sorted, by_pair.values())):
        pair = comparison.pairs[indices[0]]
        differences = tuple(_difference(comparison.equations[index], solution, index) for index in indices)
        bindings = tuple(_bindings(pair, comparison, solution))
        yield Unmet(pair.place.module, "", pair.expected.shape, pair.place, bindings, differences)


def _difference(equation: Equation, solution: Solution, index: int) -> tuple[str, str]:
    """Return a dim, with the size that it comes to if it is calculated, and why it does not fit."""
    try:
        value = f" = {evaluate(equation.term, solution.values)}" if isinstance(equation.term, Operation) else ""
    except (KeyError, ValueError):
        value = ""
    return f"{equation.term}{value}", solution.failures[index]


def _bindings(pair: _Pair, comparison: _Comparison, solution: Solution) -> Iterator[Binding]:
    """Yield what the names of a tensor stand for, each once, if another tensor said so."""
    for name in dict.fromkeys(name.name for dim in pair.expected.dims for name in names_in(dim)):
        if name in solution.origins:
            origin = solution.origins[name]
            place = comparison.pairs[origin].place
            if place != pair.place:
                yield Binding(name, solution.values[name], str(comparison.equations[origin].term), place)


def _undetermined(comparison: _Comparison, solution: Solution) -> ShapeExpressionError:
    name = next(iter(solution.open_names.values()))
    pair = next(
        pair
        for pair, equation in zip(comparison.pairs, comparison.equations, strict=True)
        if any(each is name for each in names_in(equation.term))
    )
    problem = f"nothing tells what `{name}` is: let it stand alone somewhere, or write `_`"
    return ShapeExpressionError(problem, pair.expression.text, name.at)
