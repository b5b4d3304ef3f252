"""VIS305 checkerboard-upsample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Severity
from visunn_lint.rules._authors import placed_at
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._windows import windows
from visunn_lint.topology import CapturedModel


@dataclass(frozen=True)
class CheckerboardUpsample(Rule):
    """A transposed convolution has a kernel whose size is no multiple of its stride.

    ## Why is this bad?
    Its windows overlap unevenly: some pixels of the output are written by more places than their neighbours, and a
    checkerboard shows through what is generated, which training hardly gets rid of.

    ## Use instead
    A kernel that the stride divides (4 with 2), or ``nn.Upsample`` before a convolution.

    ## References
    - NVIDIA/pix2pixHD#149
    - Odena et al., "Deconvolution and Checkerboard Artifacts", Distill 2016
    """

    code = "VIS305"
    name = "checkerboard-upsample"
    category = "efficiency"
    severity = Severity.INFO
    since = "0.1.0"
    bad = (
        Example(
            "nn.ConvTranspose2d(8, 4, kernel_size=3, stride=2, padding=1, output_padding=1)",
            inputs="2x8x6x6",
            at=("",),
        ),
    )
    good = (
        Example("nn.ConvTranspose2d(8, 4, kernel_size=4, stride=2, padding=1)", inputs="2x8x6x6"),
        Example("nn.ConvTranspose2d(8, 4, kernel_size=2, stride=2)", inputs="2x8x6x6"),
        Example("nn.ConvTranspose1d(8, 4, kernel_size=3)", inputs="2x8x6"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each transposed convolution whose windows overlap unevenly."""
        topology = model.topology
        for node in topology.ops("conv_transpose*"):
            uneven = [each for each in windows(node)[1] if each.kernel % each.stride]
            if uneven:
                yield self.finding(
                    node,
                    f"a transposed convolution with kernel {uneven[0].kernel} and stride {uneven[0].stride} overlaps"
                    " unevenly: a checkerboard",
                    location=placed_at(topology, node),
                    advice=f"use a kernel that {uneven[0].stride} divides, or nn.Upsample before a convolution",
                )
