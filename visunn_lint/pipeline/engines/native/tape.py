"""How each op of a run was called: enough to run it again, which is the proof that no edge is lost.

Kept only on request: a Topology does without functions and tensors.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs


class Operand(NamedTuple):
    """Stands for a tensor among the arguments: the node that made it, and as which of its outputs.

    That node made the tensor as an object; who wrote into its memory since is told by the edges.
    """

    node: int
    slot: int


class Modes(NamedTuple):
    """What decides, beside its arguments, what an op does: whether autograd watches, what autocast casts to."""

    grad: bool
    autocast: torch.dtype | None


def current_modes() -> Modes:
    """Return the modes of this moment; autocast is that of the CPU."""
    return Modes(torch.is_grad_enabled(), torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else None)


def with_fixed_generator(kwargs: Kwargs) -> Kwargs:
    """Return keyword arguments with a copy of the random generator among them: the call moves the original on."""
    generator = kwargs.get("generator")
    return {**kwargs, "generator": generator.clone_state()} if isinstance(generator, torch.Generator) else kwargs


@dataclass(frozen=True, slots=True)
class Step:
    """One call: ``args`` and ``kwargs`` with an Operand in the place of each tensor.

    ``writes`` are the operands that it writes into: it gives these out if it makes nothing new.
    """

    func: Function
    args: Args
    kwargs: Kwargs
    writes: tuple[Operand, ...] = ()
    modes: Modes | None = None


@dataclass(slots=True)
class Tape:
    """The calls of a run by node, and the user's own tensors by the node that stands for them.

    ``asides`` are calls that are no nodes, such as ``requires_grad_``, by the node that came next.
    """

    steps: dict[int, Step] = field(default_factory=dict)
    asides: defaultdict[int, list[Step]] = field(default_factory=lambda: defaultdict(list))
    sources: dict[int, Tensor] = field(default_factory=dict)
    outputs: dict[int, Operand] = field(default_factory=dict)


def stay(tensor: Tensor) -> Tensor:
    """Return a tensor as it is: the move to a device that it is already made to be on."""
    return tensor
