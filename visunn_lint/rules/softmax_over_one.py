"""VIS208 softmax-over-one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._axes import ELEMENTWISE, first_input, first_output
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._softmax import axis
from visunn_lint.topology import CapturedModel, Topology

SOFTMAXES = frozenset({"softmax", "log_softmax", "softmin", "gumbel_softmax"})
_CHANNELS = {"linear": -1, "conv1d": -2, "conv2d": -3, "conv3d": -4}
"""Layers, with the axis of their output, from its end, that a weight decides the size of."""


@dataclass(frozen=True)
class SoftmaxOverOne(Rule):
    """A softmax runs over an axis of size 1 that a layer with one output feature made.

    Attention over a single key is left alone: there it is the input that is short.

    ## Why is this bad?
    The softmax of one number is 1, its logarithm 0, and its gradient nothing: the layer before it never learns.
    Often the axis is the wrong one: scores of (batch, steps, 1) want ``dim=1``.

    ## Use instead
    The axis that the choice is among; a sigmoid, if there is a single score.

    ## References
    - PetrochukM/PyTorch-NLP#2
    """

    code = "VIS208"
    name = "softmax-over-one"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    covers = frozenset({"VIS210"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.score = nn.Linear(4, 1)

                def forward(self, x):
                    weights = F.softmax(torch.tanh(self.score(x)), dim=-1)
                    return (weights * x).sum(1)
            """,
            inputs="2x5x4",
            at=("",),
        ),
        Example("nn.Sequential(nn.Conv2d(3, 1, 1), nn.Softmax(dim=1))", inputs="2x3x4x4", at=("1",)),
        Example("nn.Sequential(nn.Linear(4, 1), nn.Softmax())", inputs="2x4", at=("1",)),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.score = nn.Linear(4, 1)

                def forward(self, x):
                    weights = F.softmax(torch.tanh(self.score(x)), dim=1)
                    return (weights * x).sum(1)
            """,
            inputs="2x5x4",
        ),
        Example(
            """
            class Net(nn.Module):  # attention over one key, because the sequence is that short
                def __init__(self):
                    super().__init__()
                    self.query, self.key = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    scores = self.query(x) @ self.key(x).transpose(1, 2)
                    return scores.softmax(-1) @ x
            """,
            inputs="2x1x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such softmax."""
        for topology in model.topologies:
            for node in topology.ops_named(SOFTMAXES):
                yield from self._over_one(topology, node)

    def _over_one(self, topology: Topology, node: Node) -> Iterator[Finding]:
        over, spec = axis(node), first_input(node)
        if over is None or spec is None or spec.shape[over : over + 1] != (1,):
            return
        layer = _layer_before(topology, node)
        if layer is not None and over == len(spec.shape) + _CHANNELS[layer.short_op]:
            yield self.finding(
                node,
                f"`{node.short_op}` over axis {over} of {'×'.join(map(str, spec.shape))}: of one number it is constant",
                location=placed_at(topology, node),
                label=f"always {0 if node.short_op == 'log_softmax' else 1}",
                advice="name the axis that the choice is among, or use a sigmoid for a single score",
                related=(Related(f"`{layer.module}` makes one feature", placed_at(topology, layer), layer.module),),
            )


def _layer_before(topology: Topology, node: Node) -> Node | None:
    """Return the layer whose output a softmax reads, through ops that leave axes what they are."""
    while True:
        spec, producer = first_input(node), next(iter(topology.producers(node)), None)
        if producer is None or spec is None or first_output(producer) is None:
            return None
        if producer.short_op in _CHANNELS:
            return producer
        before = first_input(producer)
        if producer.short_op not in ELEMENTWISE or before is None or before.shape != spec.shape:
            return None
        node = producer
