"""VIS211 mixed-dtype."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import CapturedModel, Topology

_WIDTHS = {"float16": 2, "bfloat16": 2, "float32": 4, "float64": 8}


@dataclass(frozen=True)
class MixedDtype(Rule):
    """A tensor of a wider float widens what it meets.

    It was stored with the model, or made in forward, in that dtype. What the code casts itself, as a norm does
    that computes in float32, is left alone, and so is what it makes with a ``dtype`` of its own and narrows again;
    so is autocast, and so are single numbers, which widen nothing.

    ## Why is this bad?
    All that follows is computed, and kept for backward, in the wider type, which costs twice the memory and
    more time. numpy's arrays are the usual source: they come as float64.

    ## Use instead
    Bring the tensor to the dtype of what it meets: ``torch.from_numpy(array).float()``, ``mask.to(x.dtype)``,
    ``torch.zeros(n, dtype=x.dtype)``.

    ## References
    - PyTorch documentation, "Tensor Attributes", on type promotion
    """

    code = "VIS211"
    name = "mixed-dtype"
    category = "shapes"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.register_buffer("window", torch.ones(4, dtype=torch.float64))

                def forward(self, x):
                    return (x * self.window).sum(1)
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4, dtype=torch.bfloat16)

                def forward(self, x):
                    x = self.fc(x.bfloat16())
                    return x + torch.zeros(2, 4)
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return x * torch.linspace(0, 1, 4, dtype=torch.float64)
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
                    self.register_buffer("window", torch.ones(4, dtype=torch.float64).float())

                def forward(self, x):
                    return (x * self.window).sum(1)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # computed in float32 on purpose; a single number; integers
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4, dtype=torch.bfloat16)

                def forward(self, x):
                    x = self.fc(x.bfloat16())
                    variance = x.float().pow(2).mean(-1, keepdim=True)
                    x = (x * torch.rsqrt(variance + 1e-6)).to(x.dtype)
                    return x * torch.tensor(2.0) + torch.arange(4)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # angles in float64 on purpose, and what comes of them in float32
                def forward(self, x, steps):
                    rates = 10000 ** -(torch.arange(2, dtype=torch.float64) / 2)
                    angles = torch.outer(steps, rates)
                    return x * torch.cat((angles.sin(), angles.cos()), -1).float()
            """,
            inputs="5x4, 5",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each wide tensor, at the first op that it widens."""
        for topology in model.topologies:
            if "autocast" in topology.captured.reason:
                continue
            told: set[str] = set()
            for node, origin, narrow in _widened(topology):
                if origin.name not in told:
                    told.add(origin.name)
                    yield self._report(node, origin, narrow)

    def _report(self, node: Node, origin: Node, narrow: TensorSpec) -> Finding:
        wide = next((spec.dtype for spec in origin.output_specs if spec is not None), "")
        name = f"`{origin.label}`" if origin.label else f"what `{origin.short_op}` makes"
        return self.finding(
            node,
            f"{name} is {wide} and widens {narrow.dtype} in `{node.short_op}`",
            label=f"{narrow.dtype} goes in, {wide} comes out",
            advice=f"bring it to {narrow.dtype} where it is made",
        )


def _widened(topology: Topology) -> Iterator[tuple[Node, Node, TensorSpec]]:
    """Yield the ops that widen an operand, with the node that the wider one comes from, and the narrower one."""
    dtypes = {spec.dtype for node in topology.nodes.values() for spec in node.output_specs if spec is not None}
    if len(dtypes & _WIDTHS.keys()) < 2:  # noqa: PLR2004 -- it takes a wide one and a narrow one
        return
    origins: dict[str, Node] = {}
    put_out = _dtypes_put_out(topology)
    for node in topology.nodes.values():
        out = _float(next(iter(node.output_specs), None))
        if out is None:
            continue
        operands = [(name, spec) for name, spec in zip(node.inputs, node.input_specs, strict=True) if _float(spec)]
        if node.kind in query.STORED_KINDS or (node.kind == "op" and not node.inputs):
            is_named = node.attributes.get("dtype") == out.dtype
            if not is_named or node.name in put_out:  # else it is narrowed again, and meant
                origins[node.name] = node
            continue
        wide = [origins[name] for name, spec in operands if spec and spec.dtype == out.dtype and name in origins]
        if wide:
            origins[node.name] = wide[0]
        narrow = [spec for _, spec in operands if spec and spec.shape and _WIDTHS[spec.dtype] < _WIDTHS[out.dtype]]
        is_spread = all(name in origins for name, spec in operands if spec and spec.shape and spec.dtype == out.dtype)
        if (
            wide
            and narrow
            and is_spread
            and any(spec and spec.shape and spec.dtype == out.dtype for _, spec in operands)
        ):
            yield node, wide[0], narrow[0]


def _dtypes_put_out(topology: Topology) -> set[str]:
    """Return the names of the nodes that something of the same dtype is put out of."""
    found: set[str] = set()
    for node in reversed(tuple(topology.nodes.values())):
        dtype, readers = _dtype(node), topology.consumers(node)
        if any(each.kind == "output" or (each.name in found and _dtype(each) in {None, dtype}) for each in readers):
            found.add(node.name)
    return found


def _dtype(node: Node) -> str | None:
    spec = next(iter(node.output_specs), None)
    return None if spec is None else spec.dtype


def _float(spec: TensorSpec | None) -> TensorSpec | None:
    return spec if spec is not None and spec.dtype in _WIDTHS else None
