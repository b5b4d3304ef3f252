"""Source lines that a log speaks of: reports quote them, so a log may name Python files alone.

Else whoever writes a log could have any file of the reader's quoted, a line of it at a time.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from msgspec import structs

if TYPE_CHECKING:
    from visunn_lint.location import Location
    from visunn_lint.pipeline.graph import Graph, ModuleTable
    from visunn_lint.records import Module, Node

_LONGEST_NAME: Final = 255
_LAST_LINE: Final = 1 << 31


def with_python_sources(graph: Graph) -> Graph:
    """Return a graph without the places that are no lines of a Python file."""
    return replace(
        graph,
        nodes={name: _node(node) for name, node in graph.nodes.items()},
        table=_table(graph.table),
    )


def _node(node: Node) -> Node:
    return node if _is_python(node.source) else structs.replace(node, source=None)


def _table(table: ModuleTable) -> ModuleTable:
    failure = table.failure
    if failure is not None and not _is_python(failure.source):
        failure = replace(failure, source=None)
    return replace(table, modules=tuple(map(_module, table.modules)), failure=failure)


def _module(module: Module) -> Module:
    if _is_python(module.source) and all(_is_python(call.source) for call in module.calls):
        return module
    calls = tuple(call if _is_python(call.source) else structs.replace(call, source=None) for call in module.calls)
    return structs.replace(module, source=module.source if _is_python(module.source) else None, calls=calls)


def _is_python(place: Location | None) -> bool:
    if place is None:
        return True
    numbers = (place.line, place.column, place.end_line, place.end_column)
    return all(0 <= each < _LAST_LINE for each in numbers) and _is_python_file(place.file)


@lru_cache(maxsize=1024)
def _is_python_file(file: str) -> bool:
    parts = (part.encode("utf-8", "surrogatepass") for part in PurePath(file).parts)
    return file.endswith(".py") and "\0" not in file and all(len(part) <= _LONGEST_NAME for part in parts)
