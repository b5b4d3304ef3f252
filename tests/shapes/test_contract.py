"""Whole contracts are met where a search through all alignments and all numbers finds a way to meet them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.shapes.strategies import names, numbers
from visunn_lint.records import Call, Captured, Module, Slot
from visunn_lint.shapes import unmet
from visunn_lint.shapes.solving import evaluate
from visunn_lint.shapes.terms import Anything, Name, Operation, Rest, ShapeExpression, Tensor, names_in
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.shapes.terms import Dim

_NAMES = ("h", "w")
_SIZES = range(7)

_shapes = st.lists(st.integers(1, 4), max_size=3).map(tuple)
_lone = st.sampled_from([Name(name) for name in _NAMES])
_calculated = st.builds(Operation, st.sampled_from(["+", "-", "*", "/", "//"]), _lone, numbers)


@st.composite
def _tensors(draw: st.DrawFn) -> Tensor:
    dims: list[Dim] = [*draw(st.lists(_lone | numbers | st.just(Anything()) | _calculated, max_size=3))]
    if draw(st.booleans()):
        dims.insert(draw(st.integers(0, len(dims))), Rest())
    return Tensor(tuple(dims))


def _topology(inputs: tuple[int, ...], outputs: tuple[int, ...]) -> Topology:
    slots = [Slot("0", TensorSpec(shape, "float32")) for shape in (inputs, outputs)]
    call = Call("", 0, (slots[0],), (slots[1],))
    return Topology("Net", {"": Module("", "net.Net", calls=(call,))}, {}, Captured("native", "meta"))


def _written_out(dims: Sequence[Dim], length: int) -> Iterator[list[Dim]]:
    """Yield the dims with ``...`` as that many ``_`` that there are ``length`` dims, nothing if none will do."""
    for fill in range(length + 1):
        written = [each for dim in dims for each in ([Anything()] * fill if dim == Rest() else [dim])]
        if len(written) == length:
            yield written
            return


def _fits(dim: Dim, size: int, values: dict[str, int]) -> bool:
    if isinstance(dim, Anything | Rest):
        return True
    try:
        return evaluate(dim, values) == size
    except ValueError:
        return False


def _search(pairs: Sequence[tuple[Tensor, tuple[int, ...]]]) -> bool:
    written = [list(_written_out(tensor.dims, len(shape))) for tensor, shape in pairs]
    if not all(written):
        return False
    dims = [pair for (only,), (_, shape) in zip(written, pairs, strict=True) for pair in zip(only, shape, strict=True)]
    tries = (dict(zip(_NAMES, values, strict=True)) for values in product(_SIZES, repeat=len(_NAMES)))
    return any(all(_fits(dim, size, values) for dim, size in dims) for values in tries)


@given(_tensors(), _tensors(), _shapes, _shapes, st.permutations([0, 1]))
def test_a_contract_is_met_where_a_search_meets_it(
    first: Tensor, second: Tensor, inputs: tuple[int, ...], outputs: tuple[int, ...], order: list[int]
) -> None:
    """With every name alone in some dim, what is told of a call is what trying all numbers tells."""
    alone = Tensor((Name("h"), Name("w")))
    known = (2, 4)
    topology = _topology(inputs, outputs)
    extra = Module("known", "net.Known", calls=(_topology(known, known)[""].calls[0],))
    whole = Topology("Net", {**topology.modules, "known": extra}, {}, topology.captured)
    entries = [("", str(ShapeExpression((first,), (second,)))), ("known", str(ShapeExpression((alone,), ())))]
    contract = dict(entries[index] for index in order)
    assert (unmet(whole, contract) == ()) == _search([(first, inputs), (second, outputs), (alone, known)])


@given(names, st.integers(1, 4), st.integers(1, 4))
def test_a_name_is_one_number_all_over_a_contract(name: Name, one: int, other: int) -> None:
    """Two dims of one name are equal, in one expression and in two."""
    topology = _topology((one,), (other,))
    assert (unmet(topology, {"": f"{name} -> {name}"}) == ()) == (one == other)
    assert (unmet(topology, {"": f"{name} ->", "*": f"-> {name}"}) == ()) == (one == other)


def test_variables_of_an_expression_are_listed_as_often_as_they_stand() -> None:
    """The names of a dim are found inside its calculations."""
    assert [each.name for each in names_in(Operation("+", Name("h"), Operation("*", Name("w"), Name("h"))))] == [
        "h",
        "w",
        "h",
    ]
