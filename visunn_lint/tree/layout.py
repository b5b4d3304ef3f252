"""Rows laid out in aligned columns: as wide as they need, or fitted to the width of a terminal."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from visunn_lint.text import cells, clip, clip_start, in_ascii
from visunn_lint.tree.columns import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from visunn_lint.tree.branches import Branch, Note, Style
    from visunn_lint.tree.rows import Row


class Span(NamedTuple):
    """A piece of a line in one style."""

    text: str
    style: Style = "plain"


Line = tuple[Span, ...]

_NOTES, _SHORT_NOTES = 30, 10
_SHORT_KIND, _SHORTER_KIND, _SHORTEST_KIND = 16, 10, 6
_SHORTEST_CLASS = 10
_SHORTEST_NAME, _SHORTEST_LABEL = 20, 8
_DEAR = 8
"""What a column has to be worth to outlast long notes and kinds."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """The texts of one row, ready to be measured."""

    guides: str
    label: str
    kind: str
    details: str
    columns: tuple[str, ...]
    notes: tuple[Note, ...]
    is_dim: bool

    @property
    def name_width(self) -> int:
        return cells(self.guides) + cells(self.label)

    @property
    def kind_width(self) -> int:
        return cells(self.kind) + (1 + cells(self.details) if self.details else 0)

    @property
    def notes_width(self) -> int:
        return sum(2 + cells(note.text) for note in self.notes) - 2


@dataclass(frozen=True, slots=True)
class _Widths:
    """How wide everything is; ``columns`` leads from a column's position to its width."""

    name: int
    kind: int
    columns: dict[int, int]
    notes: int
    gap: int = 3

    def total(self, notes_room: int) -> int:
        """Return the width of a row whose notes get no more than that room."""
        beside = (self.kind, *self.columns.values(), min(self.notes, notes_room))
        return self.name + sum(self.gap + width for width in beside if width > 0)


def table(
    rows: Sequence[Row], root: Branch, columns: Sequence[str], *, width: int | None, ascii_only: bool
) -> list[Line]:
    """Return a line of titles and a line for each row; none is wider than ``width``."""
    translate: Callable[[str], str] = in_ascii if ascii_only else str
    titles = _Cells("", "module", "kind", "", tuple(COLUMNS[name].title for name in columns), (), is_dim=True)
    grid = [titles, *(_cells(row, root, columns, translate) for row in rows)]
    widths = _natural(grid)
    if width is not None:
        widths = _fitted(widths, columns, width)
    ellipsis = translate("…")
    numbers = {position for position, name in enumerate(columns) if COLUMNS[name].is_number}
    return [_line(row, widths, numbers, ellipsis, width) for row in grid]


def _cells(row: Row, root: Branch, columns: Sequence[str], translate: Callable[[str], str]) -> _Cells:
    branch = row.branch
    times = f"×{branch.repeats}" if branch.repeats > 1 else ""
    return _Cells(
        guides=translate(_guides(row.guides)),
        label=translate(branch.label),
        kind=translate(branch.kind),
        details=translate(f"{branch.details} {times}".strip()),
        columns=tuple(translate(COLUMNS[name].text(branch, root)) for name in columns),
        notes=tuple(replace(note, text=translate(note.text)) for note in row.notes),
        is_dim=row.is_dim,
    )


def _guides(follows: tuple[bool, ...]) -> str:
    if not follows:
        return ""
    around = "".join("│   " if more else "    " for more in follows[:-1])
    return around + ("├── " if follows[-1] else "└── ")


def _natural(grid: Sequence[_Cells]) -> _Widths:
    columns = {position: max(cells(row.columns[position]) for row in grid) for position in range(len(grid[0].columns))}
    return _Widths(
        max(row.name_width for row in grid),
        max(row.kind_width for row in grid),
        columns,
        max(row.notes_width for row in grid),
    )


