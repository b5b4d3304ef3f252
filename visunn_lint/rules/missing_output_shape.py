"""VIS202 missing-output-shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._rule import Rule
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class MissingOutputShape(Rule):
    """The graph does not tell the shape of what an op returns.

    Our own captures always do; a graph that another program logged may not. All such ops of a
    graph are one finding.

    ## Why is this bad?
    What follows such an op cannot be checked: no shapes, no bytes, no FLOPs.

    ## Use instead
    Check the model itself, or log it with ``visunn export``.

    ## References
    - The logs of ``SummaryWriter.add_graph`` leave out shapes that were not known when it traced.
    """

    code = "VIS202"
    name = "missing-output-shape"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    is_structural = True
    scope = "model"

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield one finding for all ops without output shape."""
        ops = [node for node in model.topology.ops() if _lacks_shape(node)]
        if not ops:
            return
        first = ops[0]
        others = len(ops) - 1
        more = f" and of {others} other op{'s' if others > 1 else ''}" if others else ""
        yield self.finding(
            first,
            f"the output shape of `{first.name}` ({first.op}){more} is not known",
            advice="check the model itself, or log it with visunn export",
        )


def _lacks_shape(node: Node) -> bool:
    return node.op.startswith("aten::") and None in (node.output_specs or (None,))
