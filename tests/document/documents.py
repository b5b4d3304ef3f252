"""Documents for tests, of small models and of real ones."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torchvision

import visunn_lint
from tests.models.hard import HARD
from tests.models.recycled import RECYCLED
from tests.models.reparametrized import REPARAMETRIZED
from tests.models.stateful import STATEFUL
from tests.models.structures import STRUCTURES
from visunn_lint.document import build

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

    from tests.models.case import Case
    from visunn_lint import Topology
    from visunn_lint.document import Document

HERE = Path(__file__).parents[2]
SMALL: tuple[Case, ...] = (*HARD, *RECYCLED, *REPARAMETRIZED, *STATEFUL, *STRUCTURES)
NAMES = ("resnet18", "densenet121", "googlenet", "mobilenet_v3_small", "vit_b_16", "swin_t", "convnext_tiny")
"""Models of torchvision's."""


def of_case(case: Case) -> Topology:
    """Return the topology of a small model."""
    return visunn_lint.trace(case.build(), case.args(), case.kwargs())


def of_name(name: str) -> Topology:
    """Return the topology of one of torchvision's models."""
    with torch.device("meta"):
        make: Callable[..., nn.Module] = getattr(torchvision.models, name)
        model = make(**({"init_weights": False} if name == "googlenet" else {}))
    return visunn_lint.trace(model, inputs="2x3x224x224")


def document(topology: Topology) -> Document:
    """Return the document of a topology, with files as seen from the root of this project."""
    return build(topology, root=HERE)
