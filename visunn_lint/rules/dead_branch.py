"""VIS103 dead-branch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.location import Location
from visunn_lint.records import Call, Node
from visunn_lint.rules._fate import Fate, fate_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_PLUMBING = frozenset({
    "view", "view_as", "reshape", "reshape_as", "flatten", "unflatten", "squeeze", "unsqueeze", "transpose", "permute",
    "t", "T", "mT", "movedim", "swapaxes", "expand", "expand_as", "broadcast_to", "contiguous", "clone", "detach", "to",
    "type", "type_as", "float", "double", "half", "bfloat16", "long", "int", "bool", "cpu", "cuda", "getitem", "select",
    "narrow", "chunk", "split", "unbind", "zeros_like", "ones_like", "empty_like", "full_like", "new_zeros", "new_ones",
    "new_empty", "new_full", "new_tensor", "real", "imag",
})  # fmt: skip
"""Ops that move, cast or make tensors: leaving one without a reader costs nothing and hides no bug."""
_ASKED = frozenset({"_is_all_true", "_is_any_true"})
"""Ops that torch's own checks of values are made of: what reads them is Python."""


@dataclass(frozen=True)
class DeadBranch(Rule):
    """Ops compute a result that is dropped: it reaches no output of the model.

    Silent wherever the result may have another reader than an op: stored on ``self``, given to a
    function, used in a condition, returned for other inputs, read in the next turn of a loop. An
    unused second result (attention weights, the last hidden state) is reported only if it has
    parameters of its own.

    ## Why is this bad?
    The computation is paid for in every step, and the layers in it get no gradient, at which
    DistributedDataParallel stops. Mostly it is a slip: a result that was meant to be added,
    concatenated or returned, or one that was overwritten before it was read.

    ## Use instead
    Use the result, or remove the ops that compute it.

    ## References
    - Megvii-BaseDetection/YOLOX#885
    """

    code = "VIS103"
    name = "dead-branch"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.left, self.right = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    y = F.relu(self.left(x))
                    y = F.relu(self.right(x))
                    return y
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Block(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc, self.gate = nn.Linear(4, 4), nn.Sequential(nn.Linear(4, 4), nn.Sigmoid())

                def forward(self, x):
                    gate = self.gate(x)
                    x = self.fc(x)
                    return x

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.block = Block()

                def forward(self, x):
                    return self.block(x)
            """,
            inputs="2x4",
            at=("block.gate",),
        ),
        Example(
            """
            class Encoder(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.body, self.pooler = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    x = self.body(x)
                    return x, torch.tanh(self.pooler(x))

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.encoder, self.head = Encoder(), nn.Linear(4, 2)

                def forward(self, x):
                    x, _ = self.encoder(x)
                    return self.head(x)
            """,
            inputs="2x4",
            at=("encoder",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.left, self.right = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    y = F.relu(self.left(x))
                    y = y + F.relu(self.right(x))
                    return y
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # kept on self, in a list, or asked for a number
                def __init__(self):
                    super().__init__()
                    self.fc, self.aux = nn.Linear(4, 4), nn.Linear(4, 1)
                    self.losses = []

                def forward(self, x):
                    self.aux_loss = self.aux(x).square().mean()
                    self.losses.append(F.relu(self.aux(x)).sum())
                    norm = x.norm()
                    self.log("norm", norm)
                    return self.fc(x)

                def log(self, name, value):
                    pass
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # state written in place
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)
                    self.register_buffer("mean", torch.zeros(4))

                def forward(self, x):
                    self.mean.mul_(0.9).add_(x.mean(0), alpha=0.1)
                    self.mean[0] = x.max()
                    x.clamp_(-1, 1)
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # values that torch checks
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    torch._check_tensor_all(x.abs() < 1e9)
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # the last pass of a loop makes a state that nothing reads
                def __init__(self):
                    super().__init__()
                    self.out, self.step = nn.Linear(4, 2), nn.Linear(4, 4)

                def forward(self, x):
                    outputs = []
                    for _ in range(3):
                        outputs.append(self.out(x))
                        x = torch.tanh(self.step(x))
                    return torch.stack(outputs)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # last states and attention weights
                def __init__(self):
                    super().__init__()
                    self.lstm = nn.LSTM(4, 8, batch_first=True)
                    self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

                def forward(self, x):
                    x, (h, c) = self.lstm(x)
                    x, weights = self.attention(x, x, x)
                    return x
            """,
            inputs="2x3x4",
        ),
        Example(
            """
            class Attention(nn.Module):
                def forward(self, x):
                    weights = (x @ x.transpose(1, 2)).softmax(-1)
                    return weights @ x, weights.mean(1)

            class Net(nn.Module):  # a second result without parameters of its own
                def __init__(self):
                    super().__init__()
                    self.attention = Attention()

                def forward(self, x):
                    x, _ = self.attention(x)
                    return x
            """,
            inputs="2x3x4",
        ),
        Example(
            """
            class Net(nn.Module):  # returned in train only; and a shape that is asked for
                def __init__(self):
                    super().__init__()
                    self.fc, self.aux = nn.Linear(4, 4), nn.Linear(4, 2)

                def forward(self, x):
                    aux = self.aux(x)
                    batch = F.relu(x).shape[0]
                    flat = x.view(batch, -1)
                    if self.training:
                        return self.fc(x), aux
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each connected group of ops whose results are all dropped."""
        if model.has_failed:
            return
        found = [(topology, branch) for topology in model.topologies for branch in _dead_branches(topology)]
        lively = _lively_sites(model) if found else set()
        for topology, branch in found:
            if not any(_site(node) in lively for node in branch.values()):
                yield self._report(topology, branch)

    def _report(self, topology: Topology, branch: Mapping[str, Node]) -> Finding:
        last = next(node for node in branch.values() if not topology.consumers(node))
        calls = _returning_calls(topology, last)
        names = f"the result of `{calls[-1].module}`" if calls else f"the result of `{last.short_op}`"
        dropped = calls[-1].source if calls else last.source
        first = next(iter(branch.values()))
        numbers = sum(map(query.output_numel, _own_params(topology, branch)))
        weights = f", with {numbers:,} parameters that get no gradient" if numbers else ""
        related = (Related("the branch begins here", first.source),) if _line(first.source) != _line(dropped) else ()
        return self.finding(
            calls[-1].module if calls else last,
            f"{names} reaches no output: {len(branch)} op{'s' if len(branch) > 1 else ''} for nothing{weights}",
            location=dropped,
            label="this value is never used",
            advice="use the value, or remove what computes it",
            related=related,
        )


def _line(place: Location | None) -> tuple[str, int] | None:
    return (place.file, place.line) if place else None


def _dead_branches(topology: Topology) -> Iterator[dict[str, Node]]:
    """Yield the connected groups of ops that reach no output, where that can be told for each of their ends."""
    live = query.live_nodes(topology)
    dead = {name: node for name, node in topology.nodes.items() if name not in live and node.kind in {"op", "opaque"}}
    ends = [node for node in dead.values() if not topology.consumers(node)]
    dropped = {node.name: _how_dropped(topology, node) for node in ends}
    kept = query.reachable((node for node in ends if dropped[node.name] is None), topology.producers)
    for branch in _connected(topology, {name: node for name, node in dead.items() if name not in kept}):
        has_weights = any(True for _ in _own_params(topology, branch))
        is_whole = all(dropped[name] == "whole" for name in branch if name in dropped)
        computes = any(node.inputs and node.short_op not in _PLUMBING for node in branch.values())
        if has_weights or (is_whole and computes):
            yield branch


def _how_dropped(topology: Topology, node: Node) -> str | None:
    """Return ``whole`` or ``element`` for a result that is surely dropped, as such or as part of a tuple."""
    calls = _returning_calls(topology, node)
    if (
        not node.output_specs
        or node.short_op in _ASKED
        or _writes_state(topology, node)
        or (query.is_in_place(node) and not calls)
    ):
        return None
    *inner, outermost = [(node.source, [None]), *((call.source, _elements(call, node)) for call in calls)]
    fates = {fate_at(outermost[0], element) for element in outermost[1]}
    passed = {fate_at(place, element) for place, elements in inner if place != outermost[0] for element in elements}
    if fates != {Fate.DROPPED} or not passed <= {Fate.RETURNED}:
        return None
    return "whole" if outermost[1] == [None] else "element"


def _returning_calls(topology: Topology, node: Node) -> list[Call]:
    """Return the calls that have a node's result among their outputs, innermost first."""
    found: list[Call] = []
    for call in query.calls_around(topology, node.module, node.call):
        if all(slot.node != node.name for slot in call.outputs):
            break
        found.append(call)
    return found


def _elements(call: Call, node: Node) -> list[int | None]:
    """Return which elements of a call's result a node made, None for the whole of it."""
    if len(call.outputs) == 1:
        return [None]
    firsts = (slot.path.partition(".")[0] for slot in call.outputs if slot.node == node.name)
    return [int(first) if first.isdigit() else -1 for first in firsts]


def _writes_state(topology: Topology, node: Node) -> bool:
    """Return whether an op writes into something that outlives the run, through views too."""
    while query.is_in_place(node) or node.short_op in _PLUMBING:
        producers = topology.producers(node)
        if not producers:
            return False
        node = producers[0]
    return node.kind in {"param", "buffer", "const", "input"}


def _own_params(topology: Topology, branch: Mapping[str, Node]) -> Iterator[Node]:
    """Yield the parameters that nothing but a branch reads."""
    stored = {each.name: each for node in branch.values() for each in topology.producers(node) if each.kind == "param"}
    for param in stored.values():
        if param.attributes.get("requires_grad") and all(each.name in branch for each in topology.consumers(param)):
            yield param


def _connected(topology: Topology, nodes: Mapping[str, Node]) -> Iterable[dict[str, Node]]:
    """Return the connected parts of some nodes, each in the order of execution."""

    def neighbours(node: Node) -> Iterable[Node]:
        around = (*topology.producers(node), *topology.consumers(node))
        return [each for each in around if each.name in nodes]

    part_of: dict[str, str] = {}
    parts: defaultdict[str, dict[str, Node]] = defaultdict(dict)
    for name, node in nodes.items():
        if name not in part_of:
            part_of.update(dict.fromkeys(query.reachable([node], neighbours), name))
        parts[part_of[name]][name] = node
    return parts.values()


def _lively_sites(model: CapturedModel) -> set[object]:
    """Return the sites of the ops that some output depends on in one of the modes."""
    return {_site(node) for each in model.topologies for node in query.live_nodes(each).values()}


def _site(node: Node) -> tuple[str, str, Location | None]:
    """Return what tells the ops of two captures of one model apart."""
    return node.module, node.op, node.source
