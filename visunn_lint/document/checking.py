"""What has to hold of a document beyond the types of its fields."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from visunn_lint.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.document.records import Document, Place, Port


def check(document: Document) -> None:
    """Raise DataError for the first id that leads nowhere, and for boxes that are not nested as they should be."""
    for problem in _problems(document):
        message = f"not a document of visunn's: {problem}"
        raise DataError(message, hint="write it anew: visunn export MODEL --to json")


def _problems(document: Document) -> Iterator[str]:
    yield from _of_nesting(document)
    bounds = (
        ("spec", _specs(document), len(document.specs)),
        ("file", (place.file for place in _places(document)), len(document.files)),
        ("module", _modules(document), len(document.modules)),
        ("box", _boxes(document), len(document.boxes)),
    )
    for what, numbers, count in bounds:
        for number in numbers:
            if number >= count:
                yield f"there is no {what} {number}"
    holders = {box.parent for box in document.boxes}
    for edge in document.edges:
        if edge.source in holders or edge.target in holders or edge.source == edge.target:
            yield f"an edge from box {edge.source} to box {edge.target}"


def _of_nesting(document: Document) -> Iterator[str]:
    if not document.boxes:
        yield "no boxes"
    tables = (("box", [box.parent for box in document.boxes]), ("module", [each.parent for each in document.modules]))
    for what, parents in tables:
        for number, parent in enumerate(parents):
            if parent >= number or (parent < 0) != (number == 0):
                yield f"{what} {number} lies in {what} {parent}"
    yield from (f"box {at} stands at {box.x}" for at, box in enumerate(document.boxes) if not isfinite(box.x))
    for fold in document.folds:
        holders = {document.boxes[each].parent for each in fold.members if each < len(document.boxes)}
        if len(fold.members) < 2 or len(holders) > 1 or sorted(set(fold.members)) != list(fold.members):  # noqa: PLR2004 -- one is no fold
            yield f"a fold of the boxes {list(fold.members)[:5]}"


def _specs(document: Document) -> Iterator[int]:
    for box in document.boxes:
        yield from _ports((*box.inputs, *box.outputs))
    yield from (edge.spec for edge in document.edges)


def _ports(ports: Iterable[Port]) -> Iterator[int]:
    return (port.spec for port in ports)


def _places(document: Document) -> Iterator[Place]:
    places = [box.source for box in document.boxes]
    places += [module.source for module in document.modules]
    places += [finding.source for finding in document.findings]
    places += [document.failure.source] if document.failure is not None else []
    yield from (place for place in places if place is not None)


def _modules(document: Document) -> Iterator[int]:
    yield from (box.module for box in document.boxes)
    yield from (finding.module for finding in document.findings)
    if document.failure is not None:
        yield document.failure.module


def _boxes(document: Document) -> Iterator[int]:
    yield from (finding.box for finding in document.findings)
    for edge in document.edges:
        yield from (edge.source, edge.target)
    for fold in document.folds:
        yield from fold.members
    if document.against is not None:
        yield from (change.box for change in document.against.changes)
