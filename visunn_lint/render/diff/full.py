"""A comparison for people: a line for each change, what follows from them below, the totals last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from visunn_lint.diff.groups import grouped, shown
from visunn_lint.render._style import KNOWN, STRONG, to_string, wrap
from visunn_lint.text import count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.diff import Change, Comparison, Diff, Rewired
    from visunn_lint.diff.groups import Group
    from visunn_lint.render._view import View

_STYLES: Final = {"added": "green", "removed": "red", "moved": "cyan", "changed": "yellow"}
_MOST_PATHS: Final = 3
_NARROWEST: Final = 24
"""Words get at least so many columns."""
_WIDEST: Final = 48
"""No column of paths or classes is wider than this."""


def render(comparisons: Sequence[Comparison], view: View) -> str:
    """Return comparisons as text, an empty line between two."""
    texts = ([row for line in _lines(each.diff, each.names, view) for row in line] for each in comparisons)
    return "\n".join(to_string(rows, view) for rows in texts)


def _lines(diff: Diff, names: tuple[str, str], view: View) -> Iterator[list[Text]]:
    """Yield what there is to say, each with the rows that it takes."""
    if not diff:
        yield wrap(Text(view.text(no_difference(diff))), view.width)
        return
    yield wrap(Text(view.text(f"{names[0]} → {names[1]}"), STRONG), view.width)
    yield [Text()]
    yield from _changes(grouped(diff.changes), view)
    for line in (*_wiring(diff.rewired, view), *_reshaped(diff.reshaped, view), Text(), Text(view.text(totals(diff)))):
        yield wrap(line, view.width)
    if diff.inputs[0] != diff.inputs[1]:
        inputs = f"They were run with other inputs: {diff.inputs[0]} → {diff.inputs[1]}"
        yield wrap(Text(view.text(inputs), KNOWN), view.width)


def _changes(groups: Sequence[Group], view: View) -> Iterator[list[Text]]:
    labels = [_label(group) for group in groups]
    widths = [min(max(map(len, column), default=0), _WIDEST) for column in (labels, [group.kind for group in groups])]
    for group, label in zip(groups, labels, strict=True):
        style = _STYLES[group.first.kind]
        line = Text(f"{group.mark} ", style)
        line.append(view.text(f"{label:<{widths[0]}}"), style)
        line.append(view.text(f"  {group.kind:<{widths[1]}}"), KNOWN)
        yield _with_words(line, view.text(group.words), view.width)


def _with_words(line: Text, words: str, width: int | None) -> list[Text]:
    """Return a line with words behind it, their further rows below their first; below the line if it has no room."""
    if not words:
        line.rstrip()
        return [line]
    indent = line.cell_len + 2
    if width is not None and width - indent < _NARROWEST:
        indent = 4
        rows = [Text(" " * indent).append(row) for row in wrap(Text(words), width - indent)]
        line.rstrip()
        return [line, *rows]
    first, *others = wrap(Text(words), None if width is None else width - indent)
    return [line.append("  ").append(first), *(Text(" " * indent).append(row) for row in others)]


def _label(group: Group) -> str:
    paths = group.paths
    if len(paths) <= _MOST_PATHS:
        return ", ".join(paths)
    return f"{paths[0]} and {len(paths) - 1} more"


def _wiring(edges: Sequence[Rewired], view: View) -> Iterator[Text]:
    for edge in edges:
        mark, style = ("+", "green") if edge.kind == "added" else ("-", "red")
        line = Text(f"{mark} ", style)
        line.append(view.text(f"{shown(edge.source)} → {shown(edge.target)}"), style)
        yield line.append(view.text("  now feeds it" if edge.kind == "added" else "  feeds it no more"), KNOWN)


def _reshaped(changes: Sequence[Change], view: View) -> Iterator[Text]:
    if not changes:
        return
    first = changes[0]
    detail = first.details[0]
    example = f"{shown(first.path)} {detail.before}, now {detail.after}"
    yield Text(view.text(f"{reshaped(changes)}: {example}"), KNOWN)


def no_difference(diff: Diff) -> str:
    """Return what is said of two equal models."""
    return f"No difference: {count(diff.modules[1], 'module')}, {count(diff.parameters[1], 'parameter')}."


def reshaped(changes: Sequence[Change]) -> str:
    """Return how many modules have other shapes alone."""
    return f"{count(len(changes), 'module')} built as before, with other shapes"


def totals(diff: Diff) -> str:
    """Return the totals of two models in one line."""
    (modules, modules_now), (parameters, parameters_now) = diff.modules, diff.parameters
    grown = parameters_now - parameters
    change = f" ({grown:+,})" if grown else ""
    now = count(modules_now, "module"), count(parameters_now, "parameter")
    return f"{modules:,} → {now[0]}, {parameters:,} → {now[1]}{change}"
