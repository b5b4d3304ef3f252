"""The formats that a document can be exported in: one file a format, which names what it is known by and exports."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from visunn_lint.document import Document


class Format(Protocol):
    """A module of this package."""

    SUFFIXES: tuple[str, ...]
    """What the names of such files end with."""
    MARK: bytes
    """What stands near the start of those that visunn wrote: these may be written anew."""

    def export(self, document: Document) -> bytes:
        """Return a document in this format."""


def export_formats() -> tuple[str, ...]:
    """Return the names of the formats."""
    return tuple(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def find_format(name: str) -> Format:
    """Return a format by its name."""
    return cast("Format", import_module(f"{__name__}.{name}"))
