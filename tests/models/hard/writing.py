"""Writes in place: by items, masks and indices, by ``out=``, by flags, and by lists."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.models.hard.case import computing


def set_slices(x: Tensor) -> Tensor:
    """A canvas is filled block by block."""
    canvas = torch.zeros(4, 8)
    canvas[:, :4] = x
    canvas[..., 4:] = canvas[:, :4].flip(1)
    return canvas


def set_by_mask(x: Tensor) -> Tensor:
    """Where a mask holds, a number is put in."""
    y = x.clone()
    y[y < 0] = 0.5
    return y


def set_by_index(x: Tensor) -> Tensor:
    """Index tensors on both axes; then one axis by a list."""
    y = x * 2
    y[torch.tensor([0, 2]), torch.tensor([1, 3])] = x[0, :2]
    y[:, [0, 3]] += 1
    return y


def out_argument(x: Tensor) -> Tensor:
    """A result goes into a tensor made before, and that tensor is read."""
    out = torch.empty(4, 4)
    torch.add(x, 1, out=out)
    torch.mul(out, out, out=out)
    return out


def out_arguments(x: Tensor) -> Tensor:
    """An op with two results writes both of them into tensors made before."""
    values, indices = torch.empty(4), torch.empty(4, dtype=torch.int64)
    torch.max(x, 1, out=(values, indices))
    return values + indices


def out_view(x: Tensor) -> Tensor:
    """A result goes into half of a tensor."""
    both = torch.zeros(8, 4)
    torch.matmul(x, x, out=both[4:])
    return both


def inplace_flags(x: Tensor) -> Tensor:
    """Functions that write into their argument by a flag; their results are thrown away."""
    y = x * 1
    nn.functional.relu(y, inplace=True)
    nn.functional.leaky_relu(y[0], 0.1, inplace=True)
    return nn.functional.hardtanh(y, 0, 0.5, inplace=True) + y


def foreach_writes(x: Tensor) -> Tensor:
    """One call writes into a list of tensors."""
    parts = list(x.chunk(2))
    torch._foreach_mul_(parts, 2.0)
    return x


def scatter_writes(x: Tensor) -> Tensor:
    """Indexed writes by scatter, index_put, index_add, index_copy and index_fill."""
    index = torch.tensor([[0, 1, 2, 0]])
    y = torch.zeros(4, 4).scatter_(0, index, x[:1]).scatter_add_(1, index.T, x[:, :1])
    y.index_put_((index[0], index[0]), x[0], accumulate=True)
    y.index_add_(0, index[0], x).index_copy_(1, torch.tensor([3]), x[:, :1])
    return y.index_fill_(0, torch.tensor([1]), 7.0)


def masked_scatter(x: Tensor) -> Tensor:
    """Values are put where a fixed mask holds, in order."""
    mask = torch.eye(4, dtype=torch.bool)
    y = x.clone().masked_fill_(mask, 0.0)
    return y.masked_scatter_(~mask, x.flip(0))


def where_and_views(x: Tensor) -> Tensor:
    """``torch.where`` makes a new tensor: a later write is not seen in it."""
    y = torch.where(x > 0, x, -x)
    x.zero_()
    return y + x


def augmented_views(x: Tensor) -> Tensor:
    """``+=`` on what indexing and ``.T`` give."""
    x[0] += 1
    x.T[1] -= x.T[2]
    x[:, 3:] **= 2
    return x


CASES = (
    computing(set_slices),
    computing(set_by_mask),
    computing(set_by_index),
    computing(out_argument),
    computing(out_arguments),
    computing(out_view),
    computing(inplace_flags),
    computing(foreach_writes),
    computing(scatter_writes),
    computing(masked_scatter),
    computing(where_and_views),
    computing(augmented_views),
)
