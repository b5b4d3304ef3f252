"""torchvision: detection, segmentation, video, optical flow and quantised models included."""

from __future__ import annotations

import importlib
from functools import partial
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

_models: Any = importlib.import_module("torchvision.models")


def names() -> list[str]:
    """Return all that ``torchvision.models.list_models`` knows."""
    return list(_models.list_models())


def factory(name: str, *, small: bool) -> Callable[[], nn.Module]:  # noqa: ARG001 -- they are small enough
    """Return what builds a model without any weights, not even those of its backbone."""
    build = _models.get_model_builder(name)
    named = [each.name for each in signature(build).parameters.values() if each.kind is not Parameter.VAR_KEYWORD]
    return partial(build, **{each: None for each in ("weights", "weights_backbone") if each in named})
