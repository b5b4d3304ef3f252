"""A comparison for a pull request's comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.diff.groups import grouped, shown
from visunn_lint.render._view import printable
from visunn_lint.render.diff.full import no_difference, reshaped, totals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.diff import Comparison, Diff
    from visunn_lint.render._view import View


def render(comparisons: Sequence[Comparison], view: View) -> str:  # noqa: ARG001 -- Markdown has no width
    """Return comparisons as GitHub's Markdown, each below a heading."""
    return "\n".join("\n".join([*_lines(each.diff, each.names), ""]) for each in comparisons)


def _lines(diff: Diff, names: tuple[str, str]) -> Iterator[str]:
    yield f"### {_code(names[0])} → {_code(names[1])}"
    yield ""
    if not diff:
        yield no_difference(diff)
        return
    yield totals(diff)
    yield ""
    if diff.changes:
        yield "| | module | class | |"
        yield "|---|---|---|---|"
    for group in grouped(diff.changes):
        paths = "<br>".join(map(_code, group.paths))
        yield f"| {group.first.kind} | {paths} | {_code(group.kind)} | {_code(group.words) if group.words else ''} |"
    yield ""
    for edge in diff.rewired:
        verb = "now feeds" if edge.kind == "added" else "no longer feeds"
        yield f"- {_code(shown(edge.source))} {verb} {_code(shown(edge.target))}"
    if diff.reshaped:
        yield f"- {reshaped(diff.reshaped)}"


def _code(text: str) -> str:
    """Return a text as code in a cell of a table: what would end either is taken out of its way."""
    safe = printable(text)
    fence = "`" * (1 + max((len(run) for run in _runs_of_backticks(safe)), default=0))
    pad = " " if len(fence) > 1 else ""
    return f"{fence}{pad}{safe}{pad}{fence}".replace("|", "\\|")


def _runs_of_backticks(text: str) -> Iterator[str]:
    run = ""
    for char in [*text, ""]:
        if char == "`":
            run += char
        elif run:
            yield run
            run = ""
