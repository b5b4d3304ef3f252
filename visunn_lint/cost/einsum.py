"""The floating point operations of an einsum, contracted from left to right as torch does it."""

from __future__ import annotations

from collections import Counter
from math import prod
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Operand: TypeAlias = "dict[str, int]"
"""The size of each axis by its label."""

_ELLIPSIS = "."


def einsum_flops(equation: str, shapes: Sequence[tuple[int, ...]]) -> int:
    """Return the operations of an equation such as ``bhid,bhjd->bhij``; ValueError if it does not fit the shapes.

    Only what is summed over two operands costs anything: a step without it is element-wise.
    """
    left, arrow, right = equation.replace(" ", "").partition("->")
    terms = left.split(",")
    operands = [_label(term, shape) for term, shape in zip(terms, shapes, strict=True)]
    output = _expand(right, operands) if arrow else _implicit_output(terms, operands)
    total = 0
    result, *rest = operands
    for index, operand in enumerate(rest):
        needed = {label for later in rest[index + 1 :] for label in later} | output
        total += _step_flops(result, operand, needed)
        sizes = _merged(result, operand)
        result = {label: size for label, size in sizes.items() if label in needed}
    return total


def _label(term: str, shape: tuple[int, ...]) -> _Operand:
    """Return the axes by label; those under an ellipsis are numbered from the right, so that they align."""
    before, dots, after = term.partition("...")
    hidden = len(shape) - len(before) - len(after)
    labels = [*before, *(f"{_ELLIPSIS}{hidden - axis}" for axis in range(hidden if dots else 0)), *after]
    return dict(zip(labels, shape, strict=True))


def _expand(term: str, operands: Iterable[_Operand]) -> set[str]:
    hidden = {label for operand in operands for label in operand if label.startswith(_ELLIPSIS)}
    return {*term.replace("...", "")} | (hidden if "..." in term else set())


def _implicit_output(terms: Sequence[str], operands: Sequence[_Operand]) -> set[str]:
    """Return the labels that occur once, and those under an ellipsis: the output where none is written."""
    count = Counter(letter for term in terms for letter in term)
    hidden = {label for operand in operands for label in operand if label.startswith(_ELLIPSIS)}
    return {letter for letter in count if count[letter] == 1 and letter != "."} | hidden


def _merged(left: _Operand, right: _Operand) -> _Operand:
    return {label: max(left.get(label, 1), right.get(label, 1)) for label in {**left, **right}}


def _step_flops(left: _Operand, right: _Operand, needed: set[str]) -> int:
    contracted = {label for label in left if label not in needed and left[label] > 1 and right.get(label, 1) > 1}
    if not contracted:
        return 0
    kept = {label: size for label, size in _merged(left, right).items() if label in needed or label in contracted}
    return 2 * prod(kept.values())
