"""Data that flows through memory alone: views, and writes through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from tests.models.hard.case import computing

if TYPE_CHECKING:
    from collections.abc import Callable


def _with_write(view: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Return a function that doubles a view of its argument in place, and returns the argument."""

    def write(x: Tensor) -> Tensor:
        view(x).mul_(2)
        return x + 1

    write.__name__ = f"write_through_{view.__name__.strip('_')}"
    return write


def _slice(x: Tensor) -> Tensor:
    return x[1:, ::2]


def _transposed(x: Tensor) -> Tensor:
    return x.T[0]


def _diagonal(x: Tensor) -> Tensor:
    return x.diagonal()


def _narrow(x: Tensor) -> Tensor:
    return x.narrow(1, 1, 2).unsqueeze(0)


def _flat_view(x: Tensor) -> Tensor:
    return x.view(-1)[3:9]


def _reshape(x: Tensor) -> Tensor:
    return x.contiguous().reshape(2, 8)[0]


def _data(x: Tensor) -> Tensor:
    return x.data[0]


def _detached(x: Tensor) -> Tensor:
    return x.detach()[:, 2]


def _as_strided(x: Tensor) -> Tensor:
    return x.as_strided((2, 2), (4, 1), 5)


def _expanded(x: Tensor) -> Tensor:
    return x[:1].expand(1, 4).squeeze(0)


def _permuted(x: Tensor) -> Tensor:
    return torch.permute(x, (1, 0)).flatten(0)[:4].view(2, 2) if x.is_contiguous() else x


def unfold_windows(x: Tensor) -> Tensor:
    """Windows of a row overlap: a write into one is seen in the next."""
    windows = x.unfold(1, 2, 1)
    windows[:, 0].add_(10)
    return windows.sum(-1)


def chunk_writes(x: Tensor) -> Tensor:
    """Each of two halves is written, the second from the first."""
    left, right = x.chunk(2, dim=1)
    left.mul_(3)
    right.copy_(left)
    return x


def split_writes(x: Tensor) -> Tensor:
    """A write into a part is read through the whole."""
    first, rest = torch.split(x, [1, 3], dim=0)
    rest += first
    return x.sum(0)


def unbind_writes(x: Tensor) -> Tensor:
    """Every row is scaled by its index, in a loop over ``unbind``."""
    for index, row in enumerate(x.unbind(0)):
        row *= index  # noqa: PLW2901 -- in place
    return x


def iterated_writes(x: Tensor) -> Tensor:
    """Rows come from iterating the tensor itself."""
    for row in x:
        row.sigmoid_()
    return x


def view_of_other_dtype(x: Tensor) -> Tensor:
    """The sign bit of floats is cleared through a view of their bits."""
    bits = x.contiguous().view(torch.int32)
    bits &= 0x7FFFFFFF
    return x


def data_replaced(x: Tensor) -> Tensor:
    """Assigning ``.data`` gives a tensor other contents."""
    y = x + 1
    y.data = x * 2
    return y * y


def swapped_by_copies(x: Tensor) -> Tensor:
    """Two halves change places with a clone in between."""
    y = x.clone()
    kept = y[:2].clone()
    y[:2].copy_(y[2:])
    y[2:].copy_(kept)
    return y


def order_of_reads_and_writes(x: Tensor) -> Tensor:
    """The same view is read before, between and after writes."""
    view = x[0]
    before = view * 1
    x.add_(1)
    between = view * 1
    view.fill_(5)
    return torch.stack([before, between, view, x[0], x[1]])


def view_made_before_writes(x: Tensor) -> Tensor:
    """A view is taken first, and read only after the whole has been written."""
    view = x[0]
    x.mul_(3)
    return view + 1


_VIEWS = (_slice, _transposed, _diagonal, _narrow, _flat_view, _reshape, _data, _detached, _as_strided, _expanded,
          _permuted)  # fmt: skip
CASES = (
    *(computing(_with_write(view)) for view in _VIEWS),
    computing(unfold_windows),
    computing(chunk_writes),
    computing(split_writes),
    computing(unbind_writes),
    computing(iterated_writes),
    computing(view_of_other_dtype),
    computing(data_replaced),
    computing(swapped_by_copies),
    computing(order_of_reads_and_writes),
    computing(view_made_before_writes),
)
