"""The texts that forward tells apart in one of its parameters."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from inspect import isfunction
from typing import TYPE_CHECKING, Final

from torch import nn

from visunn_lint.source import function_syntax

if TYPE_CHECKING:
    from collections.abc import Iterator

_WITHIN: Final = (ast.In, ast.NotIn)
_TELLING: Final = (ast.Eq, ast.NotEq, *_WITHIN)


def first_text(model: nn.Module, name: str) -> str | None:
    """Return the first text that forward's code compares a parameter with, or looks modules up by; None if none."""
    forward = type(model).forward
    if not isfunction(forward):
        return None
    tree = function_syntax(forward).tree
    return next(iter(_compared(tree, name)), None) or next(_keys(model, tree, name), None)


@lru_cache(maxsize=1024)
def _compared(tree: ast.AST, name: str) -> tuple[str, ...]:
    """Return the texts that a name is compared with, in ``==``, ``in`` and ``match``."""
    found: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], _TELLING):
            sides = [node.left, *node.comparators]
            asked = sides[:1] if isinstance(node.ops[0], _WITHIN) else sides  # "mask" in batch: that is no text
            if any(isinstance(side, ast.Name) and side.id == name for side in asked):
                found += [text for side in sides for text in _texts(side)]
        elif isinstance(node, ast.Match) and isinstance(node.subject, ast.Name) and node.subject.id == name:
            patterns = [each for case in node.cases for each in ast.walk(case.pattern)]
            found += [text for each in patterns if isinstance(each, ast.MatchValue) for text in _texts(each.value)]
    return tuple(found)


def _texts(node: ast.expr) -> Iterator[str]:
    """Yield the text that an expression is, or those that are the items of what it is."""
    items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    yield from (each.value for each in items if isinstance(each, ast.Constant) and isinstance(each.value, str))


def _keys(model: nn.Module, tree: ast.AST, name: str) -> Iterator[str]:
    """Yield the first key of what a parameter looks up in a container of the model: ``self.heads[task]``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name) and node.slice.id == name:
            held = getattr(model, node.value.attr, None) if isinstance(node.value, ast.Attribute) else None
            if isinstance(held, nn.ModuleDict | nn.ParameterDict | Mapping):
                yield from (key for key in list(held)[:1] if isinstance(key, str))
