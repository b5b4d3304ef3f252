"""How each op of a run was called: enough to run it again, which is the proof that no edge is lost.

Kept only on request: a Topology does without functions and tensors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

    from visunn_lint.pipeline.calling import Args, Function, Kwargs


class Operand(NamedTuple):
    """Stands for a tensor among the arguments: the node that made it, and as which of its outputs.

    That node made the tensor as an object; who wrote into its memory since is told by the edges.
    """

    node: int
    slot: int


@dataclass(frozen=True, slots=True)
class Step:
    """One call: ``args`` and ``kwargs`` with an Operand in the place of each tensor."""

    func: Function
    args: Args
    kwargs: Kwargs
    writes: Operand | None = None


@dataclass(slots=True)
class Tape:
    """The calls of a run by node, and the user's own tensors by the node that stands for them."""

    steps: dict[int, Step] = field(default_factory=dict)
    sources: dict[int, Tensor] = field(default_factory=dict)
    outputs: dict[int, Operand] = field(default_factory=dict)


def stay(tensor: Tensor) -> Tensor:
    """Return a tensor as it is: the move to a device that it is already made to be on."""
    return tensor
