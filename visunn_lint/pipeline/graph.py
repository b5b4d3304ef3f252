"""The values that travel along the pipeline: an engine's capture, and the graph decoded from it."""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 -- msgspec reads the annotations at run time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import msgspec

from visunn_lint.errors import GraphError
from visunn_lint.records import Captured, Failure, Module, Node  # noqa: TC001 -- likewise
from visunn_lint.spec import to_plain

if TYPE_CHECKING:
    from tensorboard.compat.proto.graph_pb2 import GraphDef


@dataclass(frozen=True, slots=True)
class ModuleTable:
    """What a GraphDef has no place for: the modules with their calls, and how the capture went.

    A module that is never called is absent from a graph; here it is not.
    """

    name: str
    modules: tuple[Module, ...]
    captured: Captured
    failure: Failure | None = None

    def to_json(self) -> bytes:
        """Return the table as JSON, to travel beside the graph in an event log."""
        try:
            return msgspec.json.encode(self)
        except UnicodeEncodeError:  # a key of a ModuleDict may hold half a character, which is no UTF-8
            return json.dumps(msgspec.to_builtins(self)).encode()

    @staticmethod
    def from_json(data: bytes) -> ModuleTable:
        """Return the table that ``to_json`` wrote; raises GraphError for anything else."""
        try:
            return _with_tuples(_decoded(data))
        except (msgspec.MsgspecError, ValueError) as error:
            message = f"the module table cannot be read: {error}"
            raise GraphError(message) from error


@dataclass(frozen=True)
class Capture:
    """What an engine returns: the graph, a GraphDef in protobuf's encoding, and the table that travels beside it.

    ``error`` is what forward raised, in the process that ran it.
    """

    encoded: bytes
    table: ModuleTable
    error: BaseException | None = None

    @cached_property
    def graph(self) -> GraphDef:
        """The graph, parsed when first asked for: logs take it as it is. Raises GraphError for what is none."""
        from google.protobuf.message import DecodeError  # noqa: PLC0415 -- a table alone needs no protobuf
        from tensorboard.compat.proto.graph_pb2 import GraphDef  # noqa: PLC0415 -- likewise

        try:
            return GraphDef.FromString(self.encoded)
        except DecodeError:
            message = "holds no GraphDef that can be read"
            raise GraphError(message) from None


@dataclass(frozen=True, slots=True)
class Graph:
    """A decoded graph between the steps: nodes by name, producers before their consumers.

    ``collapsed`` is explained at ``Topology``.
    """

    nodes: Mapping[str, Node]
    table: ModuleTable
    collapsed: Mapping[str, str] = field(default_factory=dict)


def _decoded(data: bytes) -> ModuleTable:
    try:
        return _TABLE_DECODER.decode(data)
    except msgspec.DecodeError:
        if _HALF_A_CHARACTER not in data:
            raise
        return msgspec.convert(json.loads(data), ModuleTable)


def _with_tuples(table: ModuleTable) -> ModuleTable:
    """Return the table with nested lists among its hyperparameters as the tuples they were."""
    for module in table.modules:
        for name, value in module.hyperparameters.items():
            if isinstance(value, tuple):
                cast("dict[str, object]", module.hyperparameters)[name] = to_plain(value)
    return table


_HALF_A_CHARACTER = b"\\ud"
"""How a surrogate begins in JSON; msgspec takes none without its other half."""

_TABLE_DECODER = msgspec.json.Decoder(ModuleTable)
