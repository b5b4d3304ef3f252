"""VIS108 unregistered-tensor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._mentions import assigned_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_MOVES = frozenset({"to", "cuda", "cpu", "type_as", "type", "as_tensor", "new_tensor"})


@dataclass(frozen=True)
class UnregisteredTensor(Rule):
    """An op reads a tensor that was made before the run and is no buffer of the model.

    Tensors that require a gradient are `foreign-parameter`'s matter. Single numbers, and tensors that every
    reader first moves to where it works, are left alone.

    ## Why is this bad?
    ``.to()`` does not move it: on a GPU the op stops with an error of two devices. ``state_dict()`` does not
    hold it, and ``.half()`` leaves it as it is.

    ## Use instead
    ``self.register_buffer("anchors", tensor)``, with ``persistent=False`` if it is not to be saved.

    ## References
    - lyuwenyu/RT-DETR#677
    """

    code = "VIS108"
    name = "unregistered-tensor"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"
    preview = True
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.mean = torch.zeros(4)

                def forward(self, x):
                    return x - self.mean
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
                    self.register_buffer("mean", torch.zeros(4))

                def forward(self, x):
                    return x - self.mean
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # moved by every reader; a single number; made in forward
                def __init__(self):
                    super().__init__()
                    self.mean, self.scale = torch.zeros(4), torch.tensor(2.0)

                def forward(self, x):
                    return (x - self.mean.to(x.device)) * self.scale + torch.zeros(4, device=x.device)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # wants a gradient; held by a module in a list
                def __init__(self):
                    super().__init__()
                    self.weight = torch.ones(4, requires_grad=True)
                    self.norms = [nn.BatchNorm1d(4)]

                def forward(self, x):
                    return self.norms[0](x) * self.weight
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such tensor, where it is assigned, else where it is read first."""
        for topology in model.topologies:
            for node in topology.nodes.values():
                if node.kind == "const" and _is_left_behind(topology, node):
                    yield self._report(model, node, topology.consumers(node)[0])

    def _report(self, model: CapturedModel, tensor: Node, reader: Node) -> Finding:
        holder = str(tensor.attributes.get("holder", ""))
        attribute = tensor.label.removeprefix(f"{holder}.").partition("[")[0]
        owner = model.topology.modules.get(holder)
        name = f"`{tensor.label}`" if tensor.label else f"a tensor that `{reader.short_op}` reads"
        shape = "×".join(map(str, tensor.output_specs[0].shape)) if tensor.output_specs[0] else "unknown"
        return self.finding(
            holder if tensor.label else reader.module,
            f"{name} ({shape}) is no buffer of the model",
            location=(assigned_at(model, owner, attribute) if owner and attribute else None) or reader.source,
            label="to() does not move it, state_dict() does not hold it",
            advice=f'self.register_buffer("{attribute or "name"}", tensor)',
        )


def _is_left_behind(topology: Topology, node: Node) -> bool:
    """Return whether a tensor of the user's stays where it was made, and registered modules read it there."""
    spec = next(iter(node.output_specs), None)
    is_own = node.attributes.get("origin") in {"attribute", "elsewhere"}
    if not is_own or node.attributes.get("requires_grad") is not False or spec is None or spec.numel <= 1:
        return False
    readers = topology.consumers(node)
    return any(_stays(topology, reader) for reader in readers)


def _stays(topology: Topology, reader: Node) -> bool:
    """Return whether an op reads its operand where it is; what modules outside the model read is not asked."""
    owner = topology.modules.get(reader.module)
    return reader.short_op not in _MOVES and (owner is None or owner.registered)
