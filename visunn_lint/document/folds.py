"""Which siblings are built alike and follow each other, so that one can be drawn for all."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, Final

from visunn_lint.document.records import Fold

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

    from visunn_lint.document.records import Box, Module

_DIGITS: Final = re.compile(r"\d+")
_POSITION: Final = re.compile(r"(layer|block)?_?(idx|index|id|number)")
"""What a layer is told of its own place in a row: no two are alike in it."""


def fold(boxes: Sequence[Box], modules: Sequence[Module], pairs: Iterable[tuple[int, int]]) -> tuple[Fold, ...]:
    """Return the runs of two or more siblings that a reader would call the same thing several times.

    They are calls of one form, one right behind the other, of modules whose names differ in their
    numbers alone. Calls of one module are none: that it is used again is worth seeing. ``pairs`` are the
    edges between siblings.
    """
    children = children_of(boxes)
    forms = _forms(boxes, modules, children, pairs)
    folds = (each for siblings in children.values() for each in _runs(siblings, boxes, forms))
    return tuple(sorted(folds, key=lambda each: each.members))


def children_of(boxes: Sequence[Box]) -> dict[int, list[int]]:
    """Return the numbers of the boxes in each that holds some, in their order."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number, box in enumerate(boxes):
        if box.parent >= 0:
            found[box.parent].append(number)
    return dict(found)


def _runs(siblings: Sequence[int], boxes: Sequence[Box], forms: Sequence[int]) -> Iterator[Fold]:
    def key(number: int) -> tuple[object, ...]:
        box = boxes[number]
        if box.kind != "module" or box.change == "removed":
            return (number,)
        return forms[number], _DIGITS.sub("#", box.label)

    for _, run in groupby(siblings, key):
        members = tuple(run)
        if len(members) > 1 and len({boxes[each].module for each in members}) == len(members):
            yield Fold(members)


def _forms(
    boxes: Sequence[Box],
    modules: Sequence[Module],
    children: Mapping[int, Sequence[int]],
    pairs: Iterable[tuple[int, int]],
) -> list[int]:
    """Return a number for each box, equal for boxes that are equal but for their names and places.

    What they hold counts, the names of that too, and how it is wired.
    """
    wires: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for source, target in sorted(set(pairs)):
        wires[boxes[source].parent].append((source, target))
    built = [(each.kind, _settings(each), _tensors(each)) for each in modules]
    numbers: dict[Hashable, int] = {}
    forms = [0] * len(boxes)
    for number in reversed(range(len(boxes))):
        box, inside = boxes[number], children.get(number, ())
        position = {each: at for at, each in enumerate(inside)}
        form = (
            _look(box),
            built[box.module] if box.kind == "module" and box.module >= 0 else None,
            tuple((boxes[each].label, forms[each]) for each in inside),
            tuple((position[source], position[target]) for source, target in wires[number]),
        )
        forms[number] = numbers.setdefault(form, len(numbers))
    return forms


def _look(box: Box) -> Hashable:
    attributes = tuple(box.attributes.items())
    return box.kind, box.op, box.family, box.inputs, box.outputs, attributes, len(box.reads), box.parameters, box.change


def _settings(module: Module) -> Hashable:
    return tuple(each for each in module.settings.items() if not _POSITION.fullmatch(each[0]))


def _tensors(module: Module) -> Hashable:
    return tuple((each.name, each.shape, each.dtype, each.buffer, each.trainable) for each in module.tensors)
