"""Whose code a module comes from: findings about a library's code carry the library's line."""

from __future__ import annotations

import inspect
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.location import Location, is_installed

if TYPE_CHECKING:
    from visunn_lint.records import Module, Node
    from visunn_lint.topology import Topology

CONTAINERS = frozenset({"torch.nn.Sequential", "torch.nn.ModuleList", "torch.nn.ModuleDict"})
"""Classes that hold the modules that others build."""


def built_at(topology: Topology, module: Module) -> Location | None:
    """Return the line that builds a module, that of the library where it is a library's class that does so."""
    part, author = module, topology.parent(module)
    while author is not None and author.kind in CONTAINERS:
        part, author = author, topology.parent(author)
    library = library_line(author, part.name) if author else None
    is_told = module.source is not None and is_installed(module.source.file)
    return module.source if is_told or library is None else library


def placed_at(topology: Topology, node: Node) -> Location | None:
    """Return the line that says what an op is: where its module is built if that is one of torch's, else its own."""
    owner = topology.modules.get(node.module)
    if owner is None or not owner.registered or not owner.kind.startswith("torch.nn."):
        return node.source
    return built_at(topology, owner) or node.source


def library_line(module: Module, attribute: str) -> Location | None:
    """Return where a library's class assigns an attribute; None for a class of the user's own.

    The line is 0 where the file is known and the line is not.
    """
    file, name = _defined_in(module.kind)
    if not file or not is_installed(file):
        return None
    return source.assignment_line(file, name, attribute) or Location(file, 0)


@lru_cache(maxsize=4096)
def _defined_in(kind: str) -> tuple[str, str]:
    """Return file and qualified name of a class that this process has loaded, empty if it has not."""
    package, _, name = kind.rpartition(".")
    found = getattr(sys.modules.get(package), name, None)
    if not inspect.isclass(found):
        return "", ""
    return getattr(sys.modules.get(found.__module__), "__file__", None) or "", found.__qualname__
