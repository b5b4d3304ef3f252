"""What the syntax of a Python file shows without running it."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from visunn_lint import source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef

_ACTIONS = frozenset({
    "train", "test", "eval", "evaluate", "validate", "fit", "run", "save", "store", "export", "dump", "upload",
    "download", "push", "convert", "compile", "serve", "deploy", "benchmark", "profile", "check", "print", "show",
    "plot", "summarize", "register", "main",
})  # fmt: skip
"""First words of function names that do something to a model, rather than return one."""

_WORK = frozenset({
    "backward", "step", "fit", "main", "train", "run", "launch", "save", "savez", "dump", "write", "writelines",
    "write_text", "write_bytes", "to_csv", "savefig", "mkdir", "makedirs", "rmtree", "unlink", "rmdir", "system",
    "check_call", "check_output", "Popen", "urlretrieve", "push_to_hub",
})  # fmt: skip
"""Names of functions that train, or change something outside the process."""


@dataclass(frozen=True, slots=True)
class Outline:
    """The top level of a file: what it defines, what it imports, and from where.

    ``imports`` maps a name to the dotted name that it stands for, with leading dots if relative.
    ``statements`` are those that an import executes, without what ``if __name__ == "__main__"``
    and ``if TYPE_CHECKING`` guard.
    """

    statements: tuple[ast.stmt, ...] = ()
    imports: Mapping[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> dict[str, ast.ClassDef]:
        """The classes by name."""
        return {node.name: node for node in self.statements if isinstance(node, ast.ClassDef)}

    @property
    def functions(self) -> dict[str, Function]:
        """The functions by name."""
        return {node.name: node for node in self.statements if isinstance(node, Function)}

    def origin(self, node: ast.expr | None) -> str:
        """Return the dotted name that an expression refers to, "" if it is no name.

        A quoted annotation is read, subscripts (``Generic[T]``) are left out.
        """
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return self.origin(_expression(node.value))
        if isinstance(node, ast.Subscript):
            return self.origin(node.value)
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            owner = self.origin(node.value)
            return f"{owner}.{node.attr}" if owner else ""
        return ""


@lru_cache(maxsize=1024)
def outline(file: str) -> Outline | None:
    """Return the outline of a file, None if it cannot be parsed."""
    tree = _parse(file)
    if tree is None:
        return None
    statements = tuple(_executed(tree.body))
    return Outline(statements, dict(_imported(statements)))


@lru_cache(maxsize=1024)
def relative_depth(file: str) -> int:
    """Return how many folders up the relative imports of a file reach; 0 if it has none."""
    tree = _parse(file)
    nodes = ast.walk(tree) if tree is not None else ()
    return max((node.level for node in nodes if isinstance(node, ast.ImportFrom)), default=0)


def is_zero_argument(function: Function) -> bool:
    """Return whether a function can be called without arguments."""
    arguments = function.args
    required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return required == 0 and all(default is not None for default in arguments.kw_defaults)


def is_model_name(name: str) -> bool:
    """Return whether a function's name says that it returns a model: ``model``, ``build_model``."""
    return name.lower().split("_")[-1] == "model"


def is_action_name(name: str) -> bool:
    """Return whether a function's name says that it does something to a model: ``train_model``."""
    return name.lower().strip("_").split("_")[0] in _ACTIONS


def is_loss_name(name: str) -> bool:
    """Return whether a class is by its name a criterion, and so not what is linted."""
    return name.endswith(("Loss", "Criterion", "loss"))


def first_work(found: Outline) -> int:
    """Return the first line at which importing a file trains or writes something; 0 if none does.

    That is a statement, outside functions and classes, that calls a function of the file itself
    for its effect, or anything named like ``backward``, ``save`` or ``main``.
    """
    for statement in found.statements:
        if isinstance(statement, Function | ast.ClassDef):
            continue
        for node in ast.walk(statement):
            if _is_work(node) or _called_for_effect(node) in found.functions:
                return statement.lineno
    return 0


def first_loop(found: Outline) -> int:
    """Return the line of the first loop or ``with`` block at top level, 0 if there is none."""
    kinds = (ast.For, ast.While, ast.With)
    return next((node.lineno for node in found.statements if isinstance(node, kinds)), 0)


def _parse(file: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings(action="ignore"):
            return ast.parse("\n".join(source.lines(file)))
    except (SyntaxError, ValueError, RecursionError):
        return None


def _expression(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError):
        return None


def _executed(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that an import runs, those inside ``if`` and ``try`` too."""
    for node in body:
        if isinstance(node, ast.If):
            yield from _executed([*([] if _is_guard(node.test) else node.body), *node.orelse])
        elif isinstance(node, ast.Try):
            handlers = [statement for handler in node.handlers for statement in handler.body]
            yield from _executed([*node.body, *handlers, *node.orelse, *node.finalbody])
        else:
            yield node


def _is_guard(test: ast.expr) -> bool:
    names = {getattr(node, "id", getattr(node, "attr", "")) for node in ast.walk(test)}
    return bool(names & {"__name__", "TYPE_CHECKING"})


def _imported(statements: tuple[ast.stmt, ...]) -> Iterator[tuple[str, str]]:
    for node in statements:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield (alias.asname, alias.name) if alias.asname else (alias.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (f"{node.module}." if node.module else "")
            for alias in node.names:
                yield alias.asname or alias.name, f"{prefix}{alias.name}"


def _called_for_effect(node: ast.AST) -> str:
    """Return the name of the function that a statement calls without keeping what it returns."""
    return _called_name(node.value) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else ""


def _is_work(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = _called_name(node)
    if name == "train" and isinstance(node.func, ast.Attribute):
        return "trainer" in ast.unparse(node.func.value).lower()
    return name in _WORK or _opens_for_writing(node)


def _called_name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _opens_for_writing(call: ast.Call) -> bool:
    modes = [*call.args[1:2], *(keyword.value for keyword in call.keywords if keyword.arg == "mode")]
    return _called_name(call) == "open" and any(
        isinstance(mode, ast.Constant) and not set("wax+").isdisjoint(str(mode.value)) for mode in modes
    )
