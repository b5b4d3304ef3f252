"""The parts of a shape expression, each printed as it is parsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Operator: TypeAlias = Literal["+", "-", "*", "/", "//"]

PRECEDENCE: dict[Operator, int] = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2}


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number."""

    value: int

    def __str__(self) -> str:
        """Return its digits."""
        return str(self.value)


@dataclass(frozen=True, slots=True)
class Name:
    """A dimension variable: the same number wherever it stands in a contract. ``at`` is its place in the text."""

    name: str
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


@dataclass(frozen=True, slots=True)
class Operation:
    """Two terms and what is done with them: ``/`` has to divide exactly, ``//`` rounds down."""

    operator: Operator
    left: Term
    right: Term

    def __str__(self) -> str:
        """Return it with no more parentheses than it needs."""
        level = PRECEDENCE[self.operator]
        return f"{_inside(self.left, level)}{self.operator}{_inside(self.right, level + 1)}"


Term: TypeAlias = Number | Name | Operation


def _inside(term: Term, level: int) -> str:
    """Return a term as an operand, in parentheses if it binds less closely than its place asks for."""
    is_loose = isinstance(term, Operation) and PRECEDENCE[term.operator] < level
    return f"({term})" if is_loose else str(term)


@dataclass(frozen=True, slots=True)
class Anything:
    """``_``: one dimension of any size."""

    def __str__(self) -> str:
        """Return the underscore."""
        return "_"


@dataclass(frozen=True, slots=True)
class Rest:
    """``...``: any number of dimensions, none too."""

    def __str__(self) -> str:
        """Return the dots."""
        return "..."


Dim: TypeAlias = Term | Anything | Rest


@dataclass(frozen=True, slots=True)
class Tensor:
    """The dims of one tensor; ``name`` is its slot (``logits``, ``1.0``), "" for the one at its place in the list."""

    dims: tuple[Dim, ...]
    name: str = ""

    @property
    def shape(self) -> str:
        """The dims between spaces, ``()`` for a scalar."""
        return " ".join(map(str, self.dims)) or "()"

    def __str__(self) -> str:
        """Return the shape, the slot before it."""
        return f"{self.name}: {self.shape}" if self.name else self.shape


@dataclass(frozen=True, slots=True)
class ShapeExpression:
    """What a call of a module takes and returns, as far as it is mentioned. ``text`` is how it was written."""

    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    text: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Return ``inputs -> outputs``; parsed again it is equal."""
        return f"{', '.join(map(str, self.inputs))} -> {', '.join(map(str, self.outputs))}".strip()


def names_in(dim: Dim) -> tuple[Name, ...]:
    """Return the variables of a dim, each as often as it stands there."""
    if isinstance(dim, Name):
        return (dim,)
    return (*names_in(dim.left), *names_in(dim.right)) if isinstance(dim, Operation) else ()
