"""A TorchScript graph as plain data: its statements in order, with scopes, shapes and constants."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch

from visunn_lint.location import Location
from visunn_lint.pipeline.engines.native.arguments import plain
from visunn_lint.pipeline.frames import is_machinery
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.spec import Plain


@dataclass(frozen=True, slots=True)
class Value:
    """What a statement makes: its name in the graph, and its spec if it is a tensor of known shape."""

    name: str
    spec: TensorSpec | None
    is_module: bool = False


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. ``scope`` are the paths of the modules that ran, outermost first, without the root.

    ``attribute`` is what a ``prim::GetAttr`` fetches, ``constant`` what a ``prim::Constant`` holds,
    ``parameters`` the names of an op's arguments.
    """

    kind: str
    scope: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[Value, ...]
    attribute: str = ""
    constant: Plain = None
    parameters: tuple[str, ...] = ()
    source: Location | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A traced run: ``root`` is the value that stands for the model itself."""

    root: str
    inputs: tuple[Value, ...]
    statements: tuple[Statement, ...]
    outputs: tuple[str, ...]


def read(graph: torch.Graph) -> Program:
    """Return a TorchScript graph as plain data."""
    root, *inputs = graph.inputs()
    return Program(
        root.debugName(),
        tuple(map(_value, inputs)),
        tuple(map(_statement, graph.nodes())),
        tuple(value.debugName() for value in graph.outputs()),
    )


def _value(value: torch.Value) -> Value:
    kind = value.type()
    return Value(value.debugName(), _spec(value), is_module=kind.kind() == "ClassType")


def _spec(value: torch.Value) -> TensorSpec | None:
    if not value.isCompleteTensor():
        return None
    kind: Any = value.type()
    return TensorSpec(tuple(kind.sizes()), str(kind.dtype()).removeprefix("torch."), str(kind.device()))


_SCOPE = re.compile(r"(?:^|/)__module\.?")


def _statement(node: torch.Node) -> Statement:
    kind = node.kind()
    return Statement(
        kind,
        tuple(part for part in _SCOPE.split(node.scopeName())[1:] if part),
        tuple(value.debugName() for value in node.inputs()),
        tuple(map(_value, node.outputs())),
        attribute=node.s("name") if kind == "prim::GetAttr" else "",
        constant=_constant(node) if kind == "prim::Constant" else None,
        parameters=_parameters(node.schema()) if kind.startswith("aten::") else (),
        source=_source(str(node.sourceRange())) if kind.startswith("aten::") else None,
    )


def _constant(node: torch.Node) -> Plain:
    if not node.hasAttribute("value"):
        return None
    return plain(getattr(node, node.kindOf("value"))("value"))


@lru_cache(maxsize=4096)
def _parameters(schema: str) -> tuple[str, ...]:
    if schema == "(no schema)":
        return ()
    return tuple(argument.name for argument in torch._C.parse_schema(schema).arguments)  # noqa: SLF001 -- no public way


_FRAME = re.compile(r"(.+)\((\d+)\): ")


def _source(stack: str) -> Location | None:
    """Return the user's place in the stack that a traced statement remembers."""
    for line in stack.splitlines():
        match = _FRAME.match(line)
        if match and not is_machinery(match[1]):
            return Location(match[1], int(match[2]))
    return None


def paths_of_modules(program: Program) -> Mapping[str, str]:
    """Return the dotted path of every value that stands for a module."""
    paths = {program.root: ""}
    for statement in program.statements:
        for value in statement.outputs:
            if value.is_module:
                paths[value.name] = dotted(paths[statement.inputs[0]], statement.attribute)
    return paths


def dotted(holder: str, name: str) -> str:
    """Return the path of what a module holds under a name."""
    return f"{holder}.{name}" if holder else name


def flat_outputs(program: Program) -> Iterator[tuple[str, str]]:
    """Yield label and value of each tensor that forward returns: ``0``, ``1.0`` for one in a nested tuple."""
    makers = {value.name: statement for statement in program.statements for value in statement.outputs}
    for name in program.outputs:
        yield from _leaves(name, "", makers)


def _leaves(name: str, label: str, makers: Mapping[str, Statement]) -> Iterator[tuple[str, str]]:
    statement = makers.get(name)
    if statement is None or statement.kind not in {"prim::TupleConstruct", "prim::ListConstruct"}:
        yield label or "0", name
        return
    for index, item in enumerate(statement.inputs):
        yield from _leaves(item, f"{label}.{index}" if label else str(index), makers)
