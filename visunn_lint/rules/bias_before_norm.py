"""VIS301 bias-before-norm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Node
from visunn_lint.rules._authors import built_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.topology import CapturedModel, Topology

_LAYERS = frozenset({
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
})  # fmt: skip
_BIAS = 2
"""The place of the bias among the tensors that such an op reads: input, weight, bias."""
_ROWS = 2
"""The axes of a linear layer's output that have the channels second, where batch norm looks for them."""


@dataclass(frozen=True)
class BiasBeforeNorm(Rule):
    """A layer with a bias feeds nothing but a batch norm.

    Told by what feeds what, not by the order in a Sequential.

    ## Why is this bad?
    Batch norm subtracts the mean of each channel, and the bias with it: the parameter is
    trained, stored and communicated, and never changes the output.

    ## Use instead
    Pass ``bias=False`` to the layer; the norm has its own shift.

    ## References
    - PyTorch performance tuning guide, "Disable bias for convolutions directly followed by a batch norm"
    - milesial/Pytorch-UNet#325
    """

    code = "VIS301"
    name = "bias-before-norm"
    category = "efficiency"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example("nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))", inputs="2x3x8x8", at=("0",)),
        Example("nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8))", inputs="2x4", at=("0",)),
        Example("nn.Sequential(nn.ConvTranspose1d(4, 8, 3), nn.BatchNorm1d(8))", inputs="2x4x5", at=("0",)),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 8)

                def forward(self, x):
                    return F.batch_norm(self.fc(x), None, None, training=True)
            """,
            inputs="2x4",
            at=("fc",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.norm, self.conv = nn.BatchNorm2d(8), nn.Conv2d(3, 8, 3)

                def forward(self, x):
                    return F.relu(self.norm(self.conv(x)))
            """,
            inputs="2x3x8x8",
            at=("conv",),
        ),
    )
    good = (
        Example("nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8))", inputs="2x3x8x8"),
        Example("nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8))", inputs="2x3x8x8"),
        Example("nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8))", inputs="2x4"),
        Example("nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.BatchNorm2d(8))", inputs="2x3x8x8"),
        Example("nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(3))", inputs="2x3x4"),
        Example(
            """
            class Net(nn.Module):  # another reader of the layer's output
                def __init__(self):
                    super().__init__()
                    self.norm, self.conv = nn.BatchNorm2d(8), nn.Conv2d(3, 8, 3)

                def forward(self, x):
                    x = self.conv(x)
                    return x + self.norm(x)
            """,
            inputs="2x3x8x8",
        ),
        Example(
            """
            class Net(nn.Module):  # frozen statistics: the bias is all that moves
                def __init__(self):
                    super().__init__()
                    self.conv, self.norm = nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)

                def forward(self, x):
                    return self.norm(self.conv(x))

                def train(self, mode=True):
                    super().train(mode)
                    self.norm.eval()
                    return self
            """,
            inputs="2x3x8x8",
        ),
        Example(
            """
            class Net(nn.Module):  # another call of the layer, without a norm behind it
                def __init__(self):
                    super().__init__()
                    self.norm, self.conv = nn.BatchNorm2d(8), nn.Conv2d(3, 8, 3)

                def forward(self, x):
                    return self.conv(x) * self.norm(self.conv(x))
            """,
            inputs="2x3x8x8",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each trained bias that only ever reaches a batch norm."""
        for topology in _deciding(model):
            for bias in topology.nodes.values():
                layers = topology.consumers(bias)
                norms = [_norm_behind(topology, layer, bias) for layer in layers]
                if norms and bias.kind == "param" and bias.attributes.get("requires_grad"):
                    found = [norm for norm in norms if norm is not None]
                    if len(found) == len(norms):
                        yield self._report(topology, bias, found[0])

    def _report(self, topology: Topology, bias: Node, norm: Node) -> Finding:
        layer = topology.modules.get(bias.module)
        is_a_layers = norm.module not in {"", bias.module}  # and not a function that forward calls itself
        behind = topology.modules.get(norm.module) if is_a_layers else None
        name = f"`{norm.module}`" if behind else "the batch norm behind it"
        place = built_at(topology, behind) if behind else norm.source
        return self.finding(
            layer or bias,
            f"the bias of `{bias.module or bias.label}` is cancelled by {name}",
            location=built_at(topology, layer) if layer else bias.source,
            label="this bias changes nothing",
            advice="pass bias=False: the norm subtracts the mean of each channel, and has a shift of its own",
            related=(Related("the norm", place, norm.module),),
        )


def _deciding(model: CapturedModel) -> tuple[Topology, ...]:
    """Return the captures that tell: train where there is one, for a norm may stay in eval mode there."""
    if model.has_failed:
        return ()
    return model.topologies if model.train is None else (model.train,)


def _norm_behind(topology: Topology, layer: Node, bias: Node) -> Node | None:
    """Return the batch norm that is the only reader of a layer with this bias, and sees its channels as such."""
    readers = topology.consumers(layer)
    has_bias = len(layer.inputs) > _BIAS and layer.inputs[_BIAS] == bias.name
    if layer.short_op not in _LAYERS or not has_bias or len(readers) != 1:
        return None
    norm, spec = readers[0], layer.output_specs[0]
    if norm.short_op != "batch_norm" or norm.inputs[0] != layer.name or spec is None:
        return None
    if topology.captured.mode == "train" and norm.attributes.get("training") is not True:
        return None
    return norm if layer.short_op != "linear" or len(spec.shape) == _ROWS else None
