"""The parts of a Topology: plain frozen data, with neither torch nor protobuf in it.

Those of which a graph has thousands are msgspec's structs: they are made in a tenth of the time that a frozen
dataclass takes, and compare, hash, print and pickle alike; ``msgspec.structs.replace`` changes a field of one.
The annotations are importable at run time: the module table is decoded against them.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 -- see above
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Literal, TypeAlias

import msgspec

from visunn_lint.location import Location  # noqa: TC001 -- see above
from visunn_lint.spec import Plain, TensorSpec  # noqa: TC001 -- see above

NodeKind: TypeAlias = Literal["op", "input", "output", "param", "buffer", "const", "opaque"]
Mode: TypeAlias = Literal["eval", "train"]
Autograd: TypeAlias = Literal["on", "off", "custom"]
Rung: TypeAlias = Literal["meta", "fake", "real", "file"]


class Param(msgspec.Struct, frozen=True, gc=False):
    """A parameter or a buffer of a module.

    ``path`` is its full dotted name, ``shape`` None while a lazy module has not decided it,
    ``shared_with`` every other full name of the same tensor.
    """

    path: str
    shape: tuple[int, ...] | None
    dtype: str
    requires_grad: bool = True
    shared_with: tuple[str, ...] = ()
    device: str = "cpu"

    @property
    def name(self) -> str:
        """Its name within its module."""
        return self.path.rpartition(".")[2]

    @property
    def numel(self) -> int:
        """The number of elements; 0 while the shape is unknown."""
        return 0 if self.shape is None else prod(self.shape)


@dataclass(frozen=True, slots=True)
class BadWeight:
    """A parameter or buffer that holds values which no model should start with.

    ``problem`` is ``uninitialised`` (NaN too: what was left out is filled with it) or ``inf``,
    ``count`` how many of its ``numel`` values are so.
    """

    path: str
    problem: Literal["uninitialised", "inf"]
    count: int
    numel: int


class Slot(msgspec.Struct, frozen=True, gc=False):
    """One tensor among the inputs or outputs of a call, or of the whole run.

    ``path`` says where it stands among them (``0``, ``mask``, ``out.logits``), ``node`` and
    ``index`` which node made it and as which of its outputs; ``node`` is "" when no node did.
    """

    path: str
    spec: TensorSpec
    node: str = ""
    index: int = 0


class Call(msgspec.Struct, frozen=True, gc=False):
    """One call of a module. ``parent`` is the module path and index of the call around it."""

    module: str
    index: int
    inputs: tuple[Slot, ...]
    outputs: tuple[Slot, ...]
    source: Location | None = None
    parent: tuple[str, int] | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Module path and call index: unique in a Topology."""
        return self.module, self.index


class Module(msgspec.Struct, frozen=True, gc=False):
    """A module of the model, called or not.

    ``path`` is its first dotted name (``""`` is the root), ``aliases`` its other names. ``kind``
    is the public name of its class. ``hyperparameters`` are its constructor's arguments as far
    as it keeps them, ``at_default`` the names of those that have their default. ``source`` is the
    line that builds or assigns it. ``registered`` is False for a module that torch does not know
    of (in a plain list, built during forward); ``forward_calls`` counts calls of ``.forward`` that
    went round ``__call__``.
    """

    path: str
    kind: str
    aliases: tuple[str, ...] = ()
    hyperparameters: Mapping[str, Plain] = msgspec.field(default_factory=dict)
    params: tuple[Param, ...] = ()
    buffers: tuple[Param, ...] = ()
    children: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    training: bool = False
    source: Location | None = None
    registered: bool = True
    forward_calls: int = 0
    at_default: tuple[str, ...] = ()
    container: str = ""
    """How an unregistered module is held: ``list``, ``dict``, ``tuple``, ``built in forward``, …"""

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition(".")[2]

    @property
    def short_kind(self) -> str:
        """The name of its class alone."""
        return self.kind.rpartition(".")[2]

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of the first input of the first call; AttributeError if never called."""
        return self._first_shape("inputs")

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape of the first output of the first call; AttributeError if never called."""
        return self._first_shape("outputs")

    def _first_shape(self, side: Literal["inputs", "outputs"]) -> tuple[int, ...]:
        for call in self.calls[:1]:
            for slot in call.inputs if side == "inputs" else call.outputs:
                return slot.spec.shape
        msg = f"`{self.path}` has no tensor {side}" if self.calls else f"`{self.path}` was never called"
        raise AttributeError(msg)


