"""From targets, and from models that stand in memory, to captured models.

The names are loaded when first asked for: which units a target has is told without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from visunn_lint.loading.capturing import capture_model
    from visunn_lint.loading.loaded import Loaded
    from visunn_lint.loading.logs import load_log
    from visunn_lint.loading.options import Options
    from visunn_lint.loading.targets import live_models, load, load_unit
    from visunn_lint.loading.units import Unit, Units, files_without_model, units_of

__all__ = [
    "Loaded",
    "Options",
    "Unit",
    "Units",
    "capture_model",
    "files_without_model",
    "live_models",
    "load",
    "load_log",
    "load_unit",
    "units_of",
]

_HOMES = {
    "Loaded": "loaded",
    "Options": "options",
    "Unit": "units",
    "Units": "units",
    "capture_model": "capturing",
    "files_without_model": "units",
    "live_models": "targets",
    "load": "targets",
    "load_log": "logs",
    "load_unit": "targets",
    "units_of": "units",
}


def __getattr__(name: str) -> object:
    """Return a public name, importing its module."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
