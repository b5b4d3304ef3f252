"""VIS306 consecutive-linear."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._dropouts import is_dropout
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._windows import windows
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class ConsecutiveLinear(Rule):
    """A linear layer feeds nothing but another linear layer, with no activation between them.

    Two ``nn.Linear``, or two convolutions of kernel 1, each with a weight of its own. A pair that goes through fewer
    features than it begins and ends with is a factorised layer, and is left alone. A dropout between them is no
    activation.

    ## Why is this bad?
    Two linear maps in a row are one linear map: the second layer adds parameters and time, and nothing that the first
    could not do. Mostly an activation was forgotten.

    ## Use instead
    An activation between the two, or one layer.

    ## References
    - stanfordnlp/stanza#1610
    """

    code = "VIS306"
    name = "consecutive-linear"
    category = "efficiency"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example("nn.Sequential(nn.Linear(4, 8), nn.Linear(8, 2))", inputs="2x4", at=("1",)),
        Example("nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 1))", inputs="2x3x6x6", at=("1",)),
        Example("nn.Sequential(nn.Linear(4, 8), nn.Dropout(0.1), nn.Linear(8, 2))", inputs="2x4", at=("2",)),
    )
    good = (
        Example("nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))", inputs="2x4"),
        Example("nn.Sequential(nn.Linear(16, 2, bias=False), nn.Linear(2, 16))", inputs="2x16"),
        Example("nn.Sequential(nn.Conv2d(3, 8, 1), nn.Conv2d(8, 8, 3))", inputs="2x3x6x6"),
        Example("nn.Sequential(nn.Conv2d(4, 8, 1), nn.Conv2d(8, 8, 1, groups=2))", inputs="2x4x6x6"),
        Example(
            """
            class Net(nn.Module):  # the hidden features have another reader
                def __init__(self):
                    super().__init__()
                    self.project, self.head = nn.Linear(4, 8), nn.Linear(8, 2)

                def forward(self, x):
                    x = self.project(x)
                    return x, self.head(x)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each linear layer that reads nothing but another one's result."""
        if model.has_failed:
            return
        for topology in model.topologies[-1:]:
            for node in topology.ops():
                first = _before(topology, node)
                if first is not None and _is_linear(topology, node) and _is_linear(topology, first):
                    is_alone = len(topology.consumers(first)) == 1 and first.short_op == node.short_op
                    if is_alone and not _is_factorised(first, node) and first.inputs[1] != node.inputs[1]:
                        yield self._report(topology, node, first)

    def _report(self, topology: Topology, node: Node, first: Node) -> Finding:
        return self.finding(
            node,
            f"`{node.module or node.short_op}` is a linear map of a linear map, `{first.module or first.short_op}`",
            location=placed_at(topology, node),
            label="no activation stands between the two",
            advice="put an activation between them, or use one layer",
            related=(Related("the first of the two", placed_at(topology, first), first.module),),
        )


def _before(topology: Topology, node: Node) -> Node | None:
    """Return what feeds an op, through a dropout that feeds nothing else; None if nothing does."""
    first = topology.nodes[node.inputs[0]] if node.inputs else None
    while first is not None and is_dropout(first) and first.inputs and len(topology.consumers(first)) == 1:
        first = topology.nodes[first.inputs[0]]
    return first


def _is_linear(topology: Topology, node: Node) -> bool:
    """Return whether an op mixes features by a trained weight of its own, and nothing else."""
    if len(node.inputs) < 2 or topology.nodes[node.inputs[1]].kind != "param":  # noqa: PLR2004 -- input and weight
        return False
    kind, axes = windows(node)
    is_pointwise = kind == "conv" and all(each.kernel == 1 for each in axes) and node.attributes.get("groups", 1) == 1
    return node.short_op == "linear" or is_pointwise


def _is_factorised(first: Node, second: Node) -> bool:
    """Return whether two weights go through fewer features than they begin and end with."""
    weights = first.input_specs[1], second.input_specs[1]
    if weights[0] is None or weights[1] is None:
        return True
    inner, features, outer = weights[0].shape[0], weights[0].shape[1], weights[1].shape[0]
    return inner < features and inner < outer
