"""Models whose weights are computed, shared, or not there yet."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrizations, prune

from tests.models.case import Case, floats, tokens

if TYPE_CHECKING:
    from collections.abc import Callable


def _old_weight_norm() -> nn.Module:
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        return nn.Sequential(nn.utils.weight_norm(nn.Linear(4, 4)), nn.ReLU())


def _new_weight_norm() -> nn.Module:
    return nn.Sequential(parametrizations.weight_norm(nn.Linear(4, 4)), nn.ReLU())


def _old_spectral_norm() -> nn.Module:
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        return nn.Sequential(nn.utils.spectral_norm(nn.Conv2d(3, 4, 3)), nn.ReLU())


def _new_spectral_norm() -> nn.Module:
    return nn.Sequential(parametrizations.spectral_norm(nn.Conv2d(3, 4, 3)), nn.ReLU())


def _pruned() -> nn.Module:
    """Return a layer whose ``weight`` is a plain attribute that a hook sets anew in each call."""
    layer = nn.Linear(4, 4)
    prune.random_unstructured(layer, "weight", amount=0.5)  # type: ignore[no-untyped-call]
    return nn.Sequential(layer, nn.ReLU())


def _frozen() -> nn.Module:
    """Return a network whose first layer is frozen, and whose last holds a gradient."""
    model = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2))
    model[0].requires_grad_(requires_grad=False)
    model[2].weight.grad = torch.ones(2, 4)
    return model


def _double() -> nn.Module:
    """Return a network of float64, for inputs of float32 that it converts by itself."""
    return nn.Sequential(_ToDouble(), nn.Linear(4, 2)).double()


class _ToDouble(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x.double()


def _lazy(layer: Callable[[], nn.Module]) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            return nn.Sequential(layer(), nn.ReLU())

    return build


class TiedWeights(nn.Module):
    """An embedding whose weight is also that of the last linear layer."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight

    def forward(self, ids: Tensor) -> Tensor:
        return self.head(self.embed(ids))


class Recurrent(nn.Module):
    """A recurrent network of two layers in two directions, and a head on its last step."""

    def __init__(self, kind: type[nn.LSTM | nn.GRU]) -> None:
        super().__init__()
        self.rnn = kind(4, 3, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        output, _ = self.rnn(x)
        return self.head(output[:, -1])


class LooseParameters(nn.Module):
    """Parameters in a list and in a dict, one at the root, and a buffer that is not saved."""

    mask: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.scales = nn.ParameterList([nn.Parameter(torch.full((4,), float(i))) for i in range(2)])
        self.shifts = nn.ParameterDict({"a": nn.Parameter(torch.ones(4))})
        self.gain = nn.Parameter(torch.ones(()))
        self.register_buffer("mask", torch.tensor([True, False, True, True]), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        for scale in self.scales:
            x = x * scale
        return (x + self.shifts["a"]) * self.gain * self.mask


_rows = floats((2, 4))
_images = floats((2, 3, 6, 6))
REPARAMETRIZED = (
    Case("old weight_norm", _old_weight_norm, _rows),
    Case("weight_norm", _new_weight_norm, _rows),
    Case("old spectral_norm", _old_spectral_norm, _images),
    Case("spectral_norm", _new_spectral_norm, _images),
    Case("pruned", _pruned, _rows),
    Case("frozen", _frozen, _rows),
    Case("double", _double, _rows),
    Case("lazy linear", _lazy(lambda: nn.LazyLinear(4)), _rows),
    Case("lazy conv2d", _lazy(lambda: nn.LazyConv2d(4, 3)), _images),
    Case("lazy batch norm", _lazy(nn.LazyBatchNorm2d), _images),
    Case("tied weights", TiedWeights, tokens(2, 3, vocabulary=10)),
    Case("lstm", lambda: Recurrent(nn.LSTM), floats((2, 5, 4))),
    Case("gru", lambda: Recurrent(nn.GRU), floats((2, 5, 4))),
    Case("loose parameters", LooseParameters, _rows),
    Case("batch norm", lambda: nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Dropout()), _images),
    Case("instance norm", lambda: nn.InstanceNorm2d(3, affine=True, track_running_stats=True), _images),
    Case("data parallel", lambda: nn.DataParallel(nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))), _rows),
)
