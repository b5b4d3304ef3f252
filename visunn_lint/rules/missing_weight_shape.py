"""VIS201 missing-weight-shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module, Node, Param
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_FOR_LAZY = "give the sizes to the constructor, or call the module"


@dataclass(frozen=True)
class MissingWeightShape(Rule):
    """The shape of a weight is not known: a lazy module never got an input, or a logged graph does not tell.

    ## Why is this bad?
    A lazy module that is never called stays without weights: it cannot be counted, initialised, moved or
    trained, and ``state_dict()`` of it loads nowhere. A graph that was logged without the shapes of its
    weights cannot be checked against any budget.

    ## Use instead
    Give the sizes to the constructor, or run the module once before training. Log graphs with
    ``visunn export``, which keeps the shapes.

    ## References
    - The logs of ``SummaryWriter.add_graph`` hold weights as ``prim::GetAttr``, without a shape.
    """

    code = "VIS201"
    name = "missing-weight-shape"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body, self.head = nn.LazyLinear(4), nn.LazyLinear(2)

                def forward(self, x):
                    return self.body(x)
            """,
            inputs="2x4",
            at=("head",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body, self.head = nn.LazyLinear(4), nn.LazyLinear(2)

                def forward(self, x):
                    return self.head(self.body(x))
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each module whose weights have no shape in any mode, one for a whole logged graph."""
        if model.has_failed:
            return
        tables = [param for topology in model.topologies for param in _weights(topology)]
        known = {param.path for param in tables if param.shape is not None}
        for module in model.topology:
            unknown = [param.path for param in (*module.params, *module.buffers) if param.path not in known]
            if unknown:
                yield self._report(module, unknown)
        named = {param.path for param in tables}
        logged = [node.label for node in _unshaped(model.topology) if node.label not in named]
        if logged:
            yield self._report("", logged)

    def _report(self, where: Module | str, weights: list[str]) -> Finding:
        more = f" and {len(weights) - 1} more" if len(weights) > 1 else ""
        is_lazy = isinstance(where, Module)
        return self.finding(
            where,
            f"the shape of `{weights[0]}`{more} is not known",
            label="lazy, and never called" if is_lazy else "",
            advice=_FOR_LAZY if is_lazy else "log the graph anew with visunn export, which keeps shapes",
        )


def _weights(topology: Topology) -> Iterator[Param]:
    for module in topology:
        yield from (*module.params, *module.buffers)


def _unshaped(topology: Topology) -> Iterator[Node]:
    """Yield the weights in a graph whose nodes have no shape."""
    for node in topology.nodes.values():
        if node.kind in {"param", "buffer"} and None in (node.output_specs or (None,)):
            yield node
