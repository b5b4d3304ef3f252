"""The layer that forward's own code hands an input to."""

from __future__ import annotations

import ast
from functools import lru_cache
from inspect import isfunction
from operator import attrgetter

from torch import nn

from visunn_lint.pipeline.inputs.consumers import is_telling, telling_layers
from visunn_lint.pipeline.inputs.signature import inner_model, positional_names
from visunn_lint.source import function_syntax

_MAX_DEPTH = 8


def first_reader(model: nn.Module, name: str) -> nn.Module | None:
    """Return the layer that reads a parameter of forward first, as far as the code says so; else None.

    It is followed through the modules that hand it on.
    """
    for _ in range(_MAX_DEPTH):
        model = inner_model(model)
        forward = type(model).forward
        called = _first_call(function_syntax(forward).tree, name) if isfunction(forward) else None
        child = _child(model, called[0]) if called is not None else None
        if called is None or child is None or is_telling(child):
            return child
        if type(child).__module__.startswith("torch."):  # such as Sequential: its first layer is the first to run
            return next((layer for _, layer in telling_layers(child)), None)
        names = positional_names(child)
        if called[1] >= len(names):
            return None
        model, name = child, names[called[1]]
    return None


@lru_cache(maxsize=1024)
def _first_call(body: ast.AST, name: str) -> tuple[str, int] | None:
    """Return the attribute of ``self`` that is first called with a parameter as it is, and its place there."""
    found: list[tuple[tuple[int, int], str, int]] = []
    me = next((each.args[0].arg for each in ast.walk(body) if isinstance(each, ast.arguments) and each.args), "")
    for call in ast.walk(body):
        attribute = _own_attribute(call.func, me) if isinstance(call, ast.Call) else ""
        if isinstance(call, ast.Call) and attribute:
            places = [place for place, arg in enumerate(call.args) if isinstance(arg, ast.Name) and arg.id == name]
            found += [((call.lineno, call.col_offset), attribute, place) for place in places]
    return min(found)[1:] if found else None


def _own_attribute(called: ast.expr, me: str) -> str:
    """Return the dotted name of what is called, without ``self`` as the method calls it; "" for anything else."""
    parts: list[str] = []
    while isinstance(called, ast.Attribute):
        parts.append(called.attr)
        called = called.value
    return ".".join(reversed(parts)) if isinstance(called, ast.Name) and called.id == me else ""


def _child(model: nn.Module, path: str) -> nn.Module | None:
    try:
        found = attrgetter(path)(model)
    except AttributeError:
        return None
    return found if isinstance(found, nn.Module) else None
