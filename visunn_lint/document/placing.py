"""Where boxes stand among their siblings."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import msgspec

from visunn_lint.document.folds import children_of
from visunn_lint.layout import arrange

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from visunn_lint.document.records import Box


def placed(boxes: Sequence[Box], pairs: Iterable[tuple[int, int]]) -> tuple[Box, ...]:
    """Return the boxes, each with its rank and place; ``pairs`` are the edges between siblings."""
    within: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for source, target in pairs:
        within[boxes[source].parent].append((source, target))
    found = list(boxes)
    for parent, siblings in children_of(boxes).items():
        position = {number: at for at, number in enumerate(siblings)}
        layout = arrange(
            len(siblings),
            [(position[source], position[target]) for source, target in within[parent]],
            first=[position[number] for number in siblings if boxes[number].kind == "input"],
        )
        for number, rank, place in zip(siblings, layout.ranks, layout.places, strict=True):
            found[number] = msgspec.structs.replace(boxes[number], rank=rank, x=place)
    return tuple(found)
