"""A document as a picture that does not move: modules opened as deep as there is room, repeats drawn once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, Final

from visunn_lint.document.folds import children_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.document.records import Box, Document, Finding, Severity

_DEEPEST: Final = 6
_LAST_NUMBER: Final = re.compile(r"\d*\D*$")
_WORST_FIRST: Final[tuple[Severity, ...]] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Wire:
    """What flows from one cell to another; ``spec`` is that of the first tensor, -1 where it is not known."""

    source: int
    target: int
    spec: int
    tensors: int


class Picture:
    """What is seen of a document.

    Cells are numbered as boxes are. ``inside`` has the cells in each that is open, the model's own, 0,
    among them; ``hidden`` how many boxes a cell stands for that is none itself, where a level has more than
    there is room for; ``times`` how many equal siblings a cell stands for.
    """

    def __init__(self, document: Document, most: int) -> None:
        self.document = document
        self.hidden: dict[int, int] = {}
        self._children = children_of(document.boxes)
        self._first = {each: fold.members[0] for fold in document.folds for each in fold.members}
        self.times = {fold.members[0]: len(fold.members) for fold in document.folds}
        self._stand_ins: dict[int, int] = {}
        self._new = count(len(document.boxes))
        self.inside: dict[int, tuple[int, ...]] = {0: self._cells(0, most)}
        self._open(most)

    def _open(self, most: int) -> None:
        """Open all modules of a depth, as long as no more cells than ``most`` come of it."""
        level: Sequence[int] = self.inside[0]
        total = len(level)
        for _ in range(_DEEPEST):
            holders = [cell for cell in level if cell in self._children]
            opened = {cell: self._cells(cell, most) for cell in holders}
            total += sum(len(cells) - 1 for cells in opened.values())
            if not opened or total > most:
                return
            self.inside |= opened
            level = [cell for cells in opened.values() for cell in cells]

    def _cells(self, parent: int, most: int) -> tuple[int, ...]:
        """Return the cells of a level: its boxes but for repeats, one for all that are too many."""
        cells = [each for each in self._children.get(parent, ()) if self._first.get(each, each) == each]
        if len(cells) <= most:
            return tuple(cells)
        ends = [each for each in cells[most - 1 :] if self.document.boxes[each].kind == "output"][: most // 2]
        kept = [*cells[: most - 1 - len(ends)], *ends]
        stand_in = next(self._new)
        shown = set(kept)
        self._stand_ins |= {each: stand_in for each in cells if each not in shown}
        self.hidden[stand_in] = len(cells) - len(kept)
        return (*kept[: len(kept) - len(ends)], stand_in, *ends)

    @cached_property
    def parents(self) -> Mapping[int, int]:
        """Return for each cell the one that it lies in; the model's own lies in none."""
        return {cell: holder for holder, cells in self.inside.items() for cell in cells}

    def box(self, cell: int) -> Box | None:
        """Return the box of a cell; None for one that stands for all that are too many."""
        return self.document.boxes[cell] if cell < len(self.document.boxes) else None

    def is_cut(self, cell: int) -> bool:
        """Return whether some box of a cell's level is not drawn, as there is no room for it."""
        return any(each in self.hidden for each in self.inside[self.parents[cell]])

    def is_ghost(self, cell: int) -> bool:
        """Return whether a cell is a module that is gone."""
        box = self.box(cell)
        return box is not None and box.change == "removed"

    @cached_property
    def _seen_as(self) -> Sequence[int]:
        """Return for each box the cell that it is seen as: itself, its twin among repeats, or what holds it."""
        boxes = self.document.boxes
        twins, cells = [0] * len(boxes), [0] * len(boxes)
        position = {each: at for level in self._children.values() for at, each in enumerate(level)}
        for number, box in enumerate(boxes[1:], 1):
            twin = number if self.is_ghost(number) else self._children[twins[box.parent]][position[number]]
            twins[number] = twin = self._first.get(twin, twin)
            around = cells[box.parent]
            cells[number] = self._stand_ins.get(twin, twin) if around in self.inside else around
        return cells

    @cached_property
    def wires(self) -> tuple[Wire, ...]:
        """Return what flows between closed cells; repeats that feed each other are seen as one and feed nobody."""
        found: Counter[tuple[int, int]] = Counter()
        specs: dict[tuple[int, int], int] = {}
        for edge in self.document.edges:
            ends = self._seen_as[edge.source], self._seen_as[edge.target]
            if ends[0] != ends[1] and not self._is_within_repeats(edge.source, edge.target):
                found[ends] += 1
                specs.setdefault(ends, edge.spec)
        return tuple(Wire(*ends, specs[ends], tensors) for ends, tensors in found.items())

    def _is_within_repeats(self, source: int, target: int) -> bool:
        """Return whether two boxes lie in two siblings of which one is drawn for both."""
        first, second = siblings(self.document.boxes, self._depths, source, target)
        return first != second and first in self._first and self._first[first] == self._first.get(second)

    @cached_property
    def _depths(self) -> Sequence[int]:
        depths = [0] * len(self.document.boxes)
        for number, box in enumerate(self.document.boxes[1:], 1):
            depths[number] = depths[box.parent] + 1
        return depths

    @cached_property
    def findings(self) -> Mapping[int, tuple[Finding, ...]]:
        """Return what was found by cell, the worst first; what has no box is in none."""
        found: defaultdict[int, list[Finding]] = defaultdict(list)
        for finding in self.document.findings:
            if finding.box >= 0:
                found[self._seen_as[finding.box]].append(finding)
        return {
            cell: tuple(sorted(each, key=lambda one: _WORST_FIRST.index(one.severity))) for cell, each in found.items()
        }

    def title(self, cell: int) -> str:
        """Return the name of a cell: ``layer1``, ``0…11``, ``relu (call 2)``, ``4,920 more``."""
        box = self.box(cell)
        if box is None:
            return f"{self.hidden[cell]:,} more"
        if box.kind == "output" and box.label.isdecimal():
            return "output" if box.label == "0" else f"output {box.label}"
        call = f" (call {box.call + 1})" if box.kind == "module" and box.call else ""
        return f"{self._range(cell) or box.label or box.kind}{call}"

    def _range(self, cell: int) -> str:
        """Return the names of repeats, from the first to what is other in the last."""
        if cell not in self.times:
            return ""
        last = max(each for each, first in self._first.items() if first == cell)
        names = [self.document.boxes[each].label for each in (cell, last)]
        return f"{names[0]}…{_LAST_NUMBER.findall(names[1])[0]}"

    def words(self, cell: int) -> str:
        """Return what a cell is: class and telling settings, or the op's name where its title is another; may be ""."""
        box = self.box(cell)
        if box is None:
            return "boxes that there is no room for"
        repeats = f" ×{self.times[cell]}" if cell in self.times else ""
        if box.kind == "module" and box.module >= 0:
            module = self.document.modules[box.module]
            kind = module.kind.rpartition(".")[2]
            return " ".join(filter(None, [kind, module.details])) + repeats
        return repeats.strip()

    def shape(self, cell: int) -> str:
        """Return the shape of the first tensor that comes out of a cell, or goes into an output; may be ""."""
        box = self.box(cell)
        ports = () if box is None else box.outputs or (box.inputs if box.kind == "output" else ())
        return self.spec(ports[0].spec) if ports else ""

    def spec(self, number: int) -> str:
        """Return a shape as text, "" where it is not known."""
        if number < 0:
            return ""
        return "×".join(map(str, self.document.specs[number].shape)) or "scalar"


def siblings(boxes: Sequence[Box], depths: Sequence[int], first: int, second: int) -> tuple[int, int]:
    """Return the two siblings that hold two boxes, or are these."""
    while depths[first] > depths[second]:
        first = boxes[first].parent
    while depths[second] > depths[first]:
        second = boxes[second].parent
    while boxes[first].parent != boxes[second].parent:
        first, second = boxes[first].parent, boxes[second].parent
    return first, second
