"""Whether the code of a class takes single members out of a container, or goes through it as a whole."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeAlias, TypeGuard

from visunn_lint.rules._mentions import is_settled, is_test, is_under_settled, methods, named
from visunn_lint.rules._syntax import FUNCTIONS

if TYPE_CHECKING:
    from visunn_lint.records import Module
    from visunn_lint.rules._mentions import Method
    from visunn_lint.rules._syntax import SyntaxTree
    from visunn_lint.topology import CapturedModel

_Loop: TypeAlias = ast.For | ast.AsyncFor | ast.comprehension

_WALKS = frozenset({"zip", "enumerate", "reversed", "list", "tuple", "len", "iter"})


def picks_members(model: CapturedModel, owner: Module, container: str) -> bool:
    """Return whether the class of a module might take single members out of a container that it holds.

    Walking over the whole, or over a slice, is not that, where every forward does it alike. True where the source
    cannot tell.
    """
    mentions = [(method, each) for method in methods(model, owner) for each in named(method, container, own=False)]
    return not mentions or not all(_is_walk(method, each) for method, each in mentions)


def _is_walk(method: Method, mention: ast.expr) -> bool:
    """Return whether every forward goes through a container alike, from end to end or between fixed places."""
    if is_test(method.tree.parents[mention], mention):
        return True
    if not method.is_run or not is_under_settled(method, mention) or not _is_taken_whole(method.tree, mention):
        return False
    loop = _loop_over(method.tree, mention)
    return loop is None or _is_alike_for_all(method, loop)


def _is_taken_whole(tree: SyntaxTree, mention: ast.expr) -> bool:
    """Return whether a container is handed on with all its members, or sliced at fixed places."""
    parent = tree.parents[mention]
    if isinstance(parent, ast.Subscript):
        return not any(isinstance(node, ast.Name) for node in ast.walk(parent.slice))
    return _is_iterated(parent, mention) or _is_walking_call(parent)


def _is_iterated(parent: ast.AST, mention: ast.AST) -> TypeGuard[_Loop]:
    return isinstance(parent, ast.For | ast.AsyncFor | ast.comprehension) and parent.iter is mention


def _is_walking_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _WALKS


def _loop_over(tree: SyntaxTree, mention: ast.expr) -> _Loop | None:
    """Return the loop that goes over a container, or over what ``enumerate`` and its like make of it."""
    below: ast.AST = mention
    for parent in tree.above(mention):
        if _is_iterated(parent, below):
            return parent
        if not _is_walking_call(parent) and not isinstance(parent, ast.Subscript):
            return None
        below = parent
    return None


def _is_alike_for_all(method: Method, loop: _Loop) -> bool:
    """Return whether a loop goes on to its end, and does with each member what it does with the first."""
    if isinstance(loop, ast.comprehension):
        return all(is_settled(method, condition) for condition in loop.ifs)
    names = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    nodes = [node for statement in loop.body for node in ast.walk(statement)]
    reads = [node for node in nodes if isinstance(node, ast.Name) and node.id in names]
    return not any(map(_breaks_off, loop.body)) and all(is_under_settled(method, read) for read in reads)


def _breaks_off(node: ast.AST) -> bool:
    """Return whether a statement in a loop may end it, or a round of it, early."""
    if isinstance(node, ast.Break | ast.Continue | ast.Return):
        return True
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return False
    if isinstance(node, ast.For | ast.AsyncFor | ast.While):
        returns = (isinstance(each, ast.Return) for statement in node.body for each in ast.walk(statement))
        return any(returns) or any(map(_breaks_off, node.orelse))
    return any(map(_breaks_off, ast.iter_child_nodes(node)))
