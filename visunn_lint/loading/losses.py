"""The loss that a model's outputs go to: declared, or called on its result by another method of its class."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING, Any

from visunn_lint.errors import InputError
from visunn_lint.location import Location
from visunn_lint.loss import Loss, closest_torch_loss, is_torch_loss, loss_name
from visunn_lint.source import function_syntax

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import nn

    from visunn_lint.source import FunctionSyntax

_ARRANGING = frozenset(
    {"contiguous", "flatten", "float", "permute", "reshape", "squeeze", "transpose", "unsqueeze", "view"}
)
"""Methods that leave the numbers of a result as they are."""


def declared_loss(text: str) -> Loss:
    """Return the loss that a user names: ``cross_entropy``, ``nn.CrossEntropyLoss()``, or a name of their own.

    Raises InputError for a name that is nearly one of torch's: no rule would say anything of it.
    """
    name = loss_name(text)
    meant = "" if is_torch_loss(name) else closest_torch_loss(name)
    if not meant:
        return Loss(name)
    message = f"there is no loss {text!r}"
    raise InputError(message, hint=f"did you mean {meant}?")


def loss_of_result(model: nn.Module) -> Loss | None:
    """Return the loss that a method of a model calls on its own result, as ``training_step`` does.

    None where there is no such, several that differ, or the code cannot be read.
    """
    found = [loss for method in _methods(type(model)) for loss in _losses_in(model, method)]
    return found[0] if len({loss.name for loss in found}) == 1 else None


def _methods(cls: type) -> Iterator[Callable[..., Any]]:
    """Yield the methods of a class, torch's own and ``forward`` left out."""
    bases = [base for base in cls.__mro__ if not base.__module__.startswith(("torch.", "builtins"))]
    for name in dict.fromkeys(name for base in bases for name in vars(base)):
        method = inspect.getattr_static(cls, name)
        if inspect.isfunction(method) and name not in {"forward", "__init__"}:
            yield method


def _losses_in(model: nn.Module, method: Callable[..., Any]) -> Iterator[Loss]:
    """Yield the losses that a method calls on what the model returned."""
    criteria = {name: loss_name(type(child).__name__) for name, child in model.named_children()}
    own = {name: loss for name, loss in criteria.items() if is_torch_loss(loss)}
    names = method.__code__.co_names
    if not any(name in own or is_torch_loss(loss_name(name)) for name in names):
        return
    syntax = function_syntax(method)
    results = _names_of_results(syntax.tree)
    for call in ast.walk(syntax.tree):
        if isinstance(call, ast.Call) and call.args and _is_result(call.args[0], results):
            name = _loss_called(call.func, own)
            if name:
                yield Loss(name, _location(call, syntax))


def _names_of_results(body: ast.AST) -> set[str]:
    """Return the local names that hold nothing but what the model returned."""
    assigned = [node for node in ast.walk(body) if isinstance(node, ast.Assign) and len(node.targets) == 1]
    found: set[str] = set()
    other: set[str] = set()
    for each in assigned:
        for target in ast.walk(each.targets[0]):
            if isinstance(target, ast.Name):
                is_whole = target is each.targets[0] and _is_result(each.value, found)
                (found if is_whole else other).add(target.id)
    return found - other


def _is_result(node: ast.expr, names: set[str]) -> bool:
    """Return whether an expression is ``self(...)``, a name for that, or the same numbers arranged."""
    if isinstance(node, ast.Name):
        return node.id in names
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    if isinstance(called, ast.Attribute) and called.attr in _ARRANGING:
        return _is_result(called.value, names)
    if isinstance(called, ast.Attribute) and called.attr == "forward":
        called = called.value
    return isinstance(called, ast.Name) and called.id == "self"


def _loss_called(called: ast.expr, own: dict[str, str]) -> str:
    """Return the loss that is called: a function of torch, a loss module made on the spot or one of the model's."""
    if isinstance(called, ast.Call):
        called = called.func
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) and called.value.id == "self":
        return own.get(called.attr, "")
    last = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
    name = loss_name(last)
    return name if is_torch_loss(name) else ""


def _location(call: ast.Call, syntax: FunctionSyntax) -> Location:
    return Location(
        syntax.file,
        call.lineno + syntax.lines,
        call.col_offset + syntax.columns + 1,
        (call.end_lineno or call.lineno) + syntax.lines,
        (call.end_col_offset or 0) + syntax.columns + 1,
    )
