"""Whether code goes on reading a variable that it handed to a call."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from visunn_lint.location import Location
from visunn_lint.rules._fate import reads_after, rebinds
from visunn_lint.rules._syntax import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.rules._syntax import SyntaxTree

_ABOUT = frozenset({"shape", "size", "dim", "ndim", "device", "dtype", "numel", "new_zeros", "new_ones", "new_empty"})
"""What can be asked of a tensor whatever its values are."""


class ReadAgain(NamedTuple):
    """A variable that a call is given, and where its values are read after that."""

    variable: str
    call: Location
    read: Location | None


class Given(NamedTuple):
    """A call in a statement, and the variable that it works on."""

    tree: SyntaxTree
    statement: ast.stmt
    call: ast.Call
    variable: str


def variable_read_again(location: Location | None) -> ReadAgain | None:
    """Return the variable that the call at a location is given first, and where its values are read later.

    None where the call is given no plain variable, where nobody takes its result (what it does to the variable is what
    it is called for), or where nothing reads the variable before it is bound anew.
    """
    given = given_at(location) if location is not None else None
    if location is None or given is None or isinstance(given.tree.parents[given.call], ast.Expr):
        return None
    again = next(later_reads(given, given.variable), None)
    return None if again is None else ReadAgain(given.variable, location, location_of(given.tree, again))


def given_at(location: Location) -> Given | None:
    """Return the call at a location with the variable that it works on; None if there is no plain one."""
    tree = syntax_tree(location.file)
    call = tree.at(location)
    if not isinstance(call, ast.Call):
        return None
    operand, statement = _operand(call), _statement(tree, call)
    return Given(tree, statement, call, operand) if operand is not None and statement is not None else None


def later_reads(given: Given, name: str) -> Iterator[ast.AST]:
    """Yield where the values of a variable are read once a call is done, in its statement and after it."""
    tree, statement = given.tree, given.statement
    after = None if rebinds(statement, name) else reads_after(tree, statement, name)
    reads = [*_beside(tree, statement, given.call, name), *(after or [])]
    yield from (each for each in reads if not _is_about(tree, each))


def _operand(call: ast.Call) -> str | None:
    """Return the variable that a call works on: its first argument, or what a method is called on."""
    if call.args:
        return call.args[0].id if isinstance(call.args[0], ast.Name) else None
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return owner.id if isinstance(owner, ast.Name) else None


def _statement(tree: SyntaxTree, node: ast.AST) -> ast.stmt | None:
    return next((each for each in tree.above(node) if isinstance(each, ast.stmt)), None)


def _beside(tree: SyntaxTree, statement: ast.stmt, call: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield where a statement reads a variable once the call in it is done.

    To the right of it, or as an operand of what takes its result: ``f(x) + x`` and ``x + f(x)``. What is there instead
    of the call, ``f(x) if condition else x``, comes not after it.
    """
    end, around = (getattr(call, "end_lineno", 0), getattr(call, "end_col_offset", 0)), set(tree.above(call))
    instead = set(_instead_of({call, *around}))
    for node in ast.walk(statement):
        if not isinstance(node, ast.Name) or node.id != name or not isinstance(node.ctx, ast.Load) or node in instead:
            continue
        if (node.lineno, node.col_offset) >= end or tree.parents[node] in around:
            yield node


def _instead_of(way: set[ast.AST]) -> Iterator[ast.AST]:
    """Yield what conditional expressions evaluate in place of what lies on a way up."""
    for node in way:
        if isinstance(node, ast.IfExp) and (node.body in way) != (node.orelse in way):
            yield from ast.walk(node.orelse if node.body in way else node.body)


def _is_about(tree: SyntaxTree, read: ast.AST) -> bool:
    parent = tree.parents.get(read)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in {"len", "isinstance"}
    return isinstance(parent, ast.Attribute) and parent.attr in _ABOUT


def location_of(tree: SyntaxTree, node: ast.AST) -> Location | None:
    """Return the span of an expression."""
    if not isinstance(node, ast.expr):
        return None
    end = (node.end_lineno or node.lineno, (node.end_col_offset or 0) + 1)
    return Location(tree.file, node.lineno, node.col_offset + 1, *end)
