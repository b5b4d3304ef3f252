"""VIS303 repeated-computation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Node
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_COSTLY = frozenset({
    "linear", "matmul", "mm", "bmm", "baddbmm", "addmm", "einsum", "cdist", "scaled_dot_product_attention",
    "multi_head_attention_forward", "lstm", "gru", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d", "interpolate", "grid_sample", "fft", "rfft", "stft",
})  # fmt: skip
_RANDOM = frozenset({
    "bernoulli", "dropout", "gumbel_softmax", "multinomial", "normal", "poisson", "rand", "randint", "randn",
    "randperm",
    "rand_like", "randn_like", "randint_like", "rrelu", "exponential", "uniform", "random",
})  # fmt: skip


@dataclass(frozen=True)
class RepeatedComputation(Rule):
    """The same op is run twice on the same operands, in eval mode.

    Products, convolutions, attention and the like, and what is computed from their results alike; cheap ops and random
    ones are not told. Of a chain that is computed twice the first op is.

    ## Why is this bad?
    The result was there already. Time and memory are spent twice, mostly where a method is called for each of its
    parts: ``self.encode(x)[0], self.encode(x)[1]``.

    ## Use instead
    Compute it once and keep it in a variable.
    """

    code = "VIS303"
    name = "repeated-computation"
    category = "efficiency"
    severity = Severity.INFO
    since = "0.1.0"
    needs = frozenset({"eval"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body, self.mean, self.scale = nn.Linear(4, 4), nn.Linear(4, 2), nn.Linear(4, 2)

                def forward(self, x):
                    return self.mean(self.body(x).relu()) + self.scale(self.body(x).relu())
            """,
            inputs="2x4",
            at=("body",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body, self.mean, self.scale = nn.Linear(4, 4), nn.Linear(4, 2), nn.Linear(4, 2)

                def forward(self, x):
                    x = self.body(x).relu()
                    return self.mean(x) + self.scale(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # two samples, other operands, and a cheap op
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x, y):
                    noisy = self.fc(x + torch.randn_like(x)), self.fc(x + torch.randn_like(x))
                    return noisy, self.fc(y), x * 2, x * 2
            """,
            inputs="2x4, 2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each costly op whose result was there already, but for what follows from one such."""
        topology = model.eval
        if topology is None:
            return
        firsts = _firsts(topology)
        for node in topology.ops():
            first = firsts.get(node.name, node.name)
            follows = any(firsts.get(name, name) != name for name in node.inputs)
            if first != node.name and not follows and node.short_op in _COSTLY:
                yield self._report(node, topology.nodes[first])

    def _report(self, node: Node, first: Node) -> Finding:
        return self.finding(
            node,
            f"`{node.short_op}` of `{node.module or 'forward'}` is computed again from the same operands",
            label="this result was there already",
            advice="compute it once, and keep it in a variable",
            related=(Related("first computed here", first.source, first.module),),
        )


def _firsts(topology: Topology) -> dict[str, str]:
    """Return for each op that repeats another the name of the first of them."""
    known: dict[object, str] = {}
    firsts: dict[str, str] = {}
    for node in topology.nodes.values():
        if node.kind != "op" or not node.inputs or _is_of_its_own(node):
            continue
        operands = tuple(firsts.get(name, name) for name in node.inputs)
        key = (node.op, operands, node.input_slots, tuple(sorted(node.attributes.items(), key=str)), node.output_specs)
        first = known.setdefault(key, node.name)
        if first != node.name:
            firsts[node.name] = first
    return firsts


def _is_of_its_own(node: Node) -> bool:
    """Return whether an op gives another result each time, or writes one."""
    op = node.short_op.removesuffix("_")
    return op in _RANDOM or query.is_in_place(node)
