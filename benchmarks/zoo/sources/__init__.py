"""Where models come from: a library, or a folder of model files."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.zoo.sources.folder import Folder
from benchmarks.zoo.sources.library import Library
from visunn_lint.errors import TargetError

if TYPE_CHECKING:
    from benchmarks.zoo.sources.source import Source

LIBRARIES = ("torchvision", "timm", "transformers")


def find(name: str) -> Source:
    """Return the source of a name: one of ``LIBRARIES``, or the path of a folder.

    Raises TargetError if there is neither.
    """
    if name in LIBRARIES:
        return Library(importlib.import_module(f"{__name__}.{name}"))
    if Path(name).is_dir():
        return Folder(Path(name))
    message = f"no source `{name}`"
    raise TargetError(message, hint=f"give a folder of model files, or one of {', '.join(LIBRARIES)}")
