"""What a comparison of two models says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

ChangeKind: TypeAlias = Literal["added", "removed", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class Detail:
    """One thing about a module, before and after; "" where it is absent.

    ``what`` names it: ``kind``, ``calls``, ``aliases``, an argument, ``weight``, or ``call 0`` for
    the shapes that went through a call.
    """

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """A module that came with all below it, went, has another path, or is built otherwise.

    ``before`` and ``after`` are its paths, None where there is none. ``modules`` and ``parameters``
    count what it holds, itself included. A module that moved may be built otherwise too.
    """

    kind: ChangeKind
    before: str | None
    after: str | None
    module: str
    details: tuple[Detail, ...] = ()
    modules: int = 1
    parameters: int = 0

    @property
    def path(self) -> str:
        """The path that it has, or had."""
        path = self.before if self.after is None else self.after
        return path or ""


@dataclass(frozen=True, slots=True)
class Rewired:
    """Data that flows from one call to another in one of the two models alone; paths as they are after."""

    kind: Literal["added", "removed"]
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes between two models; false if there are none.

    ``reshaped`` are the modules that are built as before, and see or give other shapes: what
    follows from changes elsewhere. The totals are of (before, after).
    """

    changes: tuple[Change, ...] = ()
    rewired: tuple[Rewired, ...] = ()
    reshaped: tuple[Change, ...] = ()
    inputs: tuple[str, str] = ("", "")
    modules: tuple[int, int] = (0, 0)
    parameters: tuple[int, int] = (0, 0)

    def __bool__(self) -> bool:
        """Return whether anything differs."""
        return bool(self.changes or self.rewired or self.reshaped)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed in one model, and its names on both sides."""

    names: tuple[str, str]
    diff: Diff
