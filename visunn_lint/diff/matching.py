"""Which module of one model is which of the other, found by structure and not by name alone."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from visunn_lint.diff.branches import Branch

    Pair = tuple[Branch, Branch]

_DIGITS: Final = re.compile(r"\d+")
_ALIKE: Final = 8.0
_SAME: Final = 8.5
"""The likeness of two siblings that are built alike and have one name."""
_MOST_CELLS: Final = 250_000
"""Two series of more pairs than this are laid side by side as they stand."""


@dataclass(slots=True)
class Matching:
    """Pairs of modules, and the branches that are in one model alone, each with all below it that is not paired."""

    pairs: list[Pair] = field(default_factory=list)
    removed: list[Branch] = field(default_factory=list)
    added: list[Branch] = field(default_factory=list)


def match(before: Branch, after: Branch) -> Matching:
    """Return which branches of two trees belong together; the roots always do."""
    matching = Matching()
    _descend(matching, [(before, after)])
    _find_moved(matching)
    return matching


def _descend(matching: Matching, pairs: list[Pair]) -> None:
    """Pair two branches and what they hold, level by level."""
    while pairs:
        old, new = pairs.pop()
        matching.pairs.append((old, new))
        if old.form == new.form:
            pairs.extend(zip(old.children, new.children, strict=True))
            continue
        together, removed, added = _align(old.children, new.children)
        pairs.extend(together)
        matching.removed += removed
        matching.added += added


def _align(old: Sequence[Branch], new: Sequence[Branch]) -> tuple[list[Pair], list[Branch], list[Branch]]:
    """Return the pairs among two lists of siblings, and who is left over on each side."""
    pairs: list[Pair] = []
    olds, news = _by(old, _series), _by(new, _series)
    for series in dict.fromkeys([*olds, *news]):
        pairs += _align_series(olds.get(series, []), news.get(series, []))
    for same in (_form, _kind_and_shapes, _kind):
        left, right = _left_over(old, new, pairs)
        pairs += _renamed(left, right, same)
    return (pairs, *_left_over(old, new, pairs))


def _series(branch: Branch) -> str:
    """Return what the names of siblings have in common that differ in their numbers alone."""
    return _DIGITS.sub("#", branch.name)


def _form(branch: Branch) -> Hashable:
    return branch.form


def _kind_and_shapes(branch: Branch) -> Hashable:
    entry = branch.entry
    return entry.kind, tuple(entry.params.items()), len(branch.children)


def _kind(branch: Branch) -> Hashable:
    """Return the kind of a branch that holds others: leaves of one kind need not be related."""
    return branch.entry.kind if branch.children else branch


def _by(branches: Iterable[Branch], key: Callable[[Branch], Hashable]) -> dict[Hashable, list[Branch]]:
    found: defaultdict[Hashable, list[Branch]] = defaultdict(list)
    for branch in branches:
        found[key(branch)].append(branch)
    return found


def _left_over(
    old: Sequence[Branch], new: Sequence[Branch], pairs: Iterable[Pair]
) -> tuple[list[Branch], list[Branch]]:
    taken = {id(branch) for pair in pairs for branch in pair}
    return [each for each in old if id(each) not in taken], [each for each in new if id(each) not in taken]


def _renamed(old: Sequence[Branch], new: Sequence[Branch], same: Callable[[Branch], Hashable]) -> list[Pair]:
    """Return pairs of siblings under other names that have the same key, as many on one side as on the other."""
    news = _by(new, same)
    return [
        pair
        for key, group in _by(old, same).items()
        if len(group) == len(news.get(key, ()))
        for pair in zip(group, news[key], strict=True)
    ]


def _align_series(old: list[Branch], new: list[Branch]) -> list[Pair]:
    """Return the pairs among two series, in order: an insertion in the middle shifts what comes after it."""
    start = 0
    while start < min(len(old), len(new)) and _likeness(old[start], new[start]) == _SAME:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end].form == new[-1 - end].form:
        end += 1
    ends = list(zip(old[len(old) - end :], new[len(new) - end :], strict=True))
    middle = _align_middle(old[start : len(old) - end], new[start : len(new) - end])
    return [*zip(old[:start], new[:start], strict=True), *middle, *ends]


def _align_middle(old: list[Branch], new: list[Branch]) -> list[Pair]:
    if len(old) * len(new) > _MOST_CELLS:
        return [(a, b) for a, b in zip(old, new, strict=False) if a.entry.kind == b.entry.kind]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in reversed(range(len(old))):
        for j in reversed(range(len(new))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], _likeness(old[i], new[j]) + best[i + 1][j + 1])
    return _path(old, new, best)


def _path(old: list[Branch], new: list[Branch], best: list[list[float]]) -> list[Pair]:
    """Return the pairs of the best alignment, read off the table of what can still be reached from each place."""
    pairs: list[Pair] = []
    i = j = 0
    while i < len(old) and j < len(new):
        likeness = _likeness(old[i], new[j])
        if likeness and best[i][j] == likeness + best[i + 1][j + 1]:
            pairs.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def _likeness(old: Branch, new: Branch) -> float:
    """Return how well two siblings go together; 0 if they do not.

    To be built alike counts for more than any name. A name alone is enough for two of other kinds.
    """
    same_name = old.name == new.name
    if old.form == new.form:
        return _SAME if same_name else _ALIKE
    if old.entry.kind == new.entry.kind:
        return 4.0 + 2.0 * _shared(old, new) + (1.0 if same_name else 0.0)
    return 1.0 if same_name else 0.0


def _shared(old: Branch, new: Branch) -> float:
    """Return the share of children that are built alike, place by place."""
    if not old.children and not new.children:
        return 0.0
    alike = sum(a.form == b.form for a, b in zip(old.children, new.children, strict=False))
    return alike / max(len(old.children), len(new.children))


def _find_moved(matching: Matching) -> None:
    """Pair branches that went in one place and came in another, built alike: the largest first."""
    places = _by((part for branch in matching.added for part in branch.walk()), _form)
    went = sorted(
        (part for branch in matching.removed for part in branch.walk() if _can_be_told(part)),
        key=lambda part: -part.modules,
    )
    taken: set[int] = set()
    for old in went:
        found = [new for new in places.get(old.form, ()) if id(new) not in taken]
        if id(old) in taken or not found:
            continue
        new = next((each for each in found if each.name == old.name), found[0])
        taken.update(id(part) for branch in (old, new) for part in branch.walk())
        _descend(matching, [(old, new)])
    matching.removed = _unpaired(matching.removed, taken)
    matching.added = _unpaired(matching.added, taken)


def _can_be_told(branch: Branch) -> bool:
    """Return whether a branch is more than one of many: one that has parameters, or holds others."""
    return bool(branch.parameters or branch.children)


def _unpaired(branches: Sequence[Branch], taken: set[int]) -> list[Branch]:
    return [branch for branch in branches if id(branch) not in taken]
