"""The twelve models that Visunn's own README measured."""

from __future__ import annotations

from functools import partial

import torchvision

from examples.three_layer_conv_net import ThreeLayerConvNet
from examples.three_layer_mlp import ThreeLayerMLP
from tests.models.case import Case, floats

_cifar = floats((2, 3, 32, 32))
_photos = floats((2, 3, 64, 64))


def _from_torchvision(name: str, **options: object) -> Case:
    return Case(name, partial(getattr(torchvision.models, name), weights=None, **options), _photos)


SMALL = (
    Case("ThreeLayerMLP", ThreeLayerMLP, _cifar),
    Case("ThreeLayerConvNet", ThreeLayerConvNet, _cifar),
)
RESNET18 = _from_torchvision("resnet18")
GOOGLENET = _from_torchvision("googlenet", init_weights=False)
SEED = (
    *SMALL,
    RESNET18,
    _from_torchvision("resnet152"),
    _from_torchvision("densenet121"),
    _from_torchvision("densenet201"),
    GOOGLENET,
    _from_torchvision("shufflenet_v2_x2_0"),
    _from_torchvision("mobilenet_v2"),
    _from_torchvision("resnext101_32x8d"),
    _from_torchvision("wide_resnet101_2"),
    _from_torchvision("mnasnet1_3"),
)
