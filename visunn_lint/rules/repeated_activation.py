"""VIS302 repeated-activation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._provenance import came_from, operand
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_IDEMPOTENT = frozenset({"relu", "relu6", "hardtanh", "abs", "sign", "round", "floor", "ceil", "clamp"})
_BOUNDS = ("min", "max", "min_val", "max_val", "decimals")


@dataclass(frozen=True)
class RepeatedActivation(Rule):
    """An activation is applied to its own result, which it does not change.

    ``relu(relu(x))`` and the like, with nothing between but dropout and casts.

    ## Why is this bad?
    It computes nothing, and hides what the author meant: a block that ends in an activation before one that begins
    with it, or a layer that was left out between the two.

    ## Use instead
    One activation.
    """

    code = "VIS302"
    name = "repeated-activation"
    category = "efficiency"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example("nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Dropout(), nn.ReLU())", inputs="2x4", at=("3",)),
        Example("nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.ReLU(inplace=True))", inputs="2x4", at=("2",)),
    )
    good = (
        Example("nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Dropout())", inputs="2x4"),
        Example("nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.ReLU6())", inputs="2x4"),
        Example("nn.Sequential(nn.Linear(4, 4), nn.GELU(), nn.GELU())", inputs="2x4"),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return x.clamp(min=0).clamp(max=1)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each activation whose operand is a result of the same one."""
        for topology in model.topologies:
            for node in topology.ops():
                if node.inputs and _base(node) in _IDEMPOTENT:
                    first = came_from(topology, operand(topology, node))
                    if _activation(first) == _activation(node):
                        yield self._report(topology, node, first)

    def _report(self, topology: Topology, node: Node, first: Node) -> Finding:
        return self.finding(
            node,
            f"`{_base(node)}` is applied to its own result",
            location=placed_at(topology, node),
            label="this changes nothing",
            advice="leave one of the two out",
            related=(Related("the first", placed_at(topology, first), first.module),),
        )


def _base(node: Node) -> str:
    return node.short_op.removesuffix("_")


def _activation(node: Node) -> tuple[object, ...]:
    """Return what an activation does: its op and its bounds."""
    return _base(node), *(node.attributes.get(name) for name in _BOUNDS)
