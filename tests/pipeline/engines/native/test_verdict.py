"""The first rung's verdict is the real run's: what raises for real is a failure, what passes is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.pipeline.engines.native.capturing import topology_of
from tests.pipeline.engines.native.test_data_flow import Function

if TYPE_CHECKING:
    from collections.abc import Callable

HALF, DOUBLE, LONG = torch.float16, torch.float64, torch.int64


def of(dtype: torch.dtype, *shape: int) -> Tensor:
    """Return ones."""
    return torch.ones(shape, dtype=dtype)


def groups(*ends: int) -> Tensor:
    """Return where the groups of a grouped product end."""
    return torch.tensor(ends, dtype=torch.int32)


CALLS: dict[str, Callable[[Tensor], object]] = {
    "linear double weight": lambda x: functional.linear(x, of(DOUBLE, 3, 4)),
    "linear half weight": lambda x: functional.linear(x, of(HALF, 3, 4)),
    "linear half bias": lambda x: functional.linear(x, torch.ones(3, 4), of(HALF, 3)),
    "linear long input": lambda x: functional.linear(x.long(), torch.ones(3, 4)),
    "linear long": lambda x: functional.linear(x.long(), of(LONG, 3, 4)),
    "linear wrong features": lambda x: functional.linear(x, torch.ones(3, 5)),
    "linear right": lambda x: functional.linear(x, torch.ones(3, 4)),
    "matmul double": lambda x: x @ of(DOUBLE, 4, 3),
    "matmul long": lambda x: x @ of(LONG, 4, 3),
    "matmul long long": lambda x: x.long() @ of(LONG, 4, 3),
    "matmul reversed": lambda x: of(DOUBLE, 3, 2) @ x,
    "matmul wrong shapes": lambda x: x @ torch.ones(3, 4),
    "mm half": lambda x: torch.mm(x, of(HALF, 4, 3)),
    "bmm double": lambda x: torch.bmm(x[None], of(DOUBLE, 1, 4, 3)),
    "bmm wrong batch": lambda x: torch.bmm(x[None], torch.ones(2, 4, 3)),
    "addmm double": lambda x: torch.addmm(of(DOUBLE, 3), x, torch.ones(4, 3)),
    "mv long": lambda x: torch.mv(x, of(LONG, 4)),
    "dot double": lambda x: torch.dot(x[0], of(DOUBLE, 4)),
    "grouped_mm": lambda x: functional.grouped_mm(x, torch.ones(2, 4, 4), offs=groups(1, 2)),
    "grouped_mm half": lambda x: functional.grouped_mm(x.half().repeat(1, 2), of(HALF, 2, 8, 8), offs=groups(1, 2)),
    "grouped_mm batched": lambda x: functional.grouped_mm(x[None].repeat(3, 1, 1), torch.ones(3, 4, 4)),
    "grouped_mm double weight": lambda x: functional.grouped_mm(x, of(DOUBLE, 2, 4, 4), offs=groups(1, 2)),
    "grouped_mm wrong features": lambda x: functional.grouped_mm(x, torch.ones(2, 8, 4), offs=groups(1, 2)),
    "grouped_mm odd features": lambda x: functional.grouped_mm(x[:, :3], torch.ones(2, 3, 4), offs=groups(1, 2)),
    "einsum double": lambda x: torch.einsum("ij,jk->ik", x, of(DOUBLE, 4, 3)),
    "bilinear double": lambda x: functional.bilinear(x, x, of(DOUBLE, 3, 4, 4)),
    "conv1d double": lambda x: functional.conv1d(x[None], of(DOUBLE, 3, 2, 1)),
    "conv1d long input": lambda x: functional.conv1d(x[None].long(), torch.ones(3, 2, 1)),
    "conv2d half": lambda x: functional.conv2d(x[None, None], of(HALF, 1, 1, 1, 1)),
    "conv2d half bias": lambda x: functional.conv2d(x[None, None], torch.ones(1, 1, 1, 1), of(HALF, 1)),
    "conv2d wrong channels": lambda x: functional.conv2d(x[None, None], torch.ones(1, 2, 1, 1)),
    "conv2d kernel too large": lambda x: functional.conv2d(x[None, None], torch.ones(1, 1, 3, 3)),
    "conv3d double": lambda x: functional.conv3d(x[None, None, None], of(DOUBLE, 1, 1, 1, 1, 1)),
    "conv_transpose1d wrong channels": lambda x: functional.conv_transpose1d(x[None], torch.ones(3, 1, 1)),
    "conv_transpose2d wrong channels": lambda x: functional.conv_transpose2d(x[None, None], torch.ones(2, 1, 1, 1)),
    "conv_transpose2d right": lambda x: functional.conv_transpose2d(x[None, None], torch.ones(1, 2, 1, 1)),
    "conv_transpose2d unbatched": lambda x: functional.conv_transpose2d(x[None], torch.ones(1, 2, 1, 1)),
    "conv_transpose2d double": lambda x: functional.conv_transpose2d(x[None, None], of(DOUBLE, 1, 1, 1, 1)),
    "attention double keys": lambda x: functional.scaled_dot_product_attention(x[None], of(DOUBLE, 1, 2, 4), x[None]),
    "attention boolean mask": lambda x: functional.scaled_dot_product_attention(
        x[None], x[None], x[None], torch.ones(2, 2).bool()
    ),
    "layer_norm double weight": lambda x: functional.layer_norm(x, (4,), of(DOUBLE, 4)),
    "embedding float": lambda x: functional.embedding(x, torch.ones(5, 3)),
    "cat of dtypes": lambda x: torch.cat([x, x.double()]),
    "cat wrong shapes": lambda x: torch.cat([x, torch.ones(2, 3)]),
    "add broadcast": lambda x: x + torch.ones(3),
    "view wrong size": lambda x: x.view(3, -1),
    "index out of range": lambda x: x[5],
    "index_select out of range": lambda x: x[:, torch.tensor([7])],
    "softmax long": lambda x: torch.softmax(x.long(), -1),
    "mean long": lambda x: x.long().mean(),
    "bitwise float": lambda x: x & x,
    "squeeze dim": lambda x: x.squeeze(4),
    "stack wrong shapes": lambda x: torch.stack([x, torch.ones(2, 3)]),
    "split wrong sizes": lambda x: torch.split(x, [1, 2], 1),
    "gather float index": lambda x: x.gather(1, x),
    "masked_fill float mask": lambda x: x.masked_fill(x, 0),
    "max_pool too large": lambda x: functional.max_pool2d(x[None], 5),
    "group_norm wrong groups": lambda x: functional.group_norm(x, 3),
    "batch_norm wrong size": lambda x: functional.batch_norm(x, torch.zeros(3), torch.ones(3)),
    "cross_entropy float classes": lambda x: functional.cross_entropy(x, torch.ones(3)),
    "pixel_shuffle": lambda x: functional.pixel_shuffle(x[None, None], 2),
    "interpolate": lambda x: functional.interpolate(x, scale_factor=2),
    "lstm double": lambda x: nn.LSTM(4, 3)(x.double()),
    "lstm wrong features": nn.LSTM(5, 3),
    "gru half": lambda x: nn.GRU(4, 3)(x.half()),
    "multihead wrong size": lambda x: nn.MultiheadAttention(8, 2)(x, x, x),
    "transpose dims": lambda x: x.transpose(0, 3),
    "expand": lambda x: x.expand(3, 4),
    "repeat too few": lambda x: x.repeat(2),
    "einsum wrong": lambda x: torch.einsum("ij,jk->ik", x, x),
    "inverse of non-square": torch.linalg.inv,
    "embedding out of range": lambda x: functional.embedding(torch.tensor([2]), x),
    "embedding in range": lambda x: functional.embedding(torch.tensor([1]), x),
    "numpy of the data": lambda x: torch.from_numpy(x.numpy()),
}


def raises(function: Callable[[Tensor], object]) -> bool:
    """Return whether a function of a 2×4 tensor raises in a real run."""
    try:
        with torch.no_grad():
            function(torch.ones(2, 4))
    except Exception:  # noqa: BLE001 -- whatever torch raises
        return True
    return False


@pytest.mark.parametrize("function", CALLS.values(), ids=CALLS)
def test_verdict_is_that_of_the_real_run(function: Callable[[Tensor], object]) -> None:
    """None passes that raises for real, none fails that passes."""
    topology = topology_of(Function(function), torch.ones(2, 4))
    assert (topology.failure is not None) == raises(function)


def test_autocast_is_left_to_the_real_run() -> None:
    """Autocast has no effect on meta tensors: dtypes come from a real run."""

    def forward(x: Tensor) -> Tensor:
        with torch.autocast("cpu", torch.bfloat16):
            return functional.linear(x, torch.ones(3, 4))

    topology = topology_of(Function(forward), torch.ones(2, 4))
    assert topology.captured.rung == "real"
    assert [str(spec) for spec in topology.ops("linear")[0].output_specs] == ["bfloat16[2,3]"]
