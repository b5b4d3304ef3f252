"""VIS212 mixed-device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_MOVES = frozenset({"to", "cuda", "cpu", "type_as", "as_tensor", "copy_", "setitem", "new_tensor", "_to_copy"})


@dataclass(frozen=True)
class MixedDevice(Rule):
    """Tensors on two devices meet in one op.

    Devices are those that the code asks for: the check needs no GPU. A tensor counts as one of the CPU if it
    was made in forward without a device, moved there, or stored there while other weights are
    elsewhere. Inputs are where the caller puts them, and single numbers go with any device.

    ## Why is this bad?
    The op raises on a machine that has the device, and only there.

    ## Use instead
    ``device=x.device`` for what is made in forward, ``register_buffer`` for what is stored.

    ## References
    - PyTorch forums, "Expected all tensors to be on the same device"
    """

    code = "VIS212"
    name = "mixed-device"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    preview = True
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    x = self.fc(x.cuda())
                    return x + torch.zeros(2, 4)
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return x.to("cuda:0") + x.to("cuda:1")
            """,
            inputs="2x4",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    x = self.fc(x.cuda())
                    return x + torch.zeros(2, 4, device=x.device) * torch.tensor(2.0)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # no device is asked for
                def forward(self, x):
                    return x + torch.zeros(2, 4)
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each op whose operands are surely on two devices."""
        for topology in model.topologies:
            if any(_device(node) != "cpu" for node in topology.nodes.values()):
                yield from self._meetings(topology)

    def _meetings(self, topology: Topology) -> Iterator[Finding]:
        bound = _bound_to_cpu(topology)
        for node in topology.nodes.values():
            devices = dict.fromkeys(_devices(node, bound))
            if node.short_op not in _MOVES and len(devices) > 1:
                yield self.finding(
                    node,
                    f"`{node.short_op}` is given tensors on {' and '.join(devices)}",
                    label="raises where these devices are there",
                    advice="make it with device=x.device, or store it as a buffer",
                )


def _device(node: Node) -> str:
    return next((spec.device for spec in node.output_specs if spec is not None), "cpu")


def _devices(node: Node, bound: set[str]) -> Iterator[str]:
    """Yield the device of each operand of an op that has axes, of those on the CPU only where that is sure."""
    for name, spec in zip(node.inputs, node.input_specs, strict=True):
        if spec is not None and spec.shape and (spec.device != "cpu" or name in bound):
            yield spec.device


def _bound_to_cpu(topology: Topology) -> set[str]:
    """Return the names of the nodes that are on the CPU wherever the model is run; one pass."""
    stored = [node for node in topology.nodes.values() if node.kind in query.STORED_KINDS]
    are_placed = any(_device(node) != "cpu" for node in stored)
    bound: set[str] = set()
    for node in topology.nodes.values():
        if _device(node) != "cpu" or node.kind == "input":
            continue
        is_made_here = node.kind == "op" and (not node.inputs or node.short_op == "cpu")
        is_placed = node.kind in query.STORED_KINDS and are_placed
        if is_made_here or is_placed or any(name in bound for name in node.inputs):
            bound.add(node.name)
    return bound
