"""VIS504 double-softmax."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._provenance import came_from, operand
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._softmax import LOG_SOFTMAX, SOFTMAX, axis
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class DoubleSoftmax(Rule):
    """A softmax, or a log-softmax, is taken of what is a softmax already.

    Along the same axis, with nothing between them but casts and dropout. A softmax of a *log*-softmax is the
    softmax itself, and is left alone; so are two softmaxes along different axes.

    ## Why is this bad?
    Probabilities lie between 0 and 1, so that the second softmax sees scores that hardly differ: of ten classes none
    can get more than 23 %. The model still learns, slowly and to a worse end, and its probabilities mean nothing.

    ## Use instead
    One softmax. Let the network return scores, and take ``log_softmax`` of these in the loss.

    ## References
    - Lightning-Universe/lightning-bolts#654
    """

    code = "VIS504"
    name = "double-softmax"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1), nn.LogSoftmax(dim=1))", inputs="2x4", at=("2",)),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.actor = nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=-1))

                def forward(self, x):
                    return F.softmax(self.actor(x).float(), dim=1)
            """,
            inputs="2x4",
            at=("",),
        ),
    )
    good = (
        Example("nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1))", inputs="2x4"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.LogSoftmax(dim=1), nn.Softmax(dim=1))", inputs="2x4"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1), nn.Linear(3, 3), nn.Softmax(dim=1))", inputs="2x4"),
        Example("nn.Sequential(nn.Softmax(dim=2), nn.Softmax(dim=1))", inputs="2x4x4"),
        Example(
            """
            class Net(nn.Module):  # the best experts, weighed anew
                def __init__(self):
                    super().__init__()
                    self.gate = nn.Linear(4, 6)

                def forward(self, x):
                    best, index = self.gate(x).softmax(-1).topk(2)
                    return best.softmax(-1), index
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each softmax of a softmax."""
        for topology in model.topologies:
            for node in topology.ops_named(SOFTMAX | LOG_SOFTMAX):
                if not node.inputs:
                    continue
                first = came_from(topology, operand(topology, node))
                if first.short_op in SOFTMAX and axis(first) is not None and axis(first) == axis(node):
                    yield self._report(topology, node, first)

    def _report(self, topology: Topology, node: Node, first: Node) -> Finding:
        return self.finding(
            node,
            f"`{node.short_op}` is taken of a softmax",
            location=placed_at(topology, node),
            label="its operand is between 0 and 1 already",
            advice="take one softmax, of the scores",
            related=(Related("the first softmax", placed_at(topology, first), first.module),),
        )
