"""Documents that are made in processes of their own: the model's code never runs beside the server."""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.cli._outcome import CLEAN, NOT_LINTED, exit_code_of
from visunn_lint.cli._watching import fresh_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from visunn_lint.cli._documents import Asked
    from visunn_lint.cli._terminal import Terminal

PRELOADED = ("torch", "visunn_lint.loading", "visunn_lint.cli._round", "visunn_lint.cli._documents")
"""What processes that follow each other best find imported: torch alone takes two seconds."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document as bytes, or one line on why there is none, and the files that were read for it."""

    data: bytes | None
    failure: str = ""
    read: tuple[str, ...] = ()


def draw_apart(asked: Asked, terminal: Terminal, preloaded: Sequence[str] = ()) -> Callable[[], Drawn]:
    """Return a function that makes the document of a target in a fresh process, of some modules imported before."""
    context = fresh_processes(preloaded)

    def draw() -> Drawn:
        answer, sender = context.Pipe(duplex=False)
        process = context.Process(target=draw_here, args=(asked, terminal, sender))
        process.start()
        sender.close()
        try:
            drawn: Drawn = answer.recv()
        except EOFError:
            return Drawn(None, "the process that ran the model ended without a word")
        finally:
            process.join()
        return drawn

    return draw


def end_drawings() -> None:
    """End the drawings that are still made: no daemons, for a model may start processes of its own."""
    for process in multiprocessing.active_children():
        process.kill()


def draw_here(asked: Asked, terminal: Terminal, answer: Connection) -> None:
    """Make the document of a target and send it; for a fresh process. What went wrong is told on stderr as well."""
    from visunn_lint.cli._round import begin_round  # noqa: PLC0415 -- imports this package's commands

    files_read = begin_round([asked.target], asked.project)
    drawing = _Drawing(asked, terminal)
    exit_code_of(drawing.draw, terminal)
    answer.send(Drawn(drawing.data, drawing.failure, tuple(files_read())))


@dataclass
class _Drawing:
    """A document that is being made, and if it is not, why."""

    asked: Asked
    terminal: Terminal
    data: bytes | None = None
    failure: str = ""

    def draw(self) -> int:
        """Make the document; return an exit code."""
        from visunn_lint.cli._documents import document_of  # noqa: PLC0415 -- much that --help does without
        from visunn_lint.document import Document, encode  # noqa: PLC0415 -- as above

        try:
            document = document_of(self.asked, self.terminal)
        except Exception as error:
            self.failure = " ".join(str(error).split()) or type(error).__name__
            raise
        if not isinstance(document, Document):
            self.failure = f"{document.target}: {document.message}"
            return NOT_LINTED
        self.data = encode(document)
        return CLEAN
