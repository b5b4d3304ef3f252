"""A module's attributes are taken apart by the form of its class, and by another where it has another."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from visunn_lint.pipeline.engines.native.attributes import (
    HOLDING,
    HOOKS,
    OWN,
    columns_of,
    compound,
    compound_in,
    spelled,
    taken_apart,
)

_ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=2)
_VALUES = _ATOMS | st.recursive(_ATOMS, lambda inner: st.tuples(inner) | st.lists(inner, max_size=2), max_leaves=3)


class Plain(nn.Module):
    """Has what it is told to have."""

    def __init__(self, **attributes: object) -> None:
        super().__init__()
        vars(self).update(attributes)


def own(module: nn.Module) -> dict[str, Any] | None:
    """Return the attributes of a module that are its own."""
    parts = taken_apart(module)
    return None if parts is None else dict(zip(parts[0].own, parts[1][OWN], strict=True))


def test_own_attributes_are_told_from_torchs() -> None:
    """Each goes under its name; torch's containers go before them."""
    layer = nn.Linear(2, 3)
    parts = taken_apart(layer)
    assert parts is not None
    assert parts[1][HOLDING] == (layer._parameters, {}, {})  # noqa: SLF001 -- what it takes apart
    assert set(map(len, parts[1][HOOKS])) == {0}
    assert own(layer) == {"in_features": 2, "out_features": 3}


def test_modules_of_one_class_may_have_other_attributes() -> None:
    """As many under other names, more, fewer: what the class had the last time does not mislead."""
    held: list[dict[str, Any]] = [{"a": 1, "b": 2}, {"b": 3, "a": 4}, {"a": 5, "c": 6}, {"a": 7}, {}, {"x": 1, "y": 2}]
    assert [list((own(Plain(**each)) or {}).items()) for each in held] == [list(each.items()) for each in held]


def test_module_without_what_torch_gives_is_not_taken_apart() -> None:
    """One whose constructor never called its base's has nothing to go by."""
    bare = nn.Module.__new__(nn.Module)
    assert (taken_apart(bare), own(nn.Module())) == (None, {})


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ((1, "a", None, 0.5, torch.float32, torch.Size([2])), []),
        (((1, 2), ("a",), ()), []),
        (([1], {"a": 1}, {1}), [0, 1, 2]),
        ((1, (1, [2]), (3,), object), [1, 3]),
        (((1, (2,)), np.zeros(2), b"a"), [0, 1]),
    ],
)
def test_what_holds_more_than_atoms_is_found(values: tuple[Any, ...], places: list[int]) -> None:
    """Atoms, and tuples of nothing else, hold nothing that a forward could change."""
    assert (compound(values), compound(values)) == (places, places)


def test_values_are_spelled_as_what_they_are() -> None:
    """Those that compare alike are spelled apart, and so are both zeros."""
    alike = [(1,), (True,), (1.0,), ((1,),), ((True,),), (0.0,), (-0.0,), (math.nan,)]
    spellings = [spelled(each) for each in alike]
    assert None not in spellings
    assert len(set(spellings)) == len(alike)


def test_what_may_be_long_is_not_spelled() -> None:
    """Lists that share each other would take as long as all the ways through them."""
    shared: list[object] = [1]
    for _ in range(60):
        shared = [shared, shared]
    assert (spelled((shared,)), compound((1, shared))) == (None, [1])


def test_arrays_are_not_taken_for_what_is_spelled_like_them() -> None:
    """Bytes and arrays look the same to what spells them: neither is spelled, whichever comes first."""
    array = np.float64(1.5)
    for each in (array.tobytes(), array, bytearray(array.tobytes()), np.zeros(1)):
        assert spelled((each,)) is None
        assert spelled(((each,),)) is None
    assert (spelled(([1],)), spelled((object(),))) == (None, None)


def test_modules_are_taken_apart_together() -> None:
    """Each column has the values of all, where all have the same attributes in the same order."""
    layers = [nn.Linear(2, 3), nn.Linear(4, 5)]
    columns = columns_of(list(map(vars, layers)))
    assert columns is not None
    assert columns[OWN] == [(2, 4), (3, 5)]
    assert columns[HOLDING][0] == tuple(layer._parameters for layer in layers)  # noqa: SLF001 -- what it takes apart
    assert columns_of([vars(Plain(a=1, b=2)), vars(Plain(b=2, a=1))]) is None
    assert columns_of([{}]) is None


@given(st.lists(_VALUES, min_size=1, max_size=6))
def test_column_holds_more_than_atoms_where_one_of_its_values_does(column: list[object]) -> None:
    """What is found in a column is what is found one by one."""
    found = [value for value in column if compound((value,))]
    assert list(map(id, compound_in(tuple(column)))) == list(map(id, found))
