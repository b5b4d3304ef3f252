"""What turns scores into probabilities, and along which axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visunn_lint.records import Node

SOFTMAX = frozenset({"softmax", "_softmax", "softmax_", "sparse_softmax"})
LOG_SOFTMAX = frozenset({"log_softmax", "_log_softmax"})
SIGMOID = frozenset({"sigmoid", "sigmoid_"})
_IMPLICIT_FIRST = frozenset({0, 1, 3})


def axis(node: Node) -> int | None:
    """Return the axis of a softmax, counted from the front; None where it is not known."""
    spec, dim = node.input_specs[0] if node.input_specs else None, node.attributes.get("dim")
    if spec is None:
        return None
    rank = len(spec.shape)
    if dim is None:
        return implicit_axis(rank)
    return dim % max(rank, 1) if isinstance(dim, int) else None


def implicit_axis(rank: int) -> int:
    """Return the axis that a softmax takes which is told none, for an operand of some rank."""
    return 0 if rank in _IMPLICIT_FIRST else 1
