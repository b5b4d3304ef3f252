"""VIS304 stride-over-kernel."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._windows import windows
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class StrideOverKernel(Rule):
    """A convolution or pooling strides over more places than its kernel spans.

    Kernels of size 1 are left alone: that is how shortcuts and poolings subsample.

    ## Why is this bad?
    Rows and columns between the windows are never read: the layer is blind to a fixed grid of its input.

    ## Use instead
    A stride no larger than the kernel.
    """

    code = "VIS304"
    name = "stride-over-kernel"
    category = "efficiency"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example("nn.Conv2d(3, 8, kernel_size=2, stride=3)", inputs="2x3x9x9", at=("",)),
        Example("nn.Sequential(nn.MaxPool1d(2, stride=4))", inputs="2x3x9", at=("0",)),
    )
    good = (
        Example("nn.Conv2d(3, 8, kernel_size=3, stride=3)", inputs="2x3x9x9"),
        Example("nn.Conv2d(3, 8, kernel_size=1, stride=2)", inputs="2x3x9x9"),
        Example("nn.Conv2d(3, 8, kernel_size=(1, 3), stride=2)", inputs="2x3x9x9"),
        Example("nn.Conv1d(3, 8, kernel_size=2, stride=3, dilation=2)", inputs="2x3x9"),
        Example("nn.MaxPool2d(2)", inputs="2x3x9x9"),
        Example("nn.ConvTranspose2d(3, 8, 2, stride=3)", inputs="2x3x9x9"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each op that skips places along some axis."""
        topology = model.topology
        for node in topology.ops():
            kind, axes = windows(node)
            skipping = [each for each in axes if each.stride > each.extent and each.kernel > 1]
            if kind and kind != "conv_transpose" and skipping:
                yield self.finding(
                    node,
                    f"`{node.short_op}` strides by {skipping[0].stride} with a kernel that spans {skipping[0].extent}:"
                    f" {skipping[0].stride - skipping[0].extent} in {skipping[0].stride} places never read",
                    location=placed_at(topology, node),
                    advice="use a stride no larger than the kernel",
                )
