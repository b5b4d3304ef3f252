"""Colours, and rows of text as one string."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from visunn_lint.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.render._view import View

SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "bold yellow", Severity.INFO: "bold cyan"}
RELATED = "blue"
KNOWN = "dim"
STRONG = "bold"


def wrap(text: Text, width: int | None) -> list[Text]:
    """Return a text broken at spaces, and in words that are too long, into rows of at most ``width`` columns."""
    if width is None or text.cell_len <= width:
        return [text]
    rows = text.wrap(_console(), width)
    for row in rows:
        row.rstrip()
    return list(rows)


def to_string(rows: Sequence[Text], view: View) -> str:
    """Return rows as they go to the terminal, each ended, with ANSI colours if the view has them."""
    text = Text("\n", end="").join([*rows, Text()]) if rows else Text(end="")
    if not view.color:
        return text.plain
    console = _console()
    with console.capture() as capture:
        console.print(text, soft_wrap=True, end="")
    return capture.get()


def _console() -> Console:
    """Return a console that heeds no environment and has the 16 colours that every theme sets."""
    return Console(
        file=StringIO(),
        force_terminal=True,
        color_system="standard",
        no_color=False,
        legacy_windows=False,
        _environ={},
    )
