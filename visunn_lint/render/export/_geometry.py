"""Where the cells of a picture stand on paper: rows along the flow, from the top down."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.render.export._picture import Picture

WIDTH: Final = 224.0
HEIGHT: Final = 44.0
TITLE: Final = 30.0
"""The height of the line above the cells of an open one."""
_BETWEEN_ROWS: Final = 26.0
_BESIDE: Final = 20.0
_PADDING: Final = 16.0
_LANE: Final = 12.0
"""How far an arch stands out from what it goes around, and from the next one."""
_ARCHES: Final = 2
"""How many arches there is room for beside the cells of a level."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, by the middle of its upper edge."""

    x: float
    y: float
    width: float
    height: float

    @property
    def left(self) -> float:
        """Its left edge."""
        return self.x - self.width / 2

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


@dataclass(slots=True)
class _Inside:
    """The cells of an open one, as seen from the middle of its top, and how much room they take."""

    areas: dict[int, Area]
    width: float
    height: float


class Geometry:
    """Where each cell stands, and how far an arch has to stand out; ``areas`` has the model's own cell too."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._ranks = _ranks(picture)
        self._lanes: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._inside: dict[int, _Inside] = {}
        for cell in reversed(list(picture.inside)):
            self._inside[cell] = self._arranged(picture.inside[cell])
        self.areas = self._absolute()

    def _arranged(self, cells: Sequence[int]) -> _Inside:
        rows: defaultdict[int, list[int]] = defaultdict(list)
        for cell in cells:
            rows[self._ranks[cell]].append(cell)
        areas: dict[int, Area] = {}
        y = TITLE
        for rank in sorted(rows):
            row = self._row(rows[rank], y)
            areas |= row
            y = max(area.bottom for area in row.values()) + _BETWEEN_ROWS
        reach = max((max(-area.left, area.right) for area in areas.values()), default=WIDTH / 2)
        arches = _LANE * _ARCHES if len(rows) > 2 else 0.0  # noqa: PLR2004 -- nothing stands between two rows
        return _Inside(areas, 2 * (reach + arches + _PADDING), y - _BETWEEN_ROWS + _PADDING)

    def _row(self, cells: Sequence[int], y: float) -> dict[int, Area]:
        """Return the areas of one row: where they want to be, pushed outwards as far as their widths ask for."""
        sizes = {cell: self._size(cell) for cell in cells}
        wanted = {cell: place * (WIDTH + _BESIDE) for cell, place in self._places(cells).items()}
        order = sorted(cells, key=lambda cell: (wanted[cell], cell))
        middle = min(range(len(order)), key=lambda at: abs(wanted[order[at]]))
        places = {order[middle]: wanted[order[middle]]}
        for at in range(middle + 1, len(order)):
            before = order[at - 1]
            near = places[before] + (sizes[before][0] + sizes[order[at]][0]) / 2 + _BESIDE
            places[order[at]] = max(wanted[order[at]], near)
        for at in range(middle - 1, -1, -1):
            behind = order[at + 1]
            near = places[behind] - (sizes[behind][0] + sizes[order[at]][0]) / 2 - _BESIDE
            places[order[at]] = min(wanted[order[at]], near)
        shift = sum(wanted[cell] - places[cell] for cell in cells) / len(cells) if wanted[order[middle]] else 0.0
        return {cell: Area(places[cell] + shift, y, *sizes[cell]) for cell in cells}

    def _size(self, cell: int) -> tuple[float, float]:
        inside = self._inside.get(cell)
        return (WIDTH, HEIGHT) if inside is None else (inside.width, inside.height)

    def _places(self, cells: Sequence[int]) -> dict[int, float]:
        """Return where the cells of a row want to be; of a level that was cut, side by side about the middle."""
        if self._picture.is_cut(cells[0]):
            return {cell: at - (len(cells) - 1) / 2 for at, cell in enumerate(cells)}
        return {cell: self._picture.document.boxes[cell].x for cell in cells}

    def _absolute(self) -> dict[int, Area]:
        areas = {0: Area(0.0, 0.0, self._inside[0].width, self._inside[0].height)}
        for cell in self._picture.inside:
            here = areas[cell]
            for each, area in self._inside[cell].areas.items():
                areas[each] = Area(here.x + area.x, here.y + area.y, area.width, area.height)
        return areas

    def arch(self, source: int, target: int) -> float | None:
        """Return how far to the right an edge goes to pass what stands in its way; None if nothing does."""
        out, into = self._ways_apart(source, target)
        first, second = out[0], into[0]
        ends = self.areas[source], self.areas[target]
        left, right = min(end.x for end in ends), max(end.x for end in ends)
        between = (self.areas[cell] for cell in self._between(out, into) if not self._picture.is_ghost(cell))
        crossed = [area.right for area in between if area.left <= right and area.right >= left]
        if not crossed and self._ranks[first] < self._ranks[second]:
            return None
        low, high = sorted((self._ranks[first], self._ranks[second]))
        lane = self._lane(self._picture.parents[first], low, high)
        return max([*crossed, *(end.right for end in ends)]) + _LANE * (1 + lane)

    def _between(self, out: Sequence[int], into: Sequence[int]) -> Iterator[int]:
        """Yield the cells in the rows that an edge passes: between two siblings, and within each of these."""
        low, high = sorted((self._ranks[out[0]], self._ranks[into[0]]))
        yield from (cell for cell in self._beside(out[0]) if low < self._ranks[cell] < high)
        for each in out[1:]:
            yield from (cell for cell in self._beside(each) if self._ranks[cell] > self._ranks[each])
        for each in into[1:]:
            yield from (cell for cell in self._beside(each) if self._ranks[cell] < self._ranks[each])

    def _beside(self, cell: int) -> Sequence[int]:
        return self._picture.inside[self._picture.parents[cell]]

    def _lane(self, holder: int, low: int, high: int) -> int:
        """Return how many arches of a level are open between two rows; one more is from now on."""
        taken = self._lanes[holder]
        lane = sum(1 for start, end in taken if start < high and low < end)
        taken.append((low, high))
        return lane

    def _ways_apart(self, source: int, target: int) -> tuple[Sequence[int], Sequence[int]]:
        """Return the cells around each of two, from the siblings on in which they part."""
        ways = self._way(source), self._way(target)
        common = sum(1 for first, second in zip(*ways, strict=False) if first == second)
        return ways[0][common:], ways[1][common:]

    def _way(self, cell: int) -> list[int]:
        """Return the cells around one from the outermost, it among them."""
        way = [cell]
        while way[-1] in self._picture.parents:
            way.append(self._picture.parents[way[-1]])
        return way[::-1]


def _ranks(picture: Picture) -> dict[int, int]:
    """Return the row of each cell in its level: its rank, without those in which nothing is drawn."""
    found: dict[int, int] = {}
    for cells in picture.inside.values():
        wanted = {cell: _rank(picture, cells, cell) for cell in cells}
        rows = {rank: row for row, rank in enumerate(sorted(set(wanted.values())))}
        found |= {cell: rows[rank] for cell, rank in wanted.items()}
    return found


def _rank(picture: Picture, cells: Sequence[int], cell: int) -> float:
    """Return the rank of a cell; one that stands for many comes behind the cell before it."""
    box = picture.box(cell)
    if box is not None:
        return box.rank
    before = picture.box(cells[cells.index(cell) - 1])
    return (before.rank if before is not None else 0) + 0.5
