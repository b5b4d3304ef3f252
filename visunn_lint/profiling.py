"""Profiling: the time and space that the five steps from a model to its Topology take."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from visunn_lint import pipeline
from visunn_lint.errors import InputError
from visunn_lint.pipeline.modularize import modularize
from visunn_lint.pipeline.prune_modules import prune_modules
from visunn_lint.pipeline.prune_nodes import prune_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import nn

    from visunn_lint.pipeline import Capture, Graph
    from visunn_lint.records import Failure, Mode
    from visunn_lint.topology import Topology

_T = TypeVar("_T")

_STEPS = (
    ("capture", "model to GraphDef"),
    ("decode", "GraphDef to graph"),
    ("prune_nodes", "prune nodes"),
    ("prune_modules", "prune modules"),
    ("modularize", "build topology"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps: the name of its function, what it does, and how long it takes."""

    name: str
    title: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Profile:
    """What it took to make one Topology with one engine.

    The times of the ``steps`` are medians over ``repeats`` runs. ``graph_bytes`` is the size of
    GraphDef and module table as they are stored, ``topology_bytes`` that of the Topology as JSON;
    ``graph_nodes`` counts the nodes of the GraphDef, ``topology_nodes`` those that stayed. ``failure``
    is what forward raised, "" where it did not: the figures are then of what ran before.
    """

    name: str
    engine: str
    rung: str
    mode: Mode
    inputs: tuple[str, ...]
    repeats: int
    steps: tuple[Step, ...]
    graph_nodes: int
    topology_nodes: int
    modules: int
    graph_bytes: int
    topology_bytes: int
    failure: str = ""

    @property
    def total_seconds(self) -> float:
        """The time of all steps."""
        return sum(step.seconds for step in self.steps)


def profile(
    model: nn.Module,
    args: tuple[Any, ...] = (),
    kwargs: Mapping[str, Any] | None = None,
    *,
    mode: Mode = "eval",
    engine: str = "auto",
    repeats: int = 5,
) -> Profile:
    """Return the time and space of the five steps for one model.

    Raises InputError for less than one repeat, VisunnError where the engine cannot capture the
    model. A forward that raises is profiled as far as it came.
    """
    if repeats < 1:
        message = f"cannot profile {repeats} runs"
        raise InputError(message, hint="give at least 1")
    runs = [_run(lambda: pipeline.capture(model, args, kwargs, mode=mode, engine=engine)) for _ in range(repeats)]
    capture, topology = runs[-1].capture, runs[-1].topology
    return Profile(
        name=topology.name,
        engine=topology.captured.engine,
        rung=topology.captured.rung,
        mode=mode,
        inputs=tuple(str(slot.spec) for slot in topology.captured.inputs),
        repeats=repeats,
        steps=tuple(
            Step(name, title, median(run.seconds[index] for run in runs)) for index, (name, title) in enumerate(_STEPS)
        ),
        graph_nodes=len(capture.graph.node),
        topology_nodes=len(topology.nodes),
        modules=len(topology.modules),
        graph_bytes=len(capture.encoded) + len(capture.table.to_json()),
        topology_bytes=len(msgspec.json.encode(topology)),
        failure=_spelled(topology.failure),
    )


def _spelled(failure: Failure | None) -> str:
    return "" if failure is None else " ".join(f"{failure.error}: {failure.message}".split())


@dataclass(frozen=True, slots=True)
class _Run:
    capture: Capture
    topology: Topology
    seconds: tuple[float, ...]


def _run(convert: Callable[[], Capture]) -> _Run:
    seconds: list[float] = []

    def timed(step: Callable[[], _T]) -> _T:
        start = perf_counter()
        result = step()
        seconds.append(perf_counter() - start)
        return result

    capture = timed(convert)
    decoded: Graph = timed(lambda: pipeline.decode(capture))
    nodes_pruned = timed(lambda: prune_nodes(decoded))
    modules_pruned = timed(lambda: prune_modules(nodes_pruned))
    topology = timed(lambda: modularize(modules_pruned))
    return _Run(capture, topology, tuple(seconds))
