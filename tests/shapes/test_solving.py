"""Names are solved for as a search through all numbers would find them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from hypothesis import assume, given
from hypothesis import strategies as st

from visunn_lint.shapes.contract import aligned
from visunn_lint.shapes.parsing import parse
from visunn_lint.shapes.solving import Equation, evaluate, solve
from visunn_lint.shapes.terms import Anything, Name, Number, Operation, Rest, names_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.shapes.solving import Solution
    from visunn_lint.shapes.terms import Dim, Term

_MOST = 40
"""The largest number that the search tries."""

_variables = st.sampled_from(["h", "w"]).map(Name)
_operators = st.sampled_from(["+", "-", "*", "/", "//"])
_leaves = _variables | st.integers(0, 3).map(Number)
_terms = st.recursive(_leaves, lambda inner: st.builds(Operation, _operators, inner, inner), max_leaves=3)
_sizes = st.integers(0, 6)
_equations = st.lists(st.builds(Equation, _terms, _sizes), min_size=1, max_size=4)


def _solved(*pairs: tuple[str, int]) -> Solution:
    return solve([Equation(_term(text), size) for text, size in pairs])


def _term(text: str) -> Term:
    (dim,) = parse(text).outputs[0].dims
    assert not isinstance(dim, Anything | Rest)
    return dim


def _holds(equation: Equation, values: dict[str, int]) -> bool:
    try:
        return evaluate(equation.term, values) == equation.size
    except ValueError:
        return False


def _search(equations: Sequence[Equation]) -> list[dict[str, int]]:
    names = sorted({name.name for equation in equations for name in names_in(equation.term)})
    tries = (dict(zip(names, values, strict=True)) for values in product(range(_MOST + 1), repeat=len(names)))
    return [values for values in tries if all(_holds(equation, values) for equation in equations)]


@given(_equations)
def test_solutions_are_those_of_a_search(equations: list[Equation]) -> None:
    """What is solved has that solution alone; what fails has none."""
    solution = solve(equations)
    assume(not solution.open_names or solution.failures)
    assume(all(value <= _MOST for value in solution.values.values()))
    assert _search(equations) == ([] if solution.failures else [solution.values])


@given(st.integers(1, 6), st.integers(1, 6), st.lists(_terms, max_size=4))
def test_names_that_stand_alone_leave_nothing_open(height: int, width: int, terms: list[Term]) -> None:
    """Where each name is a dim of its own, every expression can be told right or wrong."""
    equations = [Equation(Name("h"), height), Equation(Name("w"), width), *(Equation(term, 4) for term in terms)]
    values = {"h": height, "w": width}
    solution = solve(equations)
    assert (solution.values, solution.open_names) == (values, {})
    assert list(solution.failures) == [index for index, each in enumerate(equations) if not _holds(each, values)]


def test_a_name_is_solved_for_where_only_one_number_fits() -> None:
    """A linear term determines its name, whatever order the equations come in."""
    solution = _solved(("2*h+w", 11), ("(w-1)/2", 1), ("h//w", 1))
    assert (solution.values, solution.failures, solution.open_names) == ({"w": 3, "h": 4}, {}, {})


def test_a_name_that_may_be_several_numbers_is_open() -> None:
    """Rounding down, squares and two unknowns determine nothing."""
    assert set(_solved(("h//2", 3), ("w*w", 9), ("s+t", 4)).open_names) == {"h", "w", "s", "t"}


def test_a_failure_tells_the_reason() -> None:
    """A size that differs, a division with a remainder, and a number that there is not are told apart."""
    solution = _solved(("h", 7), ("h", 8), ("h/2", 3), ("h/0", 1), ("3*w", 7))
    assert solution.failures == {
        1: "is 8 here",
        2: "7 is not divisible by 2",
        3: "h/0 divides by zero",
        4: "no size of w makes 3*w 7",
    }


@given(st.lists(st.sampled_from([Number(1), Number(2), Anything()]), max_size=3), st.integers(0, 4), st.data())
def test_the_rest_stands_for_any_number_of_dims(fixed: list[Dim], place: int, data: st.DataObject) -> None:
    """``...`` matches as if it were written out as ``_``, as often as the shape needs."""
    shape = tuple(data.draw(st.lists(st.integers(1, 2), max_size=5)))
    dims = [*fixed[:place], Rest(), *fixed[place:]]
    written_out = [*fixed[:place], *[Anything()] * (len(shape) - len(fixed)), *fixed[place:]]
    found = aligned(dims, shape)
    if len(fixed) > len(shape):
        assert found is None
    else:
        expected = list(zip(written_out, shape, strict=True))
        assert found is not None
        assert [pair for pair in found if pair[0] != Anything()] == [pair for pair in expected if pair[0] != Anything()]
