"""From a Topology, and what was found in it, to its document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint import __version__, cost
from visunn_lint.document import wording
from visunn_lint.document.against import compare_with
from visunn_lint.document.boxes import BoxMaker
from visunn_lint.document.findings import findings_in
from visunn_lint.document.flow import between_siblings, flow
from visunn_lint.document.folds import fold
from visunn_lint.document.modules import Modules
from visunn_lint.document.nesting import nest
from visunn_lint.document.placing import placed
from visunn_lint.document.records import FORMAT, Capture, Document, Failure, Totals
from visunn_lint.document.tables import Files, Specs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from visunn_lint import finding as found
    from visunn_lint.document.against import Older
    from visunn_lint.topology import Topology


def build(
    topology: Topology, *, root: Path, findings: Iterable[found.Finding] = (), against: Older | None = None
) -> Document:
    """Return the document of a model, with what was found in it and what changed since an older one.

    Paths of source files are as seen from ``root``; those of findings may be relative to it.
    """
    specs, files = Specs(), Files(root)
    modules, nesting = Modules(topology, files), nest(topology)
    maker = BoxMaker(topology, nesting, modules, specs, files)
    boxes = [maker.box(number) for number in range(len(nesting.parts))]
    edges = flow(topology, nesting, specs)
    pairs = list(between_siblings(edges, [box.parent for box in boxes]))
    compared = None if against is None else compare_with(against, topology, nesting, boxes)
    if compared is not None:
        boxes, pairs = compared.boxes, [*pairs, *compared.pairs]
    return Document(
        format=FORMAT,
        generator=f"visunn {__version__}",
        name=wording.name(topology.name),
        capture=_capture(topology),
        totals=_totals(topology),
        modules=modules.table,
        boxes=placed(boxes, pairs),
        edges=edges,
        folds=fold(boxes, modules.table, pairs),
        findings=findings_in(findings, nesting, modules, files, root),
        failure=_failure(topology, modules, files),
        against=None if compared is None else compared.against,
        specs=specs.table(),
        files=files.table(),
    )


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
