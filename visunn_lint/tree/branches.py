"""The tree as plain data: what hangs where, and what is to be said of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from visunn_lint.finding import Severity
    from visunn_lint.location import Location

Style: TypeAlias = Literal["plain", "strong", "dim", "error", "warning", "info"]
"""What a piece of text means; a renderer decides how that looks."""


@dataclass(frozen=True, slots=True)
class Note:
    """A few words behind a row."""

    text: str
    style: Style = "dim"


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding to point at in the tree."""

    severity: Severity
    code: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A module, a parameter that a container holds itself, or an alias, with all that hangs below it.

    ``parameters``, ``trainable`` and ``flops`` include what is below. ``repeats`` counts the equal
    siblings that it stands for, ``size`` the modules below. ``form`` is equal for branches that are
    equal but for their names. ``is_used`` is False when nothing in it was called or read.
    """

    label: str
    path: str
    kind: str
    details: str = ""
    input: str = ""
    output: str = ""
    kernel: str = ""
    parameters: int = 0
    trainable: int = 0
    flops: int = 0
    calls: int = 0
    source: Location | None = None
    is_used: bool = True
    is_module: bool = True
    marks: tuple[Mark, ...] = ()
    notes: tuple[Note, ...] = ()
    children: tuple[Branch, ...] = ()
    repeats: int = 1
    form: int = 0

    @property
    def size(self) -> int:
        """The number of modules below it."""
        return sum(child.repeats * (child.is_module + child.size) for child in self.children)


class Forms:
    """Numbers the forms of branches: the same number for the same look."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, branch: Branch, hyperparameters: Hashable) -> int:
        """Return the number of a branch's form; its children have theirs already."""
        unnamed = replace(branch, label="", path="", source=None, children=(), form=0)
        below = tuple((child.label, child.repeats, child.form) for child in branch.children)
        return self._numbers.setdefault((unnamed, hyperparameters, below), len(self._numbers))


_NUMBERED = re.compile(r"(.*?)(\d+)(\]?)")


def folded(siblings: Sequence[Branch]) -> tuple[Branch, ...]:
    """Return siblings with each run of equal, consecutively numbered ones as its first, named ``0…11``."""
    runs = groupby(enumerate(siblings), key=lambda item: _run_key(*item))
    return tuple(_one([branch for _, branch in run]) for _, run in runs)


def _run_key(position: int, branch: Branch) -> tuple[object, ...]:
    """Return what the members of a run have in common: form, name, and the number less the position."""
    match = _NUMBERED.fullmatch(branch.label)
    return (position,) if match is None else (branch.form, match[1], match[3], int(match[2]) - position)


def _one(run: list[Branch]) -> Branch:
    first, last = _NUMBERED.fullmatch(run[0].label), _NUMBERED.fullmatch(run[-1].label)
    if len(run) == 1 or first is None or last is None:
        return run[0]
    return replace(run[0], label=f"{first[1]}{first[2]}…{last[2]}{last[3]}", repeats=len(run))
