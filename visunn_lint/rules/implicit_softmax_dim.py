"""VIS210 implicit-softmax-dim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._axes import first_input
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._softmax import implicit_axis
from visunn_lint.topology import CapturedModel, Topology

_SOFTMAXES = frozenset({"softmax", "log_softmax", "softmin"})


@dataclass(frozen=True)
class ImplicitSoftmaxDim(Rule):
    """A softmax is not told its axis.

    ## Why is this bad?
    torch then takes axis 0 for tensors of 0, 1 and 3 axes and axis 1 for others, a rule of old days that it
    warns about. Scores of (batch, steps, classes) are normalised over the batch.

    ## Use instead
    ``dim=-1``, or whichever axis is meant.

    ## References
    - OpenNMT/OpenNMT-py#487
    """

    code = "VIS210"
    name = "implicit-softmax-dim"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax())", inputs="2x4", at=("1",)),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return F.log_softmax(x) + F.softmin(x)
            """,
            inputs="2x5x4",
            at=("", ""),
        ),
    )
    good = (
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))", inputs="2x4"),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return F.log_softmax(x, -1) + x.softmax(dim=0) + F.softmin(x, 0)
            """,
            inputs="2x5x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each softmax without an axis."""
        for topology in model.topologies:
            for node in topology.ops_named(_SOFTMAXES):
                if "dim" in node.attributes and node.attributes["dim"] is None:
                    yield self._report(topology, node)

    def _report(self, topology: Topology, node: Node) -> Finding:
        spec = first_input(node)
        rank = len(spec.shape) if spec else 0
        axis = implicit_axis(rank)
        return self.finding(
            node,
            f"`{node.short_op}` is not told its axis, and takes axis {axis} because its operand has {rank}",
            location=placed_at(topology, node),
            label="no dim is given",
            advice="pass dim, often dim=-1",
        )
