"""Source lines behind a margin of line numbers, with the marked spans underlined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from visunn_lint import source
from visunn_lint.render._style import KNOWN, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.location import Location
    from visunn_lint.render._view import View

_TAB = 4
_LONGEST_LINE = 240
_NARROWEST_LABEL = 30
_LEAST_CONTEXT = 8
_ONE_LINE_BETWEEN = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline, the words beside it, and the stroke and style of the line."""

    location: Location
    label: str
    stroke: str
    style: str


@dataclass(frozen=True, slots=True)
class Margin:
    """The column of line numbers on the left, ``width`` wide, and the room beside it."""

    width: int
    view: View

    @property
    def room(self) -> int:
        """How many columns are left for what stands beside the margin."""
        return max((self.view.width or _LONGEST_LINE) - self.width - len(" | "), _NARROWEST_LABEL)

    def row(self, number: str = "", content: str = "", style: str = "") -> Text:
        """Return one row of a snippet."""
        return Text.assemble((f"{number:>{self.width}} |", KNOWN), (f" {content}" if content else "", style))


def snippet(file: str, marks: Sequence[Mark], margin: Margin) -> Iterator[Text]:
    """Yield the rows that show the marked lines of one file, in the order of the file.

    ``file`` is a path that can be opened; nothing comes of one that cannot be read.
    """
    by_line: dict[int, list[Mark]] = {}
    for mark in marks:
        if source.line(file, mark.location.line) is not None:
            by_line.setdefault(mark.location.line, []).append(mark)
    if not by_line:
        return
    yield margin.row()
    previous = min(by_line)
    for number in sorted(by_line):
        yield from _gap(file, previous, number, margin)
        yield from _marked_line(_line(file, number, margin), number, by_line[number], margin)
        previous = number


def _gap(file: str, previous: int, number: int, margin: Margin) -> Iterator[Text]:
    """Yield what stands between two marked lines: the one line there is, or dots for more."""
    if number - previous == _ONE_LINE_BETWEEN:
        excerpt = _line(file, previous + 1, margin).cut(0, 0, margin.room)
        yield margin.row(str(previous + 1), excerpt.text, KNOWN)
    elif number - previous > _ONE_LINE_BETWEEN:
        yield Text("...", KNOWN)


def _marked_line(line: _Line, number: int, marks: Sequence[Mark], margin: Margin) -> Iterator[Text]:
    """Yield a line and what is marked on it; once more where a mark lies beyond what is shown of it."""
    excerpt = None
    for mark in marks:
        start, end = line.span(mark.location)
        if excerpt is None or not excerpt.shows(start):
            excerpt = line.cut(start, end, margin.room)
            yield margin.row(str(number), excerpt.text)
        start, end = excerpt.column(start), excerpt.column(end)
        yield from _underline(mark, start, max(end, start + 1), margin)


def _underline(mark: Mark, start: int, end: int, margin: Margin) -> Iterator[Text]:
    """Yield the stroke under a span, its label beside it or, where that is too narrow, below it."""
    stroke = " " * start + mark.stroke * (end - start)
    label = Text(margin.view.text(mark.label))
    if margin.view.width is None or end + 1 + label.cell_len <= margin.room:
        yield margin.row("", f"{stroke} {label.plain}".rstrip(), mark.style)
        return
    yield margin.row("", stroke, mark.style)
    longest_word = max(map(cell_len, label.plain.split()))
    narrowest = max(longest_word, min(label.cell_len, _NARROWEST_LABEL))
    indent = max(0, min(start, margin.room - narrowest))
    for part in wrap(label, margin.room - indent):
        yield margin.row("", " " * indent + part.plain, mark.style)


def _line(file: str, number: int, margin: Margin) -> _Line:
    return _Line(source.line(file, number) or "", margin.view)


class _Line:
    """A source line as it is printed, and the column at which each of its characters stands."""

    def __init__(self, text: str, view: View) -> None:
        self._text = text
        self._more = view.text("…")
        self._shown: list[str] = []
        self._columns = [0]
        for char in text:
            shown = " " * (_TAB - self._columns[-1] % _TAB) if char == "\t" else view.text(char)
            self._shown.append(shown)
            self._columns.append(self._columns[-1] + cell_len(shown))

    def span(self, location: Location) -> tuple[int, int]:
        """Return the first column of a span and the one behind it; without columns, the whole text."""
        start, end = self._characters(location)
        return self._column(start), self._column(max(start, end))

    def _characters(self, location: Location) -> tuple[int, int]:
        """Return the span in characters; one of several lines, or without an end, goes to the end of this one."""
        if not location.column:
            return len(self._text) - len(self._text.lstrip()), len(self._text.rstrip())
        if location.end_line != location.line or not location.end_column:
            return location.column - 1, len(self._text.rstrip())
        return location.column - 1, location.end_column - 1

    def _column(self, character: int) -> int:
        return self._columns[min(character, len(self._shown))]

    def cut(self, start: int, end: int, room: int) -> _Excerpt:
        """Return as much of the line around a span as there is room for."""
        total = self._columns[-1]
        if total <= room:
            return _Excerpt("".join(self._shown).rstrip(), 0, total + 1)
        inner = room - 2 * len(self._more)
        context = max((inner - (end - start)) // 2, _LEAST_CONTEXT)
        first = 0 if end <= inner else max(0, min(start - context, total - inner))
        kept = [
            index
            for index, column in enumerate(self._columns[:-1])
            if first <= column and self._columns[index + 1] <= first + inner
        ]
        left = self._more if kept[0] else ""
        right = self._more if kept[-1] + 1 < len(self._shown) else ""
        text = left + "".join(self._shown[index] for index in kept) + right
        return _Excerpt(text, self._columns[kept[0]], self._columns[kept[-1] + 1], len(left))


@dataclass(frozen=True, slots=True)
class _Excerpt:
    """The part of a line from column ``first`` to before ``end``, with ``lead`` columns put before it."""

    text: str
    first: int
    end: int
    lead: int = 0

    def shows(self, column: int) -> bool:
        """Return whether a column of the line is in this part; where the line ends is part of a whole one."""
        return self.first <= column < self.end

    def column(self, column: int) -> int:
        """Return where a column of the line is printed, the nearest if it is cut off."""
        return min(max(column, self.first), self.end) - self.first + self.lead
