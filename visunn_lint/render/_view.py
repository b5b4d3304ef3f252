"""Where and how something is shown, and text that is safe to print there; it needs no rich."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from visunn_lint.finding import Severity
from visunn_lint.text import in_ascii, safe


@dataclass(frozen=True, slots=True)
class View:
    """Where and how a report is shown.

    ``root`` is the folder to which the paths in a report are relative, ``folder`` the one that
    the reader is in. ``width`` is that of the terminal in columns, None where there is none.
    """

    root: Path = field(default_factory=Path.cwd)
    folder: Path = field(default_factory=Path.cwd)
    width: int | None = None
    color: bool = False
    ascii: bool = False
    quiet: bool = False
    """Show findings alone, without the line that counts them."""
    statistics: bool = False
    """Show counts for each rule in place of the findings, where the format is for people."""
    standalone: bool = False
    """Say what could not be linted, too: nobody who reads the report has seen stderr."""
    fail_on: Severity = Severity.WARNING
    """The least severity that fails a check."""

    def for_file(self) -> View:
        """Return the same for a file in UTF-8: of any width, without colour."""
        return replace(self, width=None, color=False, ascii=False, standalone=True)

    def absolute(self, file: str) -> str:
        """Return the path of a file of the report, as it can be opened."""
        return str(self.root / file)

    def path(self, file: str) -> str:
        """Return the path of a file of the report, as the reader would write it."""
        path = self.root / file
        return str(path.relative_to(self.folder) if path.is_relative_to(self.folder) else path)

    def text(self, text: str) -> str:
        """Return a text that is safe to print, and in ASCII if the view is."""
        return printable(text, ascii_only=self.ascii)


def printable(text: str, *, ascii_only: bool = False) -> str:
    """Return a text on one line, with control characters written out, and what is not ASCII if asked for."""
    return in_ascii(safe(text)) if ascii_only else safe(text)
