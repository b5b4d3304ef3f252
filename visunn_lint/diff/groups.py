"""Changes that read alike, as one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from visunn_lint.diff import Change, Detail

MARKS = {"added": "+", "removed": "-", "moved": ">", "changed": "~"}
_SHAPES = ("call ", "float", "int", "bfloat", "complex")


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one kind with the same to say: the first of them, the paths of all, and what is said."""

    first: Change
    paths: tuple[str, ...]
    words: str

    @property
    def mark(self) -> str:
        """One character for the kind of change."""
        return MARKS[self.first.kind]

    @property
    def kind(self) -> str:
        """The class of the modules, without the package it lies in."""
        return self.first.module.rpartition(".")[2]


def grouped(changes: Iterable[Change]) -> list[Group]:
    """Return groups in the order of their first members; what moved stands alone."""
    found: defaultdict[object, list[Change]] = defaultdict(list)
    for change in changes:
        found[_key(change)].append(change)
    return [Group(group[0], tuple(shown(each.path) for each in group), words(group[0])) for group in found.values()]


def _key(change: Change) -> object:
    if change.kind == "moved":
        return change.before, change.after
    return change.kind, change.module, change.parameters * (change.kind != "changed"), words(change)


def shown(path: str) -> str:
    """Return a path as it is written; the model itself has none."""
    return path or "(model)"


def words(change: Change) -> str:
    """Return what is said of a change beside its path and its class."""
    if change.kind in {"added", "removed"}:
        return size_of(change)
    moved = (f"was {shown(change.before or '')}",) if change.kind == "moved" else ()
    return "; ".join([*moved, *map(_detail, _telling(change.details))])


def size_of(change: Change) -> str:
    """Return how much came or went."""
    modules = f"{change.modules:,} modules" if change.modules > 1 else ""
    parameters = f"{change.parameters:,} parameters" if change.parameters else ""
    return ", ".join(filter(None, [modules, parameters]))


def _telling(details: tuple[Detail, ...]) -> Iterator[Detail]:
    """Yield what was written otherwise; what follows from it only where nothing else is told.

    Tensors and shapes follow from arguments, and these from the class.
    """
    written = [detail for detail in details if not _is_shape(detail)]
    yield from [detail for detail in written if detail.what == "kind"] or written or details


def _is_shape(detail: Detail) -> bool:
    return detail.what.startswith("call ") or (detail.before or detail.after).startswith(_SHAPES)


def _detail(detail: Detail) -> str:
    if detail.what == "kind":
        return f"{short(detail.before)} → {short(detail.after)}"
    return f"{detail.what} {_value(detail, detail.before)} → {_value(detail, detail.after)}"


def _value(detail: Detail, text: str) -> str:
    if text:
        return text
    return "none" if _is_shape(detail) or detail.what == "aliases" else "default"


def short(kind: str) -> str:
    """Return the name of a class alone."""
    return kind.rpartition(".")[2]
