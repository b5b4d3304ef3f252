"""VIS511 clobbered-skip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.location import Location
from visunn_lint.records import Call, Node
from visunn_lint.rules._aliases import aliases_read_again
from visunn_lint.rules._provenance import came_from
from visunn_lint.rules._reads import ReadAgain, variable_read_again
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_ACTIVATIONS = frozenset({
    "relu", "relu6", "leaky_relu", "elu", "celu", "selu", "silu", "hardtanh", "hardswish", "hardsigmoid", "mish",
    "sigmoid", "tanh", "threshold", "rrelu", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_dropout",
    "alpha_dropout",
})  # fmt: skip
_RECTIFIED = frozenset({"relu", "relu6", "sigmoid", "softmax", "hardsigmoid", "max_pool2d", "adaptive_avg_pool2d"})


@dataclass(frozen=True)
class ClobberedSkip(Rule):
    """An in-place activation overwrites a tensor that is read once more, as it was before.

    The call is given a variable, its result goes by another name, and the variable is read afterwards: by then it holds
    the activated values. So does a name that was made for it before, ``identity = x``. ``x = self.relu(x)`` alone is
    right, as is a read that comes before the write, and a ReLU of what is a ReLU's result already. So is a statement
    ``self.relu(x)``, whose result nobody takes: it can mean nothing but the write.

    ## Why is this bad?
    A residual block whose first layer is ``nn.ReLU(inplace=True)`` computes ``f(relu(x)) + relu(x)``, not
    ``f(relu(x)) + x``: the skip connection loses the negative half of everything.

    ## Use instead
    ``inplace=False``, or a copy: ``self.block(x.clone()) + x``.

    ## References
    - rosinality/vq-vae-2-pytorch#60
    """

    code = "VIS511"
    name = "clobbered-skip"
    category = "training"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem = nn.Linear(4, 4)
                    self.block = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 4))

                def forward(self, x):
                    x = self.stem(x)
                    return x + self.block(x)
            """,
            inputs="2x4",
            at=("block.0",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem, self.fc = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    x = self.stem(x)
                    return self.fc(F.relu(x, inplace=True)) + x
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem, self.act, self.fc = nn.Linear(4, 4), nn.ReLU(inplace=True), nn.Linear(4, 4)

                def forward(self, x):
                    x = self.stem(x)
                    identity = x
                    x = self.act(x)
                    x = self.fc(x)
                    x += identity
                    return x
            """,
            inputs="2x4",
            at=("act",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem = nn.Linear(4, 4)
                    self.layers = nn.ModuleList([nn.SiLU(inplace=True), nn.Linear(4, 4)])
                    self.merge = nn.Bilinear(4, 4, 4)

                def forward(self, x):
                    x = self.stem(x)
                    out = x
                    for layer in self.layers:
                        out = layer(out)
                    return self.merge(out, x)
            """,
            inputs="2x4",
            at=("layers.0",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem, self.act = nn.Linear(4, 4), nn.ReLU(inplace=True)

                def forward(self, x):
                    x = self.stem(x)
                    x = x + self.act(x)
                    return x
            """,
            inputs="2x4",
            at=("act",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.stem = nn.Linear(4, 4)
                    self.block = nn.Sequential(nn.ReLU(inplace=False), nn.Linear(4, 4))

                def forward(self, x):
                    x = self.stem(x)
                    out = self.block(x)
                    return out + x
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # pre-activation, meant; a reader that comes before; only the shape is asked for
                def __init__(self):
                    super().__init__()
                    self.stem, self.fc, self.act = nn.Linear(4, 4), nn.Linear(4, 4), nn.ReLU(inplace=True)
                    self.block = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 4))

                def forward(self, x):
                    x = self.act(self.stem(x))
                    x = x + self.fc(x)
                    skip = self.fc(x)
                    y = self.act(x)
                    z = self.block(self.fc(y) + skip)
                    return z.view(x.shape)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # the other name is made after the write, or for a copy, or may be bound anew
                def __init__(self):
                    super().__init__()
                    self.stem, self.fc, self.act = nn.Linear(4, 4), nn.Linear(4, 4), nn.SiLU(inplace=True)
                    self.project = nn.Linear(4, 4)

                def forward(self, x):
                    x = self.act(self.stem(x))
                    identity = x
                    x = self.fc(x) + identity
                    identity = x.clone()
                    x = self.act(x)
                    x = self.fc(x) + identity
                    identity = x
                    x = self.act(x)
                    if self.project is not None:
                        identity = self.project(x)
                    return self.fc(x) + identity
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # twice the activated values, meant; either those or the others
                def __init__(self):
                    super().__init__()
                    self.stem, self.fc, self.act = nn.Linear(4, 4), nn.Linear(4, 4), nn.ReLU(inplace=True)

                def forward(self, x, skip=False):
                    x = self.act(self.stem(x))
                    x = self.fc(x + x)
                    x = self.act(x)
                    x = self.fc(x * x)
                    self.act(x)
                    x = self.fc(x * x)
                    y = self.act(x)
                    y = self.fc(y * y)
                    if skip:
                        y = y + x
                    y = self.act(y) if not skip else y
                    return y * y
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # nothing changes: it was rectified before
                def __init__(self):
                    super().__init__()
                    self.stem = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
                    self.block = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(4, 4))

                def forward(self, x):
                    x = self.stem(x)
                    return self.block(x) + x
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each activation that overwrites what the code around it reads again."""
        for topology in model.topologies:
            for node in topology.ops():
                if _is_activation_in_place(node) and _reads(topology, node) > 1 and _changes(topology, node):
                    again = next(_reads_again(topology, node), None)
                    if again is not None:
                        yield self._report(node, again)

    def _report(self, node: Node, again: ReadAgain) -> Finding:
        return self.finding(
            node,
            f"`{node.short_op}` overwrites `{again.variable}`, which is read again afterwards",
            location=again.call,
            label=f"this changes `{again.variable}` in place",
            advice="use inplace=False, or hand over a copy",
            related=(Related(f"`{again.variable}` is read here, and holds the activated values", again.read),),
        )


def _is_activation_in_place(node: Node) -> bool:
    return bool(node.inputs) and query.is_in_place(node) and node.short_op.removesuffix("_") in _ACTIVATIONS


def _reads(topology: Topology, node: Node) -> int:
    """Return how often ops read what a node made: ``x + relu_(x)`` reads one tensor twice."""
    return sum(reader.inputs.count(node.name) for reader in topology.consumers(node))


def _changes(topology: Topology, node: Node) -> bool:
    """Return whether an activation may change its operand: not what is rectified already, or dropped with p=0."""
    before = came_from(topology, topology.nodes[node.inputs[0]])
    base = node.short_op.removesuffix("_")
    if "dropout" in base:
        return node.attributes.get("training") is not False and node.attributes.get("p") != 0
    return not (base in {"relu", "leaky_relu"} and before.short_op.removesuffix("_") in _RECTIFIED)


def _reads_again(topology: Topology, node: Node) -> Iterator[ReadAgain]:
    """Yield where the overwritten tensor is read again, by the name that it was handed over by, or by another.

    Where a single op reads it, that reads it by both names: it stands around them.
    """
    is_read_by_others = len(topology.consumers(node)) > 1
    for place in _handed_over(topology, node):
        again = variable_read_again(place)
        if again is not None and (is_read_by_others or _is_reader(topology, node, again.read)):
            yield again
        yield from (alias for alias in aliases_read_again(place) if _is_reader(topology, node, alias.read))


def _is_reader(topology: Topology, node: Node, read: Location | None) -> bool:
    """Return whether what stands around a place is an op, or a call, that got the activated tensor itself."""
    readers = [reader.source for reader in topology.consumers(node)]
    readers += [call.source for call in topology.calls if any(slot.node == node.name for slot in call.inputs)]
    return read is not None and any(place is not None and place.encloses(read) for place in readers)


def _handed_over(topology: Topology, node: Node) -> Iterator[Location]:
    """Yield where the overwritten tensor is handed over: to the op, and to the calls around it that were given it.

    What torch's own modules call has no line of its own, but that of the call around it: it is left out.
    """
    place = node.source
    for call in query.calls_around(topology, node.module, node.call):
        if place is not None and place != call.source:
            yield place
        if not _is_given(call, node):
            return
        place = call.source


def _is_given(call: Call, node: Node) -> bool:
    return any((slot.node, slot.index) == (node.inputs[0], node.input_slots[0]) for slot in call.inputs)
