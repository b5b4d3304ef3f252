"""Which tensors a call writes into: told by torch's rule for names, and by what the call did to them.

Names do not tell of ``F.relu(x, inplace=True)``, ``out=``, ``torch._foreach_mul_`` and
``F.embedding(..., max_norm=1)``; tensors made in inference mode count no versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from visunn_lint.pipeline.engines.native.arguments import is_in_place

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function


def version(tensor: Tensor) -> int:
    """Return how often the memory of a tensor has been written, as torch counts it for autograd."""
    return 0 if tensor.is_inference() else tensor._version  # noqa: SLF001 -- it has no public name


def written_by(func: Function, args: Args, tensors: list[Tensor], before: list[int]) -> list[Tensor]:
    """Return the operands that a call wrote into, each once; ``before`` are their versions before the call."""
    target = args[0] if args and is_in_place(func) else None
    found = {id(target): target} if isinstance(target, torch.Tensor) else {}
    for tensor, old in zip(tensors, before, strict=True):
        if version(tensor) != old:
            found[id(tensor)] = tensor
    return list(found.values())
