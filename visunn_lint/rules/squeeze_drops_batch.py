"""VIS206 squeeze-drops-batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._axes import batch_size, first_input
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel

_SQUEEZES = frozenset({"squeeze", "squeeze_"})


@dataclass(frozen=True)
class SqueezeDropsBatch(Rule):
    """``squeeze()`` without an axis works on a tensor whose batch axis may be 1.

    ## Why is this bad?
    With a batch of one the batch axis goes too: what comes after fails, or takes another axis for the batch.
    It shows with the last batch of an epoch, or in production.

    ## Use instead
    Name the axis: ``squeeze(-1)``.

    ## References
    - NVIDIA/tacotron2#303
    """

    code = "VIS206"
    name = "squeeze-drops-batch"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    needs = frozenset({"eval", "rebatched"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv, self.pool, self.fc = nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Linear(8, 2)

                def forward(self, x):
                    return self.fc(self.pool(self.conv(x)).squeeze())
            """,
            inputs="b x 3 x 8 x 8",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv, self.pool, self.fc = nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Linear(8, 2)

                def forward(self, x):
                    return self.fc(self.pool(self.conv(x)).squeeze(-1).squeeze(-1))
            """,
            inputs="b x 3 x 8 x 8",
        ),
        Example(
            """
            class Net(nn.Module):  # no batch in it
                def __init__(self):
                    super().__init__()
                    self.scale = nn.Parameter(torch.ones(1, 4, 1))

                def forward(self, x):
                    return x * self.scale.squeeze()
            """,
            inputs="b x 4",
        ),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return x.squeeze()
            """,
            inputs="2x1x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such squeeze."""
        batch = batch_size(model)
        for node in model.eval.ops_named(_SQUEEZES) if model.eval is not None else ():
            spec = first_input(node)
            if "dim" in node.attributes or spec is None:
                continue
            if any(spec.shape[axis] == batch for axis in spec.batch_dims):
                yield self._report(
                    node, "×".join("b" if n in spec.batch_dims else str(d) for n, d in enumerate(spec.shape))
                )

    def _report(self, node: Node, shape: str) -> Finding:
        return self.finding(
            node,
            f"`squeeze()` of {shape} drops the batch axis when the batch is one",
            label="all axes of size 1 go",
            advice="name the axis: squeeze(-1)",
        )
