"""Axes by number and by what they are: counted from the front, and following the batch or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visunn_lint.records import Node
    from visunn_lint.spec import TensorSpec
    from visunn_lint.topology import CapturedModel

ELEMENTWISE = frozenset({
    "add", "add_", "sub", "sub_", "mul", "mul_", "div", "div_", "true_divide", "neg", "relu", "relu_", "tanh", "tanh_",
    "sigmoid", "sigmoid_", "leaky_relu", "leaky_relu_", "elu", "elu_", "gelu", "silu", "mish", "exp", "clamp", "clamp_",
    "softplus", "masked_fill", "masked_fill_", "where", "dropout", "contiguous", "float", "to", "type_as", "clone",
})  # fmt: skip
"""Ops that leave each axis what it was."""


def axis_of(node: Node, name: str = "dim") -> int | None:
    """Return the axis that an op works along, from the front; None if it names none, or several."""
    axis, spec = node.attributes.get(name), first_input(node)
    if type(axis) is not int or spec is None or not -len(spec.shape) <= axis < len(spec.shape):
        return None
    return axis % len(spec.shape)


def first_input(node: Node) -> TensorSpec | None:
    """Return how an op sees its first operand, as far as that is known."""
    return next(iter(node.input_specs), None)


def first_output(node: Node) -> TensorSpec | None:
    """Return what an op gives out first, as far as that is known."""
    return next(iter(node.output_specs), None)


def batch_size(model: CapturedModel) -> int:
    """Return the batch size of the capture in eval mode; 0 where the batch axis is not known."""
    slots = model.eval.captured.inputs if model.eval is not None else ()
    return next((slot.spec.shape[axis] for slot in slots for axis in slot.spec.batch_dims), 0)
