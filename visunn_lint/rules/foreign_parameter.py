"""VIS107 foreign-parameter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._mentions import assigned_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology


@dataclass(frozen=True)
class ForeignParameter(Rule):
    """An op reads a tensor that requires a gradient and is no parameter of the model.

    It was made before the run, and ``named_parameters()`` does not list it: a plain tensor, a
    parameter in a list, a global, or the result of a computation on a parameter
    (``nn.Parameter(w) * 0.1``, ``nn.Parameter(w).cuda()``). The parameters of modules in plain
    containers are `unregistered-module`'s matter.

    ## Why is this bad?
    The optimizer never sees it, ``state_dict()`` does not hold it and ``.to()`` does not move it, although
    autograd computes its gradient. One that was derived before the run carries a graph from then:
    the second ``backward()`` fails, or the gradient goes nowhere.

    ## Use instead
    Assign an ``nn.Parameter`` to an attribute, or use ``nn.ParameterList`` or ``nn.ParameterDict``;
    compute what derives from it in ``forward``.

    ## References
    - pytorch/pytorch#715
    """

    code = "VIS107"
    name = "foreign-parameter"
    category = "wiring"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.scale = torch.ones(4, requires_grad=True)

                def forward(self, x):
                    return x * self.scale
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.weights = [nn.Parameter(torch.ones(4))]
                    self.scale = nn.Parameter(torch.ones(4)) * 0.1

                def forward(self, x):
                    return x * self.weights[0] + self.scale
            """,
            inputs="2x4",
            at=("", ""),
        ),
        Example(
            """
            TEMPERATURE = nn.Parameter(torch.ones(4))

            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc(x) / TEMPERATURE
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
                    self.scale = nn.Parameter(torch.ones(4))

                def forward(self, x):
                    return x * self.scale
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # no gradient wanted; derived in forward; module in a list
                def __init__(self):
                    super().__init__()
                    self.shift = torch.ones(4)
                    self.log_scale = nn.Parameter(torch.zeros(4))
                    self.layers = [nn.Linear(4, 4)]

                def forward(self, x):
                    return self.layers[0](x) * self.log_scale.exp() + self.shift
            """,
            inputs="2x4",
        ),
        Example("torch.nn.utils.weight_norm(nn.Linear(4, 4))", inputs="2x4"),
        Example("torch.nn.utils.spectral_norm(nn.Linear(4, 4))", inputs="2x4"),
        Example("torch.nn.utils.parametrizations.spectral_norm(nn.Linear(4, 4))", inputs="2x4"),
        Example("torch.nn.utils.weight_norm(nn.LSTM(4, 8), 'weight_hh_l0')", inputs="3x2x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such tensor, where it is read first."""
        for topology in model.topologies:
            for node in topology.nodes.values():
                readers = [each for each in topology.consumers(node) if _is_registered(topology, each)]
                if readers and _is_foreign(node):
                    yield self._report(model, node, readers[0])

    def _report(self, model: CapturedModel, tensor: Node, reader: Node) -> Finding:
        holder = str(tensor.attributes.get("holder", ""))
        attribute = tensor.label.removeprefix(f"{holder}.").partition("[")[0]
        owner = model.topology.modules.get(holder)
        name = f"`{tensor.label}`" if tensor.label else f"a tensor that `{reader.short_op}` reads"
        how = "is a leaf" if tensor.attributes.get("is_leaf") else "was computed before the run"
        return self.finding(
            reader.module if tensor.label == "" else holder,
            f"{name} requires a gradient and is no parameter of the model: it {how}",
            location=(assigned_at(model, owner, attribute) if owner and attribute else None) or reader.source,
            label="the optimizer never sees it, state_dict() does not hold it",
            advice="assign an nn.Parameter to an attribute of a module, and derive from it in forward",
        )


def _is_registered(topology: Topology, reader: Node) -> bool:
    """Return whether an op ran in a module that torch knows: what others hold is another rule's matter."""
    owner = topology.modules.get(reader.module)
    return owner is None or owner.registered


def _is_foreign(node: Node) -> bool:
    is_own = node.attributes.get("origin") in {"attribute", "elsewhere"}
    return node.kind == "const" and is_own and node.attributes.get("requires_grad") is True
