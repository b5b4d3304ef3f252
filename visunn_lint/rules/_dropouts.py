"""Ops that drop values at random, and how many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from visunn_lint.records import Node

BUILT_IN_FORWARD: Final = "built in forward"
"""How a module is held that nobody holds: see ``Module.container``."""

_DROPOUTS = frozenset({
    "dropout", "dropout_", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "alpha_dropout_", "feature_dropout",
    "feature_dropout_", "feature_alpha_dropout", "feature_alpha_dropout_", "native_dropout",
})  # fmt: skip
ATTENTION: Final = "scaled_dot_product_attention"
_RATES = ("p", "dropout_p", "prob")
_FLAGS = ("training", "train")


def is_dropout(node: Node) -> bool:
    """Return whether an op is a dropout, at work or not."""
    return node.short_op in _DROPOUTS


def dropped_share(node: Node) -> float:
    """Return which share of values an op drops at random; 0 if it drops none, or that is not known."""
    rates = [node.attributes[name] for name in _RATES if name in node.attributes]
    is_on = all(node.attributes[name] is True for name in _FLAGS if name in node.attributes)
    if node.short_op == ATTENTION:
        rates = rates or [0.0]
    elif node.short_op in _DROPOUTS:
        rates = rates or [0.5]
    elif node.short_op != "multi_head_attention_forward":
        return 0.0
    return float(rates[0]) if is_on and rates and isinstance(rates[0], int | float) else 0.0
