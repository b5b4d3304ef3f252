"""Syntax trees of the user's files, each with the way from a node up to what holds it."""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from visunn_lint import source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.location import Location

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


class SyntaxTree:
    """The syntax tree of one file; empty for a file that cannot be read or parsed."""

    def __init__(self, file: str, root: ast.Module) -> None:
        self.file = file
        self.root = root

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node that holds each node."""
        return {child: node for node in ast.walk(self.root) for child in ast.iter_child_nodes(node)}

    def above(self, node: ast.AST) -> Iterator[ast.AST]:
        """Yield the nodes around a node, innermost first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def is_self(self, node: ast.AST) -> bool:
        """Return whether an expression names the object that the method around it is called on."""
        if not isinstance(node, ast.Name):
            return False
        for function in self.above(node):
            if isinstance(function, FUNCTIONS):
                names = [each.arg for each in ast.iter_child_nodes(function.args) if isinstance(each, ast.arg)]
                if node.id in names:
                    return names[0] == node.id and self._is_method(function)
        return False

    def _is_method(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
        """Return whether a function is called on an object."""
        decorators = [] if isinstance(function, ast.Lambda) else function.decorator_list
        is_static = any(isinstance(each, ast.Name) and each.id == "staticmethod" for each in decorators)
        return isinstance(self.parents.get(function), ast.ClassDef) and not is_static

    def at(self, location: Location) -> ast.AST | None:
        """Return the call, operation or statement that a location spans."""
        start, end = (location.line, location.column - 1), (location.end_line, location.end_column - 1)
        spans = self._by_end.get(end, [])
        exact = [node for node in spans if (node.lineno, node.col_offset) == start]
        # Python reports a call at the end of a chain that goes over several lines from its last dot on
        calls = [node for node in spans if isinstance(node, ast.Call)]
        return next(iter([*exact, *calls]), None)

    @cached_property
    def _by_end(self) -> dict[tuple[int, int], list[ast.expr | ast.AugAssign]]:
        """The expressions and augmented assignments by the place where they end."""
        found: defaultdict[tuple[int, int], list[ast.expr | ast.AugAssign]] = defaultdict(list)
        for node in self.parents:
            if isinstance(node, ast.expr | ast.AugAssign):
                found[node.end_lineno or 0, node.end_col_offset or 0].append(node)
        return found

    @cached_property
    def globals_made(self) -> frozenset[str]:
        """The names that the file itself assigns, outside of functions and classes, what some call returns."""
        calls = (node for node in self.root.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call))
        return frozenset(target.id for node in calls for target in node.targets if isinstance(target, ast.Name))

    @cached_property
    def classes(self) -> tuple[ast.ClassDef, ...]:
        """The classes of the file, those within others too."""
        return tuple(node for node in self.parents if isinstance(node, ast.ClassDef))

    def enclosing_class(self, location: Location) -> ast.ClassDef | None:
        """Return the innermost class whose body a location lies in."""
        found = [node for node in self.classes if node.lineno <= location.line <= (node.end_lineno or 0)]
        return max(found, key=lambda node: node.lineno, default=None)


@source.remembered(maxsize=64)
def syntax_tree(file: str) -> SyntaxTree:
    """Return the syntax tree of a file."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return SyntaxTree(file, ast.parse("\n".join(source.lines(file))))
    except (SyntaxError, ValueError, RecursionError):
        return SyntaxTree(file, ast.Module([], []))
