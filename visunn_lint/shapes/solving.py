"""What dimension variables stand for: the one solution of many equations ``term = size``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from visunn_lint.shapes.terms import Name, Number, Operation, Term, names_in

Values: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Equation:
    """A term, and the size that it has to have."""

    term: Term
    size: int


@dataclass(frozen=True, slots=True)
class Solution:
    """What names stand for, and which equations do not hold, each with the reason.

    ``origins`` tells by the place in the list which equation bound a name; ``open_names`` are names that no
    equation determines.
    """

    values: dict[str, int] = field(default_factory=dict)
    origins: dict[str, int] = field(default_factory=dict)
    failures: dict[int, str] = field(default_factory=dict)
    open_names: dict[str, Name] = field(default_factory=dict)


class _NoValueError(ValueError):
    """A term has no value: something does not divide."""


def solve(equations: Sequence[Equation]) -> Solution:
    """Return what the names of some equations stand for; a size is never negative.

    A name that is a whole term binds first. Then each equation with a single unknown determines that, if it
    is linear in it. Each value is forced, so an equation that fails has no solution at all.
    """
    solution = Solution()
    _bind_alone(equations, solution)
    pending = [index for index in range(len(equations)) if index not in solution.origins.values()]
    while pending:
        rest = [index for index in pending if not _settle(index, equations[index], solution)]
        if len(rest) == len(pending):
            break
        pending = rest
    unknown = (name for index in pending for name in names_in(equations[index].term))
    solution.open_names.update((name.name, name) for name in unknown if name.name not in solution.values)
    return solution


def _bind_alone(equations: Sequence[Equation], solution: Solution) -> None:
    for index, equation in enumerate(equations):
        if isinstance(equation.term, Name) and equation.term.name not in solution.values:
            solution.values[equation.term.name] = equation.size
            solution.origins[equation.term.name] = index


def _settle(index: int, equation: Equation, solution: Solution) -> bool:
    """Check an equation whose names are known, or bind the only one that is not; False if it cannot be told yet."""
    unknown = {name.name for name in names_in(equation.term)} - solution.values.keys()
    if len(unknown) > 1:
        return False
    if not unknown:
        reason = _why_not(equation, solution.values)
        if reason:
            solution.failures[index] = reason
        return True
    (name,) = unknown
    line = _line(equation.term, name, solution.values)
    if line is None or line.slope == 0:
        return False
    value = (equation.size - line.offset) / line.slope
    if value < 0 or value.denominator != 1 or _why_not(equation, {**solution.values, name: int(value)}):
        solution.failures[index] = f"no size of {name} makes {equation.term} {equation.size}"
        return True
    solution.values[name] = int(value)
    solution.origins[name] = index
    return True


def _why_not(equation: Equation, values: Values) -> str:
    """Return why an equation of known names does not hold, "" if it does."""
    try:
        found = evaluate(equation.term, values)
    except _NoValueError as error:
        return str(error)
    return "" if found == equation.size else f"is {equation.size} here"


def evaluate(term: Term, values: Values) -> int:
    """Return the value of a term.

    Raises ValueError where a division is not exact, or by zero, KeyError for an unknown name.
    """
    if isinstance(term, Number):
        return term.value
    if isinstance(term, Name):
        return values[term.name]
    left, right = evaluate(term.left, values), evaluate(term.right, values)
    if term.operator in {"/", "//"}:
        return _divided(term, left, right)
    return {"+": left + right, "-": left - right, "*": left * right}[term.operator]


def _divided(term: Operation, left: int, right: int) -> int:
    if right == 0:
        message = f"{term} divides by zero"
        raise _NoValueError(message)
    if term.operator == "/" and left % right:
        message = f"{left} is not divisible by {right}"
        raise _NoValueError(message)
    return left // right


@dataclass(frozen=True, slots=True)
class _Line:
    """``slope * name + offset``."""

    slope: Fraction
    offset: Fraction


def _line(term: Term, name: str, values: Values) -> _Line | None:
    """Return a term as a linear function of one name; None if it is none, or has no value."""
    if isinstance(term, Number):
        return _Line(Fraction(0), Fraction(term.value))
    if isinstance(term, Name):
        return _Line(Fraction(1), Fraction(0)) if term.name == name else _Line(Fraction(0), Fraction(values[term.name]))
    left, right = _line(term.left, name, values), _line(term.right, name, values)
    if left is None or right is None:
        return None
    return _joined(term, left, right)


def _joined(term: Operation, left: _Line, right: _Line) -> _Line | None:
    if term.operator == "+":
        return _Line(left.slope + right.slope, left.offset + right.offset)
    if term.operator == "-":
        return _Line(left.slope - right.slope, left.offset - right.offset)
    if term.operator == "*":
        return _product(left, right)
    if right.slope != 0 or right.offset == 0:
        return None
    if term.operator == "/":
        return _Line(left.slope / right.offset, left.offset / right.offset)
    return _Line(Fraction(0), Fraction(left.offset // right.offset)) if left.slope == 0 else None


def _product(left: _Line, right: _Line) -> _Line | None:
    if left.slope and right.slope:
        return None
    return _Line(left.slope * right.offset + right.slope * left.offset, left.offset * right.offset)
