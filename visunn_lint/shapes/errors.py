"""What goes wrong with shapes: an expression that cannot be read, and shapes that differ from it."""

from __future__ import annotations

from operator import methodcaller
from typing import Final


class ShapeExpressionError(ValueError):
    """A shape expression is malformed, or does not say enough; the message points at the character.

    ``text`` is the expression, ``position`` the place in it, from 0.
    """

    def __init__(self, problem: str, text: str, position: int) -> None:
        super().__init__(f"{problem}\n  {text}\n  {' ' * position}^")
        self.problem = problem
        self.text = text
        self.position = position

    def __reduce__(self) -> tuple[type[ShapeExpressionError], tuple[str, str, int]]:
        """Return how to make it again: test runners send failures from process to process."""
        return type(self), (self.problem, self.text, self.position)


class ShapeMismatch(AssertionError):  # noqa: N818 -- tests read "ShapeMismatch: fc: expected …", an error it is anyway
    """A shape differs from what a contract says; the message tells which, and what names stood for."""


IS_OF_EXPRESSION: Final = methodcaller("errisinstance", ShapeExpressionError)
"""As the ``__tracebackhide__`` of a module: pytest shows the test that has the expression, not how we read it."""

ShapeExpressionError.__module__ = ShapeMismatch.__module__ = "visunn_lint"  # where users import them from