@lru_cache(maxsize=8192)
def short_op(op: str) -> str:
    """Return an op without its namespace: there are few of them, and every rule asks."""
    return op.rpartition("::")[2]


class Node(msgspec.Struct, frozen=True, gc=False):
    """A node of the graph of operations.

    ``op`` is TensorBoard's spelling (``aten::conv2d``). ``module`` and ``call`` say within which
    call it ran (``call`` is None for inputs, outputs, parameters and buffers, whose ``module`` is
    their owner). ``inputs`` are the names of its producers in the order of its tensor arguments,
    ``input_slots`` which of their outputs, ``input_specs`` how it saw them. ``attributes`` are
    its other arguments.
    """

    name: str
    op: str
    kind: NodeKind
    module: str = ""
    call: int | None = None
    inputs: tuple[str, ...] = ()
    input_slots: tuple[int, ...] = ()
    input_specs: tuple[TensorSpec | None, ...] = ()
    output_specs: tuple[TensorSpec | None, ...] = ()
    attributes: Mapping[str, Plain] = msgspec.field(default_factory=dict)
    source: Location | None = None
    label: str = ""
    """Where a param, buffer, const, input or output comes from: ``fc.weight``, ``x``, ``0``."""
    autograd: Autograd = "on"
    """``off`` for an op that the model ran under ``no_grad`` or the like; ``custom`` within an autograd.Function.

    What becomes of the gradient there, that function's own backward says.
    """

    @property
    def short_op(self) -> str:
        """The op without its namespace: ``conv2d``."""
        return short_op(self.op)

    @property
    def call_key(self) -> tuple[str, int]:
        """The ``key`` of the call that it ran in; where there was none, one that no call has."""
        return self.module, -1 if self.call is None else self.call


FOREIGN = "file"
"""The engine of a graph that another program logged: as little is known of it as it tells."""


@dataclass(frozen=True, slots=True)
class Captured:
    """How a Topology came to be.

    ``rung`` says what ran: ``meta`` or ``fake`` tensors, ``real`` ones, or a ``file`` that was
    read; ``reason`` why it is not the first of them; ``inputs`` what was run.
    """

    engine: str
    rung: Rung
    mode: Mode = "eval"
    reason: str = ""
    inputs: tuple[Slot, ...] = ()
    input_spec: str = ""
    """The inputs as ``--input`` takes them, or "" where they cannot be spelled."""
    inferred: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """Why ``forward`` did not end: the graph holds what ran before.

    ``error`` is the name of the exception's class, ``operands`` the specs of the tensors that
    the failing ``op`` was given.
    """

    module: str
    call: int | None
    op: str
    operands: tuple[TensorSpec, ...]
    error: str
    message: str
    source: Location | None = None


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The tensors of a checkpoint by name, and the file that it is."""

    file: str
    shapes: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Edge:
    """Data flowing from one block of a level to another."""

    source: str
    target: str
    spec: TensorSpec | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A box of a level: a submodule call or a node. ``name`` is unique within the level."""

    name: str
    kind: Literal["module"] | NodeKind
    label: str
    module: str = ""
    call: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """One module's inside: its submodule calls and own ops, and the data between them.

    ``inputs`` and ``outputs`` are the names of the nodes outside that feed it and that it feeds.
    """

    path: str
    blocks: tuple[Block, ...] = ()
    edges: tuple[Edge, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
