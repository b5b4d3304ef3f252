"""Which calls feed others in one of two models alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from visunn_lint.diff.changes import Rewired
from visunn_lint.outline import natural

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    Feeds: TypeAlias = Mapping[str, tuple[str, ...]]


def rewired(before: Feeds, after: Feeds, new_path: Mapping[str, str]) -> list[Rewired]:
    """Return the edges that only one of two models has, in the paths of the second.

    Calls that only one of them has are passed over, so that a module put in between two others is
    no new wiring of these.
    """
    named = {_renamed(name, new_path): tuple(_renamed(each, new_path) for each in fed) for name, fed in before.items()}
    common = _ends(named) & _ends(after)
    was, now = set(_edges(named, common)), set(_edges(after, common))
    found = [Rewired("removed", *edge) for edge in was - now] + [Rewired("added", *edge) for edge in now - was]
    return sorted(found, key=lambda each: (natural(each.source), natural(each.target), each.kind))


def _renamed(name: str, new_path: Mapping[str, str]) -> str:
    """Return the name that a call has in the second model, one that no call has there if its module is gone."""
    if name.startswith("<"):
        return name
    path, mark, index = name.partition("#")
    return f"{new_path[path]}{mark}{index}" if path in new_path else f"gone {name}"


def _ends(feeds: Feeds) -> set[str]:
    return {*feeds, *(target for targets in feeds.values() for target in targets)}


def _edges(feeds: Feeds, common: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each pair of common calls of which one feeds the other, straight or through calls that are not common."""
    for source in feeds:
        if source not in common:
            continue
        seen: set[str] = set()
        stack = list(feeds[source])
        while stack:
            target = stack.pop()
            if target in seen:
                continue
            seen.add(target)
            if target in common:
                yield source, target
            else:
                stack.extend(feeds.get(target, ()))
