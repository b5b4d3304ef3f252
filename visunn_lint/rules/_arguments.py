"""Whether the code of ``forward`` makes anything of an argument, followed into the modules that it is handed to."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.location import Location
from visunn_lint.rules._mentions import is_test, methods

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.records import Call
    from visunn_lint.rules._mentions import Method
    from visunn_lint.rules._syntax import SyntaxTree
    from visunn_lint.topology import CapturedModel


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, and where it stands."""

    name: str
    location: Location


Handed: TypeAlias = "Sequence[tuple[Call, str]]"
"""Module calls, each with the position or the name by which it was given what one node made."""


def ignoring_parameter(model: CapturedModel, call: Call, argument: str, node: str) -> Parameter | None:
    """Return the parameter of ``forward`` that takes an argument and makes nothing of it; None if it does, or may.

    ``argument`` is the position or the name by which the call gives it, ``node`` is where it comes from.
    """
    inner = [each for each in model.topology.calls if each.parent is not None]
    handed = [(each, slot.path) for each in inner for slot in each.inputs if slot.node == node]
    return _ignoring(model, call, argument, handed)


def _ignoring(model: CapturedModel, call: Call, argument: str, handed: Handed) -> Parameter | None:
    method = next(_forwards(model, call), None)
    if method is None:
        return None
    found = _parameter(method, argument)
    if found is None or not all(_is_nothing(model, method, each, handed) for each in _mentions(method.node, found.arg)):
        return None
    end = (found.end_lineno or 0, (found.end_col_offset or 0) + 1)
    return Parameter(found.arg, Location(method.tree.file, found.lineno, found.col_offset + 1, *end))


def _forwards(model: CapturedModel, call: Call) -> Iterator[Method]:
    """Yield the ``forward`` of the class of a called module, if there is but one that it could be."""
    owner = model.topology.modules.get(call.module)
    found = [] if owner is None else [each for each in methods(model, owner) if each.node.name == "forward"]
    own = [each for each in found if owner is not None and each.body.name == owner.short_kind]
    yield from own[:1] or (found if len(found) == 1 else [])


def _parameter(method: Method, argument: str) -> ast.arg | None:
    arguments = method.node.args
    positional = [*arguments.posonlyargs, *arguments.args][1:]
    if argument.isdigit():
        return positional[int(argument)] if int(argument) < len(positional) else None
    return next((each for each in (*positional, *arguments.kwonlyargs) if each.arg == argument), None)


def _mentions(function: ast.AST, name: str) -> Iterator[ast.Name]:
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            yield node


def _is_nothing(model: CapturedModel, method: Method, mention: ast.Name, handed: Handed) -> bool:
    """Return whether a mention only asks if the argument is there, or hands it to a module that ignores it."""
    parent = method.tree.parents[mention]
    if is_test(parent, mention):
        return True
    if isinstance(parent, ast.keyword):
        parent = method.tree.parents[parent]
    if not isinstance(parent, ast.Call) or parent.func is mention:
        return False
    takers = [(call, path) for call, path in handed if _made_by(method.tree, parent, call)]
    return bool(takers) and all(_ignoring(model, call, path, handed) for call, path in takers)


def _made_by(tree: SyntaxTree, expression: ast.Call, call: Call) -> bool:
    place = call.source
    return place is not None and place.file == tree.file and tree.at(place) is expression
