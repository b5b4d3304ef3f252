"""timm: all of its models."""

from __future__ import annotations

import importlib
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import nn

_timm: Any = importlib.import_module("timm")


def names() -> list[str]:
    """Return all that ``timm.list_models`` knows."""
    return list(_timm.list_models())


def factory(name: str, *, small: bool) -> Callable[[], nn.Module]:  # noqa: ARG001 -- they come as they are
    """Return what builds a model without pretrained weights."""
    return partial(_timm.create_model, name, pretrained=False)
