"""What a source of models is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from benchmarks.zoo.record import Task
    from visunn_lint.loading.capturing import Run, Subject

Found: TypeAlias = "Generator[tuple[str, Callable[[], tuple[Subject, Run]]]]"
"""The models of a task: each by its name within it, with a function that captures it."""


class ExcludedError(Exception):
    """A name that stands for no model that could be built as it is: no fault of the capture's."""


class Source(Protocol):
    """A list of names, each of which stands for one model or for a few."""

    def names(self) -> list[str]:
        """Return all names, in an order that stays."""
        ...

    def models(self, task: Task) -> Found:
        """Yield the models of a task; raises VisunnError or ExcludedError, as do the functions."""
        ...
