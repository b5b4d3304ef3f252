"""Lint and tests for the graph of a PyTorch model.

The public names are imported when they are first asked for: importing this package imports
neither torch nor networkx, which take seconds and which most runs of pytest never need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visunn_lint.checking import check
    from visunn_lint.errors import CaptureError
    from visunn_lint.finding import Finding
    from visunn_lint.marks import model
    from visunn_lint.rules import Rule
    from visunn_lint.shapes import ShapeExpressionError, ShapeMismatch
    from visunn_lint.topology import Topology
    from visunn_lint.tracing import trace
    from visunn_lint.visu import Visu

__version__ = "0.1.0"

__all__ = [
    "CaptureError", "Finding", "Rule", "ShapeExpressionError", "ShapeMismatch", "Topology", "Visu", "__version__",
    "check", "model", "trace",
]  # fmt: skip

_HOMES = {
    "CaptureError": "errors",
    "Finding": "finding",
    "Rule": "rules",
    "ShapeExpressionError": "shapes",
    "ShapeMismatch": "shapes",
    "Topology": "topology",
    "Visu": "visu",
    "check": "checking",
    "model": "marks",
    "trace": "tracing",
}


def __getattr__(name: str) -> object:
    """Return a public name from the module that it lives in."""
    if name not in _HOMES:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    value: object = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names, imported or not."""
    return sorted({*globals(), *__all__})
