"""The lock of three models, as a release of torch gives it; `python -m tests.locks` writes it down.

Run in an environment with the oldest release that locks are to agree with.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import torch
from torch import nn

from visunn_lint import trace
from visunn_lint.lockfile import lock_text
from visunn_lint.outline import Outline, outline

GOLDEN = Path(__file__).parent / "golden" / "locks" / "torch-2.13.0.lock"


def outlines() -> dict[str, Outline]:
    """Return the outlines of a convolutional network, a vision transformer and torch's own encoder."""
    from torchvision import models  # noqa: PLC0415 -- main() may have to prepare its import

    with torch.device("meta"):
        built = {
            "resnet18": (models.resnet18(), "2x3x224x224"),
            "vit_b_16": (models.vit_b_16(), "2x3x224x224"),
            "encoder": (nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4, 128, batch_first=True), 2), "2x10x64"),
        }
    return {name: outline(trace(model, inputs=inputs)) for name, (model, inputs) in built.items()}


def main() -> None:
    """Write the golden file; torchvision's compiled part, which fits one build of torch, is not needed."""
    sys.modules["torchvision._meta_registrations"] = ModuleType("torchvision._meta_registrations")
    GOLDEN.parent.mkdir(parents=True, exist_ok=True)
    GOLDEN.write_text(lock_text(outlines()), encoding="utf-8")


if __name__ == "__main__":
    main()
