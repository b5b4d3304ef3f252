"""Other names of a variable that a call works on: what is done to its value in place is done to theirs."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from visunn_lint.rules._fate import preceding
from visunn_lint.rules._reads import ReadAgain, given_at, later_reads, location_of
from visunn_lint.rules._syntax import FUNCTIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.location import Location
    from visunn_lint.rules._reads import Given


def aliases_read_again(location: Location | None) -> Iterator[ReadAgain]:
    """Yield where another name of the variable that the call at a location works on is read after the call.

    ``identity = x`` before the call makes such a name, as far as the order of the lines tells: whether it has that
    very value where it is read, only the graph can tell.
    """
    given = given_at(location) if location is not None else None
    if location is None or given is None:
        return
    for name in dict.fromkeys(_other_names(given)):
        for read in _reads_of_old(given, name):
            yield ReadAgain(name, location, location_of(given.tree, read))


def _other_names(given: Given) -> Iterator[str]:
    """Yield the names that were bound to the variable's value, or it to theirs, and neither to another since."""
    rebound: set[str] = set()
    here: ast.AST = given.statement
    while not isinstance(here, (*FUNCTIONS, ast.Module)):
        parent = given.tree.parents[here]
        for before in reversed(preceding(parent, here)):
            other = _renamed(before, given.variable)
            if other is not None and other not in rebound:
                yield other
            rebound |= {each.id for each in _bindings(before)}
            if given.variable in rebound:
                return
        here = parent


def _renamed(statement: ast.AST, name: str) -> str | None:
    """Return the other name in ``identity = x`` or ``x = identity``."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Name):
        return None
    value, targets = statement.value.id, [each.id for each in statement.targets if isinstance(each, ast.Name)]
    if name in targets:
        return value
    return targets[0] if name == value and targets else None


def _reads_of_old(given: Given, name: str) -> Iterator[ast.AST]:
    """Yield the reads of a name below a call, up to where it may be bound anew."""
    begin = given.call.lineno
    scope = next(each for each in given.tree.above(given.call) if isinstance(each, (*FUNCTIONS, ast.Module)))
    last = min((each.lineno for each in _bindings(scope) if each.id == name and each.lineno >= begin), default=None)
    for read in later_reads(given, name):
        line = read.lineno if isinstance(read, ast.expr) else 0
        if line >= begin and (last is None or line <= last):
            yield read


def _bindings(node: ast.AST) -> Iterator[ast.Name]:
    yield from (each for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store))
