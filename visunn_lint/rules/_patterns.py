"""What a project's expectations are written in: globs of module paths, of classes, and of ops."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from visunn_lint import query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.records import Module, Node


def is_op_pattern(pattern: str) -> bool:
    """Return whether a pattern speaks of ops, not of modules."""
    return "::" in pattern


def matches_module(module: Module, pattern: str) -> bool:
    """Return whether a pattern is about a module."""
    if is_op_pattern(pattern):
        return False
    return query.matches_path(module, pattern) or query.matches_kind(module, pattern)


def matches_op(node: Node, pattern: str) -> bool:
    """Return whether a pattern is about a node's op."""
    return is_op_pattern(pattern) and node.kind in {"op", "opaque"} and fnmatchcase(node.op, pattern)


def first_match(module: Module, patterns: Iterable[str]) -> str | None:
    """Return the first of some patterns that is about a module."""
    return next((pattern for pattern in patterns if matches_module(module, pattern)), None)
