"""The twelve models that Visunn's README measured, built for real, and their input."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor, nn

SMALL = ("ThreeLayerMLP", "ThreeLayerConvNet")
CONVOLUTIONAL = (
    "resnet18", "resnet152", "densenet121", "densenet201", "googlenet", "shufflenet_v2_x2_0", "mobilenet_v2",
    "resnext101_32x8d", "wide_resnet101_2", "mnasnet1_3",
)  # fmt: skip
_SMALL_HOMES = {"ThreeLayerMLP": "three_layer_mlp", "ThreeLayerConvNet": "three_layer_conv_net"}


def build(name: str) -> nn.Module:
    """Return a model with weights that have values; that they are random costs a minute and tells nothing."""
    torch.nn.init.kaiming_normal_ = _leave
    torch.nn.init.trunc_normal_ = _leave
    if name in _SMALL_HOMES:
        make = getattr(importlib.import_module(f"examples.{_SMALL_HOMES[name]}"), name)
        return make().eval()  # type: ignore[no-any-return]
    models = importlib.import_module("torchvision.models")
    options = {"init_weights": False} if name == "googlenet" else {}
    return getattr(models, name)(weights=None, **options).eval()  # type: ignore[no-any-return]


def batch() -> Tensor:
    """Return a batch of CIFAR-10's size."""
    return torch.randn(128, 3, 32, 32)


def _leave(tensor: Tensor, *_args: object, **_kwargs: object) -> Tensor:
    return tensor
