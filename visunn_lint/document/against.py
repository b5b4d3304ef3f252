"""What changed since an older model: marks on boxes, and ghosts of what is gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from visunn_lint.diff import compare
from visunn_lint.document import wording
from visunn_lint.document.families import family_of_container
from visunn_lint.document.records import Against, Box, Change
from visunn_lint.outline import outline
from visunn_lint.query import paths_above
from visunn_lint.tree import places

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from visunn_lint import diff
    from visunn_lint.document.nesting import Nesting
    from visunn_lint.document.records import ChangeKind
    from visunn_lint.outline import Outline
    from visunn_lint.topology import Topology


@dataclass(frozen=True, slots=True)
class Older:
    """The model that another is compared with: its name for the reader, and its outline."""

    name: str
    outline: Outline


@dataclass(slots=True)
class Compared:
    """The boxes with what changed marked, ghosts behind the others, and the pairs that tell where these stand."""

    boxes: list[Box]
    against: Against
    pairs: list[tuple[int, int]] = field(default_factory=list)


def compare_with(older: Older, topology: Topology, nesting: Nesting, boxes: Sequence[Box]) -> Compared:
    """Return the boxes of a model as they compare with an older one.

    Boxes of what was added, and all in them, are marked; of what changed or moved, they alone. A module
    that is gone leaves a box without contents in what held it, behind what fed it.
    """
    changes = compare(older.outline, outline(topology)).changes
    drawing = _Drawing(older.outline, topology, nesting, changes, list(boxes))
    told = tuple(drawing.change(each) for each in changes)
    return Compared(drawing.boxes, Against(wording.name(older.name), told), list(drawing.pairs()))


class _Drawing:
    """The boxes so far, and the ghosts by the path of what is gone."""

    def __init__(
        self,
        before: Outline,
        topology: Topology,
        nesting: Nesting,
        changes: Sequence[diff.Change],
        boxes: list[Box],
    ) -> None:
        self.boxes = boxes
        self._ghosts: dict[str, int] = {}
        self._before = before
        self._topology = topology
        self._call_boxes = nesting.part_of_call
        self._ends = _ends(boxes)
        self._moved = {each.before: each.after for each in changes if each.before != each.after}

    def change(self, change: diff.Change) -> Change:
        """Return what a document says of a change, and mark the boxes that it is about."""
        box = self._ghost(change) if change.after is None else self._mark(change.after, change.kind)
        return Change(
            kind=change.kind,
            before=None if change.before is None else wording.name(change.before),
            after=None if change.after is None else wording.name(change.after),
            box=box,
            details=tuple(
                (wording.name(each.what), wording.name(each.before), wording.name(each.after))
                for each in change.details
            ),
        )

    def _mark(self, path: str, kind: ChangeKind) -> int:
        """Mark each call of a module; return the first of them, -1 if there is none."""
        calls = [self._call_boxes[call.key] for call in self._topology.modules[path].calls]
        for number in calls:
            end = self._ends[number] if kind == "added" else number + 1
            for each in range(number, end):
                self.boxes[each] = msgspec.structs.replace(self.boxes[each], change=kind)
        return calls[0] if calls else -1

    def _ghost(self, change: diff.Change) -> int:
        path = change.path
        holder, parent = self._holder(path)
        self._ghosts[path] = len(self.boxes)
        self.boxes.append(
            Box(
                kind="module",
                label=wording.name(places.label(path, holder)),
                family=family_of_container(change.module.rpartition(".")[2]),
                parent=parent,
                parameters=change.parameters,
                change="removed",
            )
        )
        return self._ghosts[path]

    def _holder(self, path: str) -> tuple[str, int]:
        """Return the closest module around a former path that is still called, as it was called, and its box."""
        for above in paths_above(path):
            now = self._now(above)
            if (now, 0) in self._call_boxes:
                return above, self._call_boxes[now, 0]
        return "", 0

    def _now(self, path: str) -> str:
        """Return the path that a module has now, if it is still there."""
        for above in (path, *paths_above(path)):
            moved = self._moved.get(above)
            if moved is not None:
                return f"{moved}{path[len(above) :]}"
        return path

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Yield (box, ghost) for what fed what is gone and lies beside it now."""
        for source, targets in self._before.feeds.items():
            for target in targets:
                ghost = self._ghost_around(target)
                if ghost is None:
                    continue
                box = self._beside(source, self.boxes[ghost].parent)
                if box is not None and box != ghost:
                    yield box, ghost

    def _ghost_around(self, call: str) -> int | None:
        path = call.partition("#")[0]
        return next((self._ghosts[each] for each in (path, *paths_above(path)) if each in self._ghosts), None)

    def _beside(self, call: str, parent: int) -> int | None:
        """Return the box in ``parent`` that holds a former call, or is its ghost."""
        path, _, index = call.partition("#")
        ghost = self._ghost_around(call)
        box = self._call_boxes.get((self._now(path), int(index or 0))) if ghost is None else ghost
        while box is not None and box >= 0 and self.boxes[box].parent != parent:
            box = self.boxes[box].parent
        return box if box is not None and box >= 0 else None


def _ends(boxes: Sequence[Box]) -> Mapping[int, int]:
    """Return for each box the number behind the last one in it."""
    ends: defaultdict[int, int] = defaultdict(int)
    for number in range(len(boxes) - 1, -1, -1):
        ends[number] = max(ends[number], number + 1)
        if boxes[number].parent >= 0:
            ends[boxes[number].parent] = max(ends[boxes[number].parent], ends[number])
    return ends
