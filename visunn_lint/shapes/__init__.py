"""Shape expressions: what the inputs and outputs of modules look like, as ``b 3 h w -> b 64 h/2 w/2``.

A *contract* maps globs of module paths to expressions; its names stand for one number each, all over it.
``parse`` reads an expression, ``unmet`` compares a contract with a Topology, ``assert_shapes`` fails with
what it found.
"""

from visunn_lint.shapes.contract import Binding, Unmet, unmet
from visunn_lint.shapes.errors import ShapeExpressionError, ShapeMismatch
from visunn_lint.shapes.parsing import parse
from visunn_lint.shapes.telling import assert_shapes, shown_binding, shown_unmet

__all__ = [
    "Binding",
    "ShapeExpressionError",
    "ShapeMismatch",
    "Unmet",
    "assert_shapes",
    "parse",
    "shown_binding",
    "shown_unmet",
    "unmet",
]
