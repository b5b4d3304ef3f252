"""Where output goes: results to stdout, everything else to stderr, in colour where that is wanted."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

import click

from visunn_lint.errors import VisunnError
from visunn_lint.finding import Severity
from visunn_lint.render import View, printable

Color: TypeAlias = Literal["auto", "always", "never"]

_GLYPHS = "→×…├─└│↺"


@dataclass
class Terminal:
    """The streams of one run, and what its options say of them."""

    color: Color = "auto"
    ascii: bool = False
    quiet: bool = False
    verbose: bool = False
    arguments: tuple[str, ...] = ()
    """The command line."""

    def view(self, root: Path | None, *, statistics: bool = False, fail_on: Severity = Severity.WARNING) -> View:
        """Return how stdout shows what has paths relative to ``root``."""
        return View(
            root=root or Path.cwd(),
            width=shutil.get_terminal_size().columns if sys.stdout.isatty() else None,
            color=self._is_colored(sys.stdout),
            ascii=self.ascii or not _can_encode(_GLYPHS, sys.stdout),
            quiet=self.quiet,
            statistics=statistics,
            fail_on=fail_on,
        )

    def write(self, text: str) -> None:
        """Write a result to stdout; raises VisunnError if there is no room for it."""
        try:
            _write(text, sys.stdout)
        except OSError as error:
            msg = f"cannot write to stdout: {error.strerror}"
            raise VisunnError(msg) from None

    def write_bytes(self, data: bytes) -> None:
        """Write a file's content to stdout as it is; raises VisunnError if there is no room for it."""
        try:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            _leave(sys.stdout)
        except OSError as error:
            msg = f"cannot write to stdout: {error.strerror}"
            raise VisunnError(msg) from None

    def note(self, text: str) -> None:
        """Write a line about the run to stderr, unless it is to be quiet."""
        if not self.quiet:
            _write(f"{self._safe(text)}\n", sys.stderr)

    def detail(self, text: str) -> None:
        """Write a line about the run to stderr, if it is to be verbose."""
        if self.verbose:
            _write(f"{self._safe(text)}\n", sys.stderr)

    def error(self, message: str, *, hint: str = "", details: str = "") -> None:
        """Write to stderr what went wrong, the hint below it, and the details if it is to be verbose."""
        if self.verbose and details:
            _write(f"{details.rstrip()}\n", sys.stderr)
        word = click.style("error", fg="red", bold=True) if self._is_colored(sys.stderr) else "error"
        hints = f"  hint: {self._safe(hint)}\n" if hint else ""
        _write(f"{word}: {self._safe(message)}\n{hints}", sys.stderr)

    def _safe(self, text: str) -> str:
        return printable(text, ascii_only=self.ascii or not _can_encode(text, sys.stderr))

    def _is_colored(self, stream: TextIO) -> bool:
        """Return what ``--color`` says, else NO_COLOR, else FORCE_COLOR, else whether a person is reading."""
        if self.color != "auto":
            return self.color == "always"
        if os.environ.get("NO_COLOR"):
            return False
        return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def open_closed_streams() -> None:
    """Give a process that was started without stdout or stderr (``>&-``) ones that lead nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 -- open until the process ends


def leave_stdout() -> None:
    """Send to stderr what is still printed, by the model's code when the process ends: it is no part of a report."""
    with suppress(OSError, ValueError):  # a reader that has gone, a stream that is no file
        sys.stdout.flush()
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())


def _can_encode(text: str, stream: TextIO) -> bool:
    try:
        text.encode(stream.encoding or "ascii", "strict")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def _write(text: str, stream: TextIO) -> None:
    """Write what the stream's encoding can hold, the rest spelled out; a reader that has gone is no error."""
    encoding = stream.encoding or "ascii"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError as error:
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            raise
        _leave(stream)  # there is no place left to say that stderr takes nothing


def _leave(stream: TextIO) -> None:
    """Let a stream lead nowhere: Python flushes once more when it ends, and would complain there."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
