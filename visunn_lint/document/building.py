"""From a Topology, and what was found in it, to its document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from visunn_lint import __version__, cost
from visunn_lint.document import wording
from visunn_lint.document.boxes import BoxMaker
from visunn_lint.document.flow import between_siblings, flow
from visunn_lint.document.modules import Modules
from visunn_lint.document.nesting import nest
from visunn_lint.document.records import FORMAT, Capture, Document, Failure, Totals
from visunn_lint.document.tables import Files, Specs
from visunn_lint.layout import arrange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from visunn_lint.document.nesting import Nesting
    from visunn_lint.document.records import Box, Edge
    from visunn_lint.topology import Topology


def build(topology: Topology, *, root: Path) -> Document:
    """Return the document of a model; paths of source files are as seen from ``root``."""
    specs, files = Specs(), Files(root)
    modules = Modules(topology, files)
    nesting = nest(topology)
    maker = BoxMaker(topology, nesting, modules, specs, files)
    boxes = [maker.box(number) for number in range(len(nesting.parts))]
    edges = flow(topology, nesting, specs)
    return Document(
        format=FORMAT,
        generator=f"visunn {__version__}",
        name=wording.name(topology.name),
        capture=_capture(topology),
        totals=_totals(topology),
        modules=modules.table,
        boxes=_placed(boxes, edges, nesting),
        edges=edges,
        failure=_failure(topology, modules, files),
        specs=specs.table(),
        files=files.table(),
    )


def _placed(boxes: Sequence[Box], edges: Sequence[Edge], nesting: Nesting) -> tuple[Box, ...]:
    """Return the boxes where they stand among their siblings."""
    children = nesting.children()
    within: dict[int, list[tuple[int, int]]] = {parent: [] for parent in children}
    for source, target in between_siblings(edges, [box.parent for box in boxes]):
        within[boxes[source].parent].append((source, target))
    placed = list(boxes)
    for parent, siblings in children.items():
        position = {number: at for at, number in enumerate(siblings)}
        layout = arrange(
            len(siblings),
            [(position[source], position[target]) for source, target in within[parent]],
            first=[position[number] for number in siblings if boxes[number].kind == "input"],
        )
        for number, rank, place in zip(siblings, layout.ranks, layout.places, strict=True):
            placed[number] = msgspec.structs.replace(boxes[number], rank=rank, x=place)
    return tuple(placed)


def _capture(topology: Topology) -> Capture:
    captured = topology.captured
    return Capture(
        engine=wording.name(captured.engine),
        rung=captured.rung,
        mode=captured.mode,
        reason=wording.prose(captured.reason),
        inputs=wording.prose(captured.input_spec),
        inferred=captured.inferred,
    )


def _totals(topology: Topology) -> Totals:
    return Totals(
        parameters=topology.parameter_count,
        trainable=topology.trainable_parameter_count,
        parameter_bytes=cost.parameter_bytes(topology),
        activation_bytes=cost.activation_bytes(topology),
        flops=topology.flops,
        modules=len(topology.modules),
        ops=len(topology.ops()),
    )


def _failure(topology: Topology, modules: Modules, files: Files) -> Failure | None:
    failure = topology.failure
    if failure is None:
        return None
    message = wording.prose(f"{failure.error}: {failure.message}")
    return Failure(message, modules.of(failure.module), files.place(failure.source))
