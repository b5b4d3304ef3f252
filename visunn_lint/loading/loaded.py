"""What comes of loading a target: its models, and what is wrong with it, which is told and not raised."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.finding import Broken
from visunn_lint.topology import CapturedModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.errors import Timeout, VisunnError


@dataclass(frozen=True, slots=True)
class WithoutModel:
    """A file that was imported and turned out to have no model."""

    broken: Broken


Result: TypeAlias = CapturedModel | Broken | WithoutModel


@dataclass(frozen=True, slots=True)
class Loaded:
    """The models behind a target, what could not be linted, and which files of a folder have been left out.

    ``without_model`` are files that are broken only if nothing else was found.
    """

    models: tuple[CapturedModel, ...] = ()
    broken: tuple[Broken, ...] = ()
    skipped: tuple[str, ...] = ()
    without_model: tuple[Broken, ...] = ()

    @staticmethod
    def of(results: Sequence[Result]) -> Loaded:
        """Return some results, sorted out."""
        return Loaded(
            tuple(result for result in results if isinstance(result, CapturedModel)),
            tuple(result for result in results if isinstance(result, Broken)),
            without_model=tuple(each.broken for each in results if isinstance(each, WithoutModel)),
        )


def told(name: str, error: VisunnError) -> Broken:
    """Return what is wrong with a target, as a report has it."""
    return Broken(name, error.message, error.hint, in_full(error.__cause__ or error))


def timed_out(name: str, timeout: Timeout, seconds: float | None, where: str = "") -> Broken:
    """Return that a target took longer than it may; ``where`` is the place that it had come to."""
    return Broken(name, f"timed out after {seconds:g} s{where}", "give --timeout more seconds", in_full(timeout))


def in_full(error: BaseException) -> str:
    """Return an exception with its traceback, for those who ask for it."""
    return "".join(traceback.format_exception(error))
