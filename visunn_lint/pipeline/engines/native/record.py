"""What a recording is made of; see ``visunn_lint.records`` for why much of it is msgspec's structs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch
    from torch import Tensor

    from visunn_lint.location import Location
    from visunn_lint.pipeline.calling import Args, Function, Kwargs
    from visunn_lint.pipeline.engines.native.tape import Step
    from visunn_lint.records import Autograd, NodeKind
    from visunn_lint.spec import Plain, TensorSpec


class Producer(msgspec.Struct, frozen=True):
    """A node by its place in the recording, and which of its outputs."""

    node: int
    slot: int


class Scope(msgspec.Struct, eq=False):
    """The module call during which something is recorded.

    ``owner`` is the module itself, ``entered`` whether its ``forward`` is already running.
    """

    module: str
    call: int
    source: Location | None = None
    parent: Scope | None = None
    entered: bool = False
    owner: object = None


class Record(msgspec.Struct):
    """One node as it was recorded. ``seen`` are the specs of the inputs, as the op saw them."""

    op: str
    kind: NodeKind
    scope: Scope | None
    inputs: Sequence[Producer] = ()
    seen: Sequence[TensorSpec] = ()
    outputs: tuple[TensorSpec | None, ...] = ()
    arguments: Mapping[str, Plain] | None = None
    source: Location | None = None
    label: str = ""
    module: str = ""
    autograd: Autograd = "on"


@dataclass(frozen=True, slots=True)
class FailedOp:
    """The last op that raised: if its error ends the run, it is the failing one."""

    error: BaseException
    op: str
    operands: tuple[TensorSpec, ...]


class OpCall(msgspec.Struct, frozen=True, eq=False):
    """One call of a torch function, with what was known of its operands before it ran."""

    func: Function
    args: Args
    kwargs: Kwargs
    tensors: list[Tensor]
    asked: torch.device | None
    inputs: list[Producer]
    seen: list[TensorSpec]
    versions: list[int]
    step: Step | None = None