def _fitted(natural: _Widths, columns: Sequence[str], room: int) -> _Widths:
    """Return widths that fit: tighter gaps, shorter kinds and fewer columns, then shorter notes and names."""
    widths = natural if natural.total(natural.notes) <= room else replace(natural, gap=2)
    widths = _with_shorter_kinds(widths, room, _SHORT_KIND, _NOTES)
    cheap, dear = _by_worth(columns)
    widths = _with_fewer_columns(widths, room, cheap if dear else cheap[:-1], _NOTES)
    widths = _with_shorter_kinds(widths, room, _SHORTER_KIND, _SHORT_NOTES)
    widths = _with_fewer_columns(widths, room, dear[:-1], _SHORT_NOTES)
    excess = max(0, widths.total(_SHORT_NOTES) - room)
    widths = replace(widths, name=min(widths.name, max(_SHORTEST_NAME, widths.name - excess)))
    notes = _NOTES if widths.total(_NOTES) <= room else _SHORT_NOTES
    return _with_shorter_kinds(replace(widths, kind=natural.kind), room, _SHORTEST_KIND, notes)


def _by_worth(columns: Sequence[str]) -> tuple[list[int], list[int]]:
    """Return the positions of the columns that may go and of those that should stay, the least worth first."""
    worth = {position: COLUMNS[name].worth for position, name in enumerate(columns)}
    order = sorted(worth, key=worth.__getitem__)
    return [at for at in order if worth[at] < _DEAR], [at for at in order if worth[at] >= _DEAR]


def _with_shorter_kinds(widths: _Widths, room: int, least: int, notes: int) -> _Widths:
    excess = max(0, widths.total(notes) - room)
    return replace(widths, kind=min(widths.kind, max(least, widths.kind - excess)))


def _with_fewer_columns(widths: _Widths, room: int, candidates: Sequence[int], notes: int) -> _Widths:
    for position in candidates:
        if widths.total(notes) <= room:
            break
        widths = replace(widths, columns={at: width for at, width in widths.columns.items() if at != position})
    return widths


def _line(row: _Cells, widths: _Widths, numbers: set[int], ellipsis: str, room: int | None) -> Line:
    style: Style = "dim" if row.is_dim else "plain"
    spans = [*_name(row, widths.name, style, ellipsis)]
    spans.append(Span(_padded(_kind(row, widths.kind, ellipsis), widths.kind, widths.gap), style))
    for position, width in widths.columns.items():
        text = clip(row.columns[position], width, ellipsis)
        padding = " " * (width - cells(text))
        cell = padding + text if position in numbers else text + padding
        spans.append(Span(" " * widths.gap + cell, style))
    for number, note in enumerate(row.notes):
        spans.append(Span(" " * (2 if number else widths.gap)))
        spans.append(Span(note.text, note.style))
    return clipped(spans, room, ellipsis)


def _name(row: _Cells, width: int, style: Style, ellipsis: str) -> Iterator[Span]:
    """Yield guides and label; where they do not fit the label is cut, or guides that leave no room for one."""
    guides = clip_start(row.guides, width - min(cells(row.label), _SHORTEST_LABEL), ellipsis)
    label = clip(row.label, width - cells(guides), ellipsis)
    yield Span(guides, "dim")
    yield Span(label + " " * (width - cells(guides) - cells(label)), style)


def _padded(text: str, width: int, gap: int) -> str:
    return " " * gap + text + " " * (width - cells(text))


def _kind(row: _Cells, width: int, ellipsis: str) -> str:
    """Return class and details; where both do not fit, the class is cut first: numbers tell more."""
    full = f"{row.kind} {row.details}".rstrip()
    room = width - 1 - cells(row.details)
    if cells(full) <= width or not row.details or room < _SHORTEST_CLASS:
        return clip(full, width, ellipsis)
    return f"{clip(row.kind, room, ellipsis)} {row.details}"


def clipped(line: Sequence[Span], width: int | None, ellipsis: str) -> Line:
    """Return a line without blanks at its end, cut where the terminal ends."""
    kept: list[Span] = []
    room = sum(cells(span.text) for span in line) if width is None else width
    for span in line:
        text = clip(span.text, room, ellipsis)
        room -= cells(text)
        kept.append(Span(text, span.style))
        if text != span.text:
            break
    while kept and not kept[-1].text.strip():
        kept.pop()
    return (*kept[:-1], Span(kept[-1].text.rstrip(), kept[-1].style)) if kept else ()
