"""One task, done in this process: build, find inputs, capture, look for unknown producers, replay."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

from benchmarks.zoo import sources
from benchmarks.zoo.record import Row, Task
from benchmarks.zoo.sources.source import ExcludedError
from visunn_lint.errors import TargetError, VisunnError
from visunn_lint.pipeline.description import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visunn_lint.loading.capturing import Run, Subject
    from visunn_lint.records import Node
    from visunn_lint.topology import Topology


def rows_of(task: Task) -> Iterator[Row]:
    """Yield what came of each model of a task: once it is captured, and again once it is replayed."""
    begin = perf_counter()
    try:
        with closing(sources.find(task.source).models(task)) as found:
            begin = perf_counter()  # what it takes to import a library is no model's own
            for model, run in found:
                yield from _rows_of_model(Row(task, "captured", model), run, begin)
                begin = perf_counter()
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- whatever goes wrong is the result
        yield _failed(Row(task, "failed"), error, begin)


def _rows_of_model(row: Row, capture: Callable[[], tuple[Subject, Run]], begin: float) -> Iterator[Row]:
    try:
        subject, run = capture()
        row = _described(row, run.topologies["eval"], is_inferred=run.arguments.is_inferred)
        row = replace(row, train=_why_not_in_train(run), seconds=perf_counter() - begin)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- as above
        yield _failed(row, error, begin)
        return
    yield row
    if row.task.replay and row.outcome == "captured":
        from benchmarks.zoo.replaying import judge  # noqa: PLC0415 -- the tests' replayer, for who asks for it

        verdict, reason = judge(subject, run.arguments)
        yield replace(row, replay=verdict, replay_reason=reason)


def _described(row: Row, topology: Topology, *, is_inferred: bool) -> Row:
    captured, failure = topology.captured, topology.failure
    row = replace(
        row,
        rung=captured.rung,
        rung_reason=captured.reason,
        inferred=is_inferred,
        input_spec=captured.input_spec,
        nodes=len(topology.nodes),
        unknown=tuple(unknown_reads(topology)),
    )
    if failure is None:
        return row
    return replace(row, outcome="failed", reason=f"forward: {failure.error}: {failure.message}")


def unknown_reads(topology: Topology) -> Iterator[str]:
    """Yield where an op reads a tensor whose producer is not known, in words."""
    for node in topology.nodes.values():
        for name, spec in zip(node.inputs, node.input_specs, strict=False):
            producer = topology.nodes.get(name)
            if producer is None or _is_from_elsewhere(producer):
                place = f" ({node.source.file}:{node.source.line})" if node.source else ""
                yield f"{node.short_op} in `{node.module}` reads {spec}{place}"


def _is_from_elsewhere(producer: Node) -> bool:
    return producer.kind == "const" and producer.attributes.get("origin") == "elsewhere"


def _why_not_in_train(run: Run) -> str:
    """Return why the same inputs do not do in train mode, "" if they do."""
    topology = run.topologies.get("train")
    if topology is None:
        return run.arguments.unfit.get("train", "")
    return "" if topology.failure is None else f"{topology.failure.error}: {topology.failure.message}"


def _failed(row: Row, error: BaseException, begin: float) -> Row:
    row = replace(row, seconds=perf_counter() - begin)
    if isinstance(error, ExcludedError):
        return replace(row, outcome="excluded", reason=str(error))
    return replace(row, outcome="failed", reason=_in_words(error))


def _in_words(error: BaseException) -> str:
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return "memory: it takes more than it may"
    if not isinstance(error, VisunnError):
        return f"visunn failed: {describe(error)}"
    stage = "build" if isinstance(error, TargetError) else "inputs"
    return f"{stage}: {error.message}"
