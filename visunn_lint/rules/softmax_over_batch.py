"""VIS209 softmax-over-batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._axes import axis_of, first_input
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules.softmax_over_one import SOFTMAXES
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class SoftmaxOverBatch(Rule):
    """A softmax runs along the batch, or along an axis that it is flattened into.

    Two runs with different batch sizes tell. Where two axes follow the batch, as in the similarities of a
    contrastive loss, it is meant so. A note where the batch axis is our guess.

    ## Why is this bad?
    The samples of a batch share one unit of probability: the output for one depends on the others, and with a
    batch of one it is constant.

    ## Use instead
    The axis of the classes, often ``dim=-1``.

    ## References
    - OpenNMT/OpenNMT-py#487, where the axis was left to torch, which took the batch
    """

    code = "VIS209"
    name = "softmax-over-batch"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    needs = frozenset({"eval", "rebatched"})
    bad = (
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=0))", inputs="b x 4", at=("1",)),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.score = nn.Linear(4, 1)

                def forward(self, x):
                    weights = self.score(x.reshape(-1, 4)).softmax(0)
                    return (weights.view(x.shape[0], -1, 1) * x).sum(1)
            """,
            inputs="b x 5 x 4",
            at=("",),
        ),
    )
    good = (
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=1))", inputs="b x 4"),
        Example("nn.Sequential(nn.Linear(4, 3), nn.Softmax(dim=0))", inputs="2x4"),
        Example(
            """
            class Net(nn.Module):  # each sample with each other
                def forward(self, x):
                    return (x @ x.T).log_softmax(dim=0)
            """,
            inputs="b x 4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each softmax along an axis that follows the batch, and is the only one."""
        for node in model.eval.ops_named(SOFTMAXES) if model.eval is not None else ():
            spec, axis = first_input(node), axis_of(node)
            if spec is not None and axis is not None and spec.batch_dims == (axis,):
                yield self._report(model, node, axis)

    def _report(self, model: CapturedModel, node: Node, axis: int) -> Finding:
        spec = first_input(node)
        shape = "×".join(map(str, spec.shape)) if spec else ""
        return self.finding(
            node,
            f"`{node.short_op}` over axis {axis} of {shape}, which follows the batch",
            location=placed_at(model.topology, node),
            label="the samples of a batch share one unit of probability",
            advice="name the axis of the classes: dim=-1",
            severity=Severity.INFO if model.inputs_are_guessed else None,
        )
