"""Where the value of an expression goes, as far as the source around it can tell."""

from __future__ import annotations

import ast
from enum import Enum
from typing import TYPE_CHECKING

from visunn_lint.rules._syntax import FUNCTIONS, syntax_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.location import Location
    from visunn_lint.rules._syntax import SyntaxTree

_MOST_STEPS = 20
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_LOOK_AT_LOCALS = frozenset({"locals", "vars", "eval", "exec"})
_SCOPES = (*FUNCTIONS, ast.ClassDef, ast.Module)


class Fate(Enum):
    """What becomes of a value: nobody gets it, the function returns it, or that cannot be told."""

    DROPPED = "dropped"
    RETURNED = "returned"
    UNKNOWN = "unknown"


def fate_at(location: Location | None, element: int | None = None) -> Fate:
    """Return what becomes of the value of the expression at a location, or of one element of it.

    A value that is stored, given to a function or compared is UNKNOWN: who knows what is done there.
    """
    if location is None:
        return Fate.UNKNOWN
    tree = syntax_tree(location.file)
    node = tree.at(location)
    if isinstance(node, ast.AugAssign):
        return _of_target(tree, node, node.target, None, _MOST_STEPS)
    if isinstance(node, ast.Call) and any(keyword.arg == "out" for keyword in node.keywords):
        return Fate.UNKNOWN
    return Fate.UNKNOWN if node is None else _of_value(tree, node, element, _MOST_STEPS)


def _of_value(tree: SyntaxTree, node: ast.AST, element: int | None, steps: int) -> Fate:
    """Return the fate of the value of an expression, going up from it."""
    parent = tree.parents.get(node)
    if parent is None or not steps:
        return Fate.UNKNOWN
    if isinstance(parent, ast.Expr):
        return Fate.DROPPED
    if isinstance(parent, ast.Return):
        return Fate.RETURNED
    if isinstance(parent, ast.Assign | ast.AnnAssign):
        targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]
        return _together([_of_target(tree, parent, target, element, steps - 1) for target in targets])
    return _through(tree, parent, node, element, steps - 1)


def _through(tree: SyntaxTree, parent: ast.AST, node: ast.AST, element: int | None, steps: int) -> Fate:
    """Return the fate of a value that an expression hands on as it is."""
    if isinstance(parent, ast.IfExp) and node is not parent.test:
        return _of_value(tree, parent, element, steps)
    if isinstance(parent, ast.Tuple | ast.List) and (unpacked := _unpacked(tree, parent, node)):
        return _together([_of_target(tree, statement, target, element, steps) for statement, target in unpacked])
    if isinstance(parent, ast.Tuple | ast.List | ast.Dict):
        # only on its way out: what else is done with a container is not followed
        return Fate.RETURNED if _of_value(tree, parent, None, steps) is Fate.RETURNED else Fate.UNKNOWN
    if isinstance(parent, ast.Subscript) and node is parent.value and element is not None:
        return _of_element(tree, parent, element, steps)
    return Fate.UNKNOWN


def _unpacked(tree: SyntaxTree, several: ast.Tuple | ast.List, node: ast.AST) -> list[tuple[ast.stmt, ast.expr]]:
    """Return what one of several values is assigned to, ``b`` of ``a, b = x, y``; nothing if they are kept together."""
    statement = tree.parents.get(several)
    if not isinstance(statement, ast.Assign):
        return []
    found: list[tuple[ast.stmt, ast.expr]] = []
    for target in statement.targets:
        if not isinstance(target, ast.Tuple | ast.List) or len(target.elts) != len(several.elts):
            return []
        if any(isinstance(each, ast.Starred) for each in (*target.elts, *several.elts)):
            return []
        place = next(place for place, each in enumerate(several.elts) if each is node)
        found.append((statement, target.elts[place]))
    return found


