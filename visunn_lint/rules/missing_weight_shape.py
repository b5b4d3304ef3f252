"""VIS201 missing-weight-shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import FOREIGN, Module, Param
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_FOR_LAZY = "give the sizes to the constructor, or call the module"
_FOR_LOG = "check the model itself, or log it with visunn_lint.Visu or visunn export: both keep the shapes"


@dataclass(frozen=True)
class MissingWeightShape(Rule):
    """The shape of a weight is not known: a lazy module never got an input, or a logged graph does not tell.

    ## Why is this bad?
    A lazy module that is never called stays without weights: it cannot be counted, initialised, moved or
    trained, and ``state_dict()`` of it loads nowhere. A graph that was logged without the shapes of its
    weights cannot be checked against any budget; that is one finding for the whole log.

    ## Use instead
    Give the sizes to the constructor, or run the module once before training. Log graphs with
    ``visunn_lint.Visu`` or ``visunn export``, which keep the shapes.

    ## References
    - The logs of ``SummaryWriter.add_graph`` hold weights as ``prim::GetAttr``, without a shape.
    """

    code = "VIS201"
    name = "missing-weight-shape"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    is_structural = True
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
        if model.topology.captured.engine == FOREIGN:
            yield from self._of_log([param.path for param in tables if param.path not in known])
            return
        for module in model.topology:
            unknown = [param.path for param in (*module.params, *module.buffers) if param.path not in known]
            if unknown:
                yield self._report(module, unknown)

    def _of_log(self, weights: list[str]) -> Iterator[Finding]:
        if weights:
            yield self.finding("", f"the log has no shape of {_listed(weights)}", advice=_FOR_LOG)

    def _report(self, module: Module, weights: list[str]) -> Finding:
        label = "lazy, and never called"
        return self.finding(module, f"the shape of {_listed(weights)} is not known", label=label, advice=_FOR_LAZY)


def _listed(weights: list[str]) -> str:
    return f"`{weights[0]}`{f' and {len(weights) - 1} more' if len(weights) > 1 else ''}"


def _weights(topology: Topology) -> Iterator[Param]:
    for module in topology:
        yield from (*module.params, *module.buffers)
