"""VIS203 outer-broadcast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._axes import first_output
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._values import input_dependents
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import CapturedModel, Topology

_PAIRWISE = frozenset({
    "add", "add_", "sub", "sub_", "rsub", "mul", "mul_", "div", "div_", "true_divide", "pow", "maximum", "minimum",
    "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss", "poisson_nll_loss", "kl_div", "lerp",
})  # fmt: skip
_NEW_AXIS = frozenset({"unsqueeze", "getitem", "view", "reshape", "expand", "expand_as", "unflatten"})


@dataclass(frozen=True)
class OuterBroadcast(Rule):
    """A column of shape (N, 1) meets a row of shape (N,): the result has N × N elements.

    Both have to depend on the inputs. Where the code sets the axis of one itself, as in
    ``x[:, None] - x``, or where the result meets another matrix of N × N, pairs are what is wanted.

    ## Why is this bad?
    Instead of N differences there are N², of each element with each: the loss is finite, falls a little, and
    pulls every prediction to the mean of all targets.

    ## Use instead
    Bring both to one shape: ``prediction.squeeze(1)``, or ``target.unsqueeze(1)``.

    ## References
    - pytorch/pytorch#2973
    - pytorch/pytorch#19991
    """

    code = "VIS203"
    name = "outer-broadcast"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 1)

                def forward(self, x, target):
                    return ((self.fc(x) - target) ** 2).mean()
            """,
            inputs="3x4, 3",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 1)

                def forward(self, x, target):
                    return F.mse_loss(self.fc(x), target)
            """,
            inputs="b x 4, b",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 1)

                def forward(self, x, target):
                    return ((self.fc(x).squeeze(1) - target) ** 2).mean()
            """,
            inputs="3x4, 3",
        ),
        Example(
            """
            class Net(nn.Module):  # pairs are wanted: positions, an axis set by hand, distances of all to all
                def forward(self, x):
                    steps = torch.arange(x.shape[1])
                    mask = steps[:, None] - steps
                    row = x.sum(1)
                    pairs = row.unsqueeze(1) - row
                    norms = x.pow(2).sum(1, keepdim=True)
                    return norms + x.pow(2).sum(1) - 2 * x @ x.T, pairs, mask
            """,
            inputs="3x4",
        ),
        Example(
            """
            class Net(nn.Module):  # a bias of as many elements as there are samples
                def __init__(self):
                    super().__init__()
                    self.fc, self.bias = nn.Linear(4, 1), nn.Parameter(torch.zeros(3))

                def forward(self, x):
                    return self.fc(x) + self.bias
            """,
            inputs="3x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each op in which a column meets a row of its length."""
        for topology in model.topologies:
            moving = input_dependents(topology)
            for node in topology.ops_named(_PAIRWISE):
                if _meets_as_outer(topology, node, moving):
                    yield self._report(node)

    def _report(self, node: Node) -> Finding:
        column, row = (spec for spec in node.input_specs[:2] if spec is not None)
        size = max(column.numel, row.numel)
        return self.finding(
            node,
            f"`{node.short_op}` of {_shape(column)} and {_shape(row)} makes {size}×{size} pairs out of {size} elements",
            label="each element of one with each of the other",
            advice="squeeze(1) the column, or unsqueeze(1) the row",
        )


def _shape(spec: TensorSpec) -> str:
    return f"({', '.join(map(str, spec.shape))}{',' if len(spec.shape) == 1 else ''})"


def _meets_as_outer(topology: Topology, node: Node, moving: set[str]) -> bool:
    if len(node.inputs) < 2 or not all(name in moving for name in node.inputs[:2]):  # noqa: PLR2004 -- two operands
        return False
    first, second = node.input_specs[:2]
    if first is None or second is None or {len(first.shape), len(second.shape)} != {1, 2}:
        return False
    column, row, name = (first, second, node.inputs[0]) if len(first.shape) == 2 else (second, first, node.inputs[1])  # noqa: PLR2004 -- a matrix
    size = row.shape[0]
    if size == 1 or column.shape != (size, 1) or column.batch_dims[:1] != row.batch_dims[:1]:
        return False
    return topology.nodes[name].short_op not in _NEW_AXIS and not _meets_pairs(topology, node, size)


def _meets_pairs(topology: Topology, node: Node, size: int) -> bool:
    """Return whether the result is combined with another matrix of pairs."""
    for reader in topology.consumers(node):
        others = [spec for name, spec in zip(reader.inputs, reader.input_specs, strict=True) if name != node.name]
        if any(spec is not None and spec.shape == (size, size) for spec in others):
            return True
        out = first_output(reader)
        if reader.short_op in _PAIRWISE and out is not None and out.shape == (size, size) and not others:
            return _meets_pairs(topology, reader, size)
    return False