def _of_element(tree: SyntaxTree, subscript: ast.Subscript, element: int, steps: int) -> Fate:
    """Return the fate of one element of what is subscripted."""
    index = subscript.slice
    if not isinstance(index, ast.Constant) or not isinstance(index.value, int):
        return Fate.UNKNOWN
    return _of_value(tree, subscript, None, steps) if index.value == element else Fate.DROPPED


def _of_target(tree: SyntaxTree, statement: ast.stmt, target: ast.expr, element: int | None, steps: int) -> Fate:
    """Return the fate of what a statement assigns to a target."""
    if isinstance(target, ast.Tuple | ast.List):
        if element is None or element >= len(target.elts) or any(isinstance(each, ast.Starred) for each in target.elts):
            return Fate.UNKNOWN
        return _of_target(tree, statement, target.elts[element], None, steps)
    if not isinstance(target, ast.Name):
        return Fate.UNKNOWN
    reads = reads_after(tree, statement, target.id)
    if reads is None:
        return Fate.UNKNOWN
    return _together([_of_value(tree, read, element, steps - 1) for read in reads])


def _together(fates: Iterable[Fate]) -> Fate:
    """Return the fate of a value that goes several ways; no way at all is to be dropped."""
    found = set(fates)
    if Fate.UNKNOWN in found:
        return Fate.UNKNOWN
    return Fate.RETURNED if Fate.RETURNED in found else Fate.DROPPED


def reads_after(tree: SyntaxTree, statement: ast.stmt, name: str) -> list[ast.AST] | None:
    """Return what may read a local name after a statement bound it; None where it is no local name."""
    scope = next((node for node in tree.above(statement) if isinstance(node, _SCOPES)), None)
    if not isinstance(scope, ast.FunctionDef | ast.AsyncFunctionDef) or _is_shared(scope, name):
        return None
    reads: list[ast.AST] = []
    here: ast.AST = statement
    while here is not scope:
        parent = tree.parents[here]
        for following in _following(parent, here):
            reads += _reads(following, name)
            if rebinds(following, name):
                return reads
        if isinstance(parent, _LOOPS) and here in parent.body:
            reads += _reads(parent, name)
        here = parent
    return reads


def _is_shared(scope: ast.AST, name: str) -> bool:
    """Return whether others than the statements of a function may read a name of its."""
    for node in ast.walk(scope):
        if isinstance(node, ast.Global | ast.Nonlocal) and name in node.names:
            return True
        if isinstance(node, ast.Name) and node.id in _LOOK_AT_LOCALS:
            return True
        if isinstance(node, FUNCTIONS) and node is not scope and any(_reads(node, name)):
            return True
    return False


def _following(parent: ast.AST, node: ast.AST) -> list[ast.AST]:
    """Return the statements that may run after one, within the statement that holds it."""
    for field, value in ast.iter_fields(parent):
        if isinstance(value, list) and node in value:
            rest = value[value.index(node) + 1 :]
            return [*rest, *_after_body(parent, field)]
    return []


def preceding(parent: ast.AST, node: ast.AST) -> list[ast.stmt]:
    """Return the statements that ran before one, within the statement that holds it."""
    for _, value in ast.iter_fields(parent):
        if isinstance(value, list) and node in value:
            return value[: value.index(node)]
    return []


def _after_body(parent: ast.AST, field: str) -> list[ast.AST]:
    if field == "body" and isinstance(parent, ast.Try):
        return [*parent.handlers, *parent.orelse, *parent.finalbody]
    return list(parent.orelse) if field == "body" and isinstance(parent, _LOOPS) else []


def _reads(node: ast.AST, name: str) -> Iterator[ast.AST]:
    """Yield the places below a node that read a name."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load):
            yield each
        elif isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name) and each.target.id == name:
            yield each.target


def rebinds(statement: ast.AST, name: str) -> bool:
    """Return whether a statement always gives a name a new value."""
    if not isinstance(statement, ast.Assign):
        return False
    return any(isinstance(each, ast.Name) and each.id == name for target in statement.targets for each in _flat(target))


def _flat(target: ast.expr) -> list[ast.expr]:
    return target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
