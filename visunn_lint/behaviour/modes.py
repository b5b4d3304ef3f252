"""Whether a model does the same in train as in eval."""

from __future__ import annotations

from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from visunn_lint.behaviour.running import captured_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import nn

    from visunn_lint.records import Call, Node
    from visunn_lint.spec import TensorSpec
    from visunn_lint.topology import Topology

_MOST = 12
"""How many lines of a difference are shown."""


def assert_train_eval_same(
    model: nn.Module,
    args: tuple[Any, ...] | None = None,
    kwargs: Mapping[str, Any] | None = None,
    *,
    inputs: object = None,
) -> None:
    """Fail unless train and eval call the same modules and run the same ops, with the same shapes.

    What modules of torch do inside may differ: batch norm counts its batches, dropout drops. The arguments are
    those of ``visunn_lint.trace``.
    """
    __tracebackhide__ = True
    topologies = captured_run(model, args, kwargs, inputs, modes=("eval", "train")).topologies
    in_eval, in_train = topologies["eval"], topologies["train"]
    changes = [
        line
        for line in list(unified_diff(_steps(in_eval), _steps(in_train), n=1, lineterm=""))[2:]
        if not line.startswith("@@")
    ]
    if changes:
        head = f"{in_eval.name} does not do the same in train as in eval (- in eval alone, + in train alone)"
        rest = [f"    … {len(changes) - _MOST} more"] if len(changes) > _MOST else []
        raise AssertionError("\n".join([head, *(f"    {line}" for line in changes[:_MOST]), *rest]))


def _steps(topology: Topology) -> list[str]:
    """Return a line for each op of the user's own modules, and for each call of a module, as they end."""
    ops = {node.name: _op_line(topology, node) for node in topology.ops() if not _is_torchs(topology, node.module)}
    lines: list[str] = []
    calls = {call.key: call for call in topology.calls if _is_torchs(topology, call.module)}
    for node in topology.nodes.values():
        call = calls.pop(node.call_key, None)
        if call is not None:
            lines.append(_call_line(topology, call))
        elif node.name in ops:
            lines.append(ops[node.name])
    return lines


def _is_torchs(topology: Topology, path: str) -> bool:
    return path in topology and topology[path].kind.startswith("torch.")


def _op_line(topology: Topology, node: Node) -> str:
    return f"{node.module or topology.name}: {node.short_op} {_shapes(node.output_specs)}"


def _call_line(topology: Topology, call: Call) -> str:
    return f"{call.module} ({topology[call.module].short_kind}) {_shapes(tuple(slot.spec for slot in call.outputs))}"


def _shapes(specs: tuple[TensorSpec | None, ...]) -> str:
    return ", ".join("×".join(map(str, spec.shape)) if spec is not None else "?" for spec in specs)
