"""The floating point operations of each op that multiplies, as functions of its shapes."""

from __future__ import annotations

from math import isqrt, prod
from typing import TYPE_CHECKING

from visunn_lint.cost.einsum import einsum_flops

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from visunn_lint.records import Node


class UnknownShapeError(Exception):
    """The graph does not tell an operand's shape."""


def _input(node: Node, index: int) -> tuple[int, ...]:
    spec = node.input_specs[index]
    if spec is None:
        raise UnknownShapeError
    return spec.shape


def _inputs(node: Node) -> list[tuple[int, ...]]:
    return [_input(node, index) for index in range(len(node.input_specs))]


def _output_numel(node: Node) -> int:
    spec = node.output_specs[0]
    if spec is None:
        raise UnknownShapeError
    return spec.numel


def _matmul(node: Node) -> int:
    """Count for each output element a product over the last axis of the left operand."""
    return 2 * _output_numel(node) * _input(node, 0)[-1]


def _addmm(node: Node) -> int:
    """Count the product of the second and third operand; the first is only added."""
    return 2 * _output_numel(node) * _input(node, 1)[-1]


def _addbmm(node: Node) -> int:
    """Count the products of a batch of matrices, which are summed into one."""
    return 2 * prod(_input(node, 1)) * _input(node, 2)[-1]


def _dot(node: Node) -> int:
    return 2 * prod(_input(node, 0))


def _tensordot(node: Node) -> int:
    """Count by the contracted size, which stands in both operands and not in the output."""
    output = _output_numel(node)
    if not output:
        return 0
    return 2 * output * isqrt(prod(_input(node, 0)) * prod(_input(node, 1)) // output)


def _einsum(node: Node) -> int:
    equation = next((value for value in node.attributes.values() if isinstance(value, str)), "")
    return einsum_flops(equation, _inputs(node))


def _multi_dot(node: Node) -> int:
    """Count a chain of matrices multiplied in the cheapest order, which is what torch does."""
    first, *shapes = _inputs(node)
    sizes = [*(first if len(first) > 1 else (1, *first)), *(shape[1] for shape in shapes if len(shape) > 1)]
    return 2 * _cheapest_chain(sizes if len(shapes[-1]) > 1 else [*sizes, 1])


def _cheapest_chain(sizes: list[int]) -> int:
    """Return the multiplications of the matrices ``sizes[i]×sizes[i+1]``, by dynamic programming."""
    count = len(sizes) - 1
    cost = [[0] * count for _ in range(count)]
    for length in range(1, count):
        for start in range(count - length):
            end = start + length
            cost[start][end] = min(
                cost[start][cut] + cost[cut + 1][end] + sizes[start] * sizes[cut + 1] * sizes[end + 1]
                for cut in range(start, end)
            )
    return cost[0][-1]


def _convolution(node: Node) -> int:
    """Count for each output element a product over the kernel and the channels of its group."""
    _, channels, *kernel = _input(node, 1)
    return 2 * _output_numel(node) * channels * prod(kernel)


def _transposed_convolution(node: Node) -> int:
    """Count for each input element a product with the kernels of its group's output channels."""
    _, channels, *kernel = _input(node, 1)
    return 2 * prod(_input(node, 0)) * channels * prod(kernel)


def _either_convolution(node: Node) -> int:
    return _transposed_convolution(node) if node.attributes.get("transposed") else _convolution(node)


def _attention(node: Node) -> int:
    """Count queries times keys and scores times values; a causal mask saves nothing here."""
    query, key, value = (_input(node, index) for index in range(3))
    return 2 * prod(query[:-1]) * key[-2] * (query[-1] + value[-1])


def _multi_head_attention(node: Node) -> int:
    """Count three projections, attention, and the projection of its output.

    The number of heads does not matter. Keys and values grow by one for ``bias_k`` and ``bias_v``,
    and by one for ``add_zero_attn``.
    """
    query, key, value = (_input(node, index) for index in range(3))
    width = query[-1]
    batch = query[1] if len(query) > 2 else 1  # noqa: PLR2004 -- (L, N, E), or (L, E) without a batch
    targets, sources = query[0] * batch, key[0] * batch
    extra = ((1, 1, width) in _inputs(node)[3:]) + bool(node.attributes.get("add_zero_attn"))
    projections = 2 * targets * width + sources * (key[-1] + value[-1])
    return 2 * width * (projections + 2 * targets * (key[0] + extra))


def _recurrent(node: Node) -> int:
    """Count each weight matrix once for every position of the sequence."""
    positions = prod(_input(node, 0)[:-1])
    return 2 * positions * sum(prod(shape) for shape in _inputs(node)[1:] if len(shape) == 2)  # noqa: PLR2004 -- states have 3 axes, biases 1


def _cell(states: int) -> Callable[[Node], int]:
    """Return the formula of a recurrent cell with that many states: input, states, then two weight matrices."""

    def formula(node: Node) -> int:
        rows = prod(_input(node, 0)[:-1])
        return 2 * rows * (prod(_input(node, states + 1)) + prod(_input(node, states + 2)))

    return formula


FORMULAS: Mapping[str, Callable[[Node], int]] = {
    "matmul": _matmul, "mm": _matmul, "bmm": _matmul, "mv": _matmul, "linear": _matmul, "inner": _matmul,
    "addmm": _addmm, "addmv": _addmm, "baddbmm": _addmm, "addbmm": _addbmm,
    "dot": _dot, "vdot": _dot, "tensordot": _tensordot, "einsum": _einsum,
    "multi_dot": _multi_dot, "linalg_multi_dot": _multi_dot, "chain_matmul": _multi_dot,
    "conv1d": _convolution, "conv2d": _convolution, "conv3d": _convolution, "convolution": _either_convolution,
    "conv_transpose1d": _transposed_convolution,
    "conv_transpose2d": _transposed_convolution,
    "conv_transpose3d": _transposed_convolution,
    "scaled_dot_product_attention": _attention,
    "multi_head_attention_forward": _multi_head_attention,
    "lstm": _recurrent, "gru": _recurrent, "rnn_tanh": _recurrent, "rnn_relu": _recurrent,
    "lstm_cell": _cell(2), "gru_cell": _cell(1), "rnn_tanh_cell": _cell(1), "rnn_relu_cell": _cell(1),
}  # fmt: skip
"""By the op's name without namespace and without underscores around it (``_convolution``, ``addmm_``)."""
