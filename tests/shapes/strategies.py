"""Shape expressions for hypothesis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from visunn_lint.shapes.terms import Anything, Name, Number, Operation, Rest, ShapeExpression, Tensor

if TYPE_CHECKING:
    from visunn_lint.shapes.terms import Dim

names = st.sampled_from(["b", "h", "w", "t_1", "längs"]).map(Name)
numbers = st.integers(0, 9).map(Number)
operators = st.sampled_from(["+", "-", "*", "/", "//"])
terms = st.recursive(names | numbers, lambda inner: st.builds(Operation, operators, inner, inner), max_leaves=5)
slots = st.sampled_from(["", "", "logits", "out.0", "1"])


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """Return a tensor with at most one ``...``."""
    dims: list[Dim] = [*draw(st.lists(terms | st.just(Anything()), max_size=4))]
    if draw(st.booleans()):
        dims.insert(draw(st.integers(0, len(dims))), Rest())
    return Tensor(tuple(dims), draw(slots))


@st.composite
def expressions(draw: st.DrawFn) -> ShapeExpression:
    """Return an expression that says something on at least one side."""
    inputs, outputs = (tuple(draw(st.lists(tensors(), max_size=2))) for _ in range(2))
    return ShapeExpression(inputs, outputs or (() if inputs else (draw(tensors()),)))
