"""The outline of a model: what a lock file holds and what two models are compared by.

It names modules by public kinds and by the constructor arguments that differ from their defaults,
and tells which call of a module feeds which. How a release of torch spells its ops is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 -- read at run time where outlines are decoded
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from visunn_lint import query
from visunn_lint.spec import Plain  # noqa: TC001 -- see above

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.records import Call, Module, Node, Param, Slot
    from visunn_lint.topology import Topology

_NUMBERS: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Entry:
    """A module: ``params``, ``buffers`` and ``calls`` as specs are written, ``float32[64,3,7,7]``.

    ``arguments`` are those that differ from their defaults, ``aliases`` the module's other paths.
    """

    kind: str
    arguments: Mapping[str, Plain] = field(default_factory=dict)
    params: Mapping[str, str] = field(default_factory=dict)
    buffers: Mapping[str, str] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A model: its modules by path, and ``feeds``, the calls that each call's outputs reach next.

    A call is named by its module's path, ``path#1`` from the second on; inputs and outputs of the
    model are ``<x>`` and ``<out.0>``. ``inputs`` is what it was run with, as ``--input`` takes it.
    """

    inputs: str
    parameters: int
    modules: Mapping[str, Entry]
    feeds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def outline(topology: Topology) -> Outline:
    """Return the outline of a captured model, its modules and calls in natural order of their names."""
    modules = {path: _entry(topology.modules[path]) for path in sorted(topology.modules, key=natural)}
    feeds = _feeds(topology)
    ordered = {name: tuple(sorted(feeds[name], key=natural)) for name in sorted(feeds, key=natural)}
    return Outline(topology.captured.input_spec, topology.parameter_count, modules, ordered)


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """Return a key by which ``layer10`` comes after ``layer9``, and a module before what it holds."""
    parts = _NUMBERS.split(name.replace(".", "\0"))
    numbers = [int(part) for part in parts[1::2]]
    return tuple(zip(parts[::2], [*numbers, -1], strict=True))


def _entry(module: Module) -> Entry:
    arguments = {name: value for name, value in module.hyperparameters.items() if name not in module.at_default}
    return Entry(
        module.kind,
        dict(sorted(arguments.items())),
        dict(map(_parameter, sorted(module.params, key=_name))),
        dict(map(_buffer, sorted(module.buffers, key=_name))),
        tuple(f"{_specs(call.inputs)} -> {_specs(call.outputs)}" for call in module.calls),
        tuple(sorted(module.aliases, key=natural)),
    )


def _name(param: Param) -> str:
    return param.name


def _parameter(param: Param) -> tuple[str, str]:
    name, spec = _buffer(param)
    return name, spec if param.requires_grad else f"{spec} frozen"


def _buffer(param: Param) -> tuple[str, str]:
    shape = "?" if param.shape is None else ",".join(map(str, param.shape))
    return param.name, f"{param.dtype}[{shape}]"


def _specs(slots: Iterable[Slot]) -> str:
    return ", ".join(str(slot.spec) for slot in slots) or "nothing"


def _feeds(topology: Topology) -> dict[str, set[str]]:
    """Return for each input and each leaf call the calls and outputs that it reaches, through container ops alone."""
    leaves = {key: _call_name(call) for key, call in query.leaf_calls(topology).items()}
    return query.flow(topology, lambda node: _end(node) or leaves.get(node.call_key))


def _end(node: Node) -> str | None:
    return f"<{node.label}>" if node.kind == "input" else f"<out.{node.label}>" if node.kind == "output" else None


def _call_name(call: Call) -> str:
    return f"{call.module}#{call.index}" if call.index else call.module
