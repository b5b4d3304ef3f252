"""What came of one unit: its share of a report, and what is told of its models."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar, cast

import msgspec

from visunn_lint.finding import Broken, Finding, RuleInfo, SkippedRule  # noqa: TC001 -- msgspec reads the annotations
from visunn_lint.records import Captured, Failure, Mode, Module, Node
from visunn_lint.spec import to_plain
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.spec import Plain
    from visunn_lint.topology import CapturedModel

_T = TypeVar("_T")

_FAST: Final = 1
"""zlib's level: paths and specs repeat so much that more effort gains little."""


@dataclass(frozen=True, slots=True)
class ModelOutcome:
    """A model that was captured: its name, how it was run in each mode, and its topologies by mode.

    ``unfit`` has the modes in which guessed inputs do not do, and what forward raised there.
    """

    name: str
    inputs_are_guessed: bool
    captured: tuple[Captured, ...]
    topologies: Mapping[Mode, Topology]
    unfit: tuple[tuple[Mode, str], ...] = ()

    @property
    def topology(self) -> Topology:
        """The eval capture, or the train capture where there is no other."""
        return self.topologies[self.captured[0].mode]

    @staticmethod
    def of(model: CapturedModel) -> ModelOutcome:
        """Return what is kept of a model once its rules have run."""
        topologies = {topology.captured.mode: topology for topology in model.topologies}
        captured = tuple(topology.captured for topology in model.topologies)
        return ModelOutcome(model.name, model.inputs_are_guessed, captured, topologies, model.unfit)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one unit. The fields of a report have their meaning there.

    ``without_model`` is why a file turned out to hold no model, which in a folder is no error.
    """

    models: tuple[ModelOutcome, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    rules_run: tuple[RuleInfo, ...] = ()
    rules_skipped: tuple[SkippedRule, ...] = ()
    broken: tuple[Broken, ...] = ()
    without_model: tuple[Broken, ...] = ()

    def to_bytes(self) -> bytes:
        """Return it written down; raises ValueError for what cannot be, or would come back as something else."""
        models = tuple(_stored_model(model) for model in self.models)
        stored = _StoredOutcome(
            models,
            self.findings,
            self.suppressed,
            self.rules_run,
            self.rules_skipped,
            self.broken,
            self.without_model,
        )
        return _pack(stored)

    @staticmethod
    def from_bytes(data: bytes) -> Outcome:
        """Return what ``to_bytes`` wrote, each topology read when it is first asked for.

        Raises ValueError for any other data.
        """
        stored = _unpack(data, _OUTCOME)
        models = tuple(
            ModelOutcome(each.name, each.inputs_are_guessed, each.captured, LazyTopologies(each.topologies), each.unfit)
            for each in stored.models
        )
        return Outcome(
            models,
            stored.findings,
            stored.suppressed,
            stored.rules_run,
            stored.rules_skipped,
            stored.broken,
            stored.without_model,
        )


class LazyTopologies(Mapping[Mode, Topology]):
    """Topologies by mode, each read when it is first asked for: most reports need few of them."""

    def __init__(self, stored: Mapping[Mode, bytes]) -> None:
        self._stored = stored
        self._read: dict[Mode, Topology] = {}

    def __getitem__(self, mode: Mode) -> Topology:
        """Return one of them."""
        if mode not in self._read:
            self._read[mode] = _topology(self._stored[mode])
        return self._read[mode]

    def __iter__(self) -> Iterator[Mode]:
        """Iterate over the modes."""
        return iter(self._stored)

    def __len__(self) -> int:
        """Return how many modes there are."""
        return len(self._stored)


class _StoredTopology(msgspec.Struct, frozen=True, array_like=True):
    """The fields of a Topology, each of a type that can be read at run time."""

    name: str
    modules: dict[str, Module]
    nodes: dict[str, Node]
    captured: Captured
    collapsed: dict[str, str]
    failure: Failure | None


class _StoredModel(msgspec.Struct, frozen=True, array_like=True):
    name: str
    inputs_are_guessed: bool
    captured: tuple[Captured, ...]
    topologies: dict[Mode, bytes]
    unfit: tuple[tuple[Mode, str], ...] = ()


class _StoredOutcome(msgspec.Struct, frozen=True, array_like=True):
    models: tuple[_StoredModel, ...] = ()
    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    rules_run: tuple[RuleInfo, ...] = ()
    rules_skipped: tuple[SkippedRule, ...] = ()
    broken: tuple[Broken, ...] = ()
    without_model: tuple[Broken, ...] = ()


_TOPOLOGY = msgspec.msgpack.Decoder(_StoredTopology)
_OUTCOME = msgspec.msgpack.Decoder(_StoredOutcome)


def _stored_model(model: ModelOutcome) -> _StoredModel:
    topologies = {mode: _packed_topology(topology) for mode, topology in model.topologies.items()}
    return _StoredModel(model.name, model.inputs_are_guessed, model.captured, topologies, model.unfit)


def _packed_topology(topology: Topology) -> bytes:
    """Return a topology as bytes; raises ValueError for one that would come back as another."""
    data = _pack(
        _StoredTopology(
            topology.name,
            dict(topology.modules),
            dict(topology.nodes),
            topology.captured,
            dict(topology.collapsed),
            topology.failure,
        )
    )
    if _topology(data) != topology:
        message = f"the topology of {topology.name} does not survive being written down"
        raise ValueError(message)
    return data


def _topology(data: bytes) -> Topology:
    stored = _unpack(data, _TOPOLOGY)
    for module in stored.modules.values():
        _restore_tuples(module.hyperparameters)
    for node in stored.nodes.values():
        _restore_tuples(node.attributes)
    return Topology(stored.name, stored.modules, stored.nodes, stored.captured, stored.collapsed, stored.failure)


def _restore_tuples(values: Mapping[str, Plain]) -> None:
    """Make nested lists among plain values that have just been read the tuples that they were."""
    for name, value in values.items():
        if isinstance(value, tuple):
            cast("dict[str, object]", values)[name] = to_plain(value)


def _pack(value: object) -> bytes:
    try:
        return zlib.compress(msgspec.msgpack.encode(value), _FAST)
    except (TypeError, OverflowError, msgspec.MsgspecError) as error:
        raise ValueError(str(error)) from error


def _unpack(data: bytes, decoder: msgspec.msgpack.Decoder[_T]) -> _T:
    try:
        return decoder.decode(zlib.decompress(data))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise ValueError(str(error)) from error
