"""The comparison of two outlines."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from visunn_lint.diff.branches import Forms
from visunn_lint.diff.changes import Change, ChangeKind, Detail, Diff
from visunn_lint.diff.matching import match
from visunn_lint.diff.wiring import rewired
from visunn_lint.outline import natural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from visunn_lint.diff.branches import Branch
    from visunn_lint.diff.matching import Matching
    from visunn_lint.outline import Entry, Outline


def compare(before: Outline, after: Outline) -> Diff:
    """Return what changed from one model to another, in natural order of the paths.

    Modules are told by how they are built: one that was renamed, or that a new sibling gave another
    number, is the same module. A new number alone is no change.
    """
    forms = Forms()
    matching = match(forms.grow(_own_kinds(before)), forms.grow(_own_kinds(after)))
    new_path = {old.path: new.path for old, new in matching.pairs}
    changed = [change for pair in matching.pairs for change in _changed(*pair, new_path)]
    built = [change for change in changed if not _is_reshaped(change)]
    return Diff(
        tuple(sorted([*_one_sided(matching), *built], key=_order)),
        tuple(rewired(before.feeds, after.feeds, new_path)),
        tuple(sorted((change for change in changed if _is_reshaped(change)), key=_order)),
        inputs=(before.inputs, after.inputs),
        modules=(len(before.modules), len(after.modules)),
        parameters=(before.parameters, after.parameters),
    )


def _own_kinds(model: Outline) -> Mapping[str, Entry]:
    """Return the modules; classes that stand beside the model's own go by their names alone, whatever its file is."""
    prefix = f"{model.modules[''].kind.rpartition('.')[0]}."
    if prefix.startswith("torch."):
        return model.modules
    return {
        path: replace(entry, kind=entry.kind.removeprefix(prefix)) if entry.kind.startswith(prefix) else entry
        for path, entry in model.modules.items()
    }


def _order(change: Change) -> tuple[tuple[tuple[str, int], ...], str]:
    return natural(change.path), change.kind


def _is_reshaped(change: Change) -> bool:
    """Return whether all that changed are the shapes that go through a module."""
    return change.kind == "changed" and all(detail.what.startswith("call ") for detail in change.details)


def _one_sided(matching: Matching) -> Iterator[Change]:
    """Yield what came and what went; what such a branch shares with the other model is not counted in."""
    paired = {id(branch) for pair in matching.pairs for branch in pair}
    sides: tuple[tuple[ChangeKind, list[Branch]], ...] = (("removed", matching.removed), ("added", matching.added))
    for kind, branches in sides:
        for branch in branches:
            own = [each for each in branch.walk() if id(each) not in paired]
            shared = sum(
                each.parameters for each in branch.walk() if id(each) in paired and _is_top(each, branch, paired)
            )
            before, after = (branch.path, None) if kind == "removed" else (None, branch.path)
            yield Change(
                kind, before, after, branch.entry.kind, modules=len(own), parameters=branch.parameters - shared
            )


def _is_top(part: Branch, branch: Branch, paired: set[int]) -> bool:
    """Return whether a paired part of a branch lies in no other paired part."""
    return not any(
        id(other) in paired and other is not part and part.path.startswith(f"{other.path}.") for other in branch.walk()
    )


def _changed(old: Branch, new: Branch, new_path: Mapping[str, str]) -> Iterator[Change]:
    """Yield how a module changed: in itself, or in its path beyond what its parent's or a new sibling explains."""
    details = tuple(_details(old.entry, new.entry, new_path))
    has_moved = _has_moved(old.path, new.path, new_path)
    if has_moved or details:
        kind: ChangeKind = "moved" if has_moved else "changed"
        yield Change(kind, old.path, new.path, new.entry.kind, details, new.modules, new.parameters)


def _has_moved(old: str, new: str, new_path: Mapping[str, str]) -> bool:
    if old == new:
        return False
    (old_parent, _, old_name), (new_parent, _, new_name) = old.rpartition("."), new.rpartition(".")
    if new_path.get(old_parent) != new_parent:
        return True
    return old_name != new_name and not (_is_numbered(old_name) and _is_numbered(new_name))


def _is_numbered(name: str) -> bool:
    return name[-1:].isdigit()


def _details(old: Entry, new: Entry, new_path: Mapping[str, str]) -> Iterator[Detail]:
    if old.kind != new.kind:
        yield Detail("kind", old.kind, new.kind)
    yield from _of_tables(
        {k: _text(v) for k, v in old.arguments.items()}, {k: _text(v) for k, v in new.arguments.items()}
    )
    yield from _of_tables(old.params, new.params)
    yield from _of_tables(old.buffers, new.buffers)
    known_as = tuple(sorted((new_path.get(alias, alias) for alias in old.aliases), key=natural))
    if known_as != new.aliases:
        yield Detail("aliases", ", ".join(known_as), ", ".join(new.aliases))
    if len(old.calls) != len(new.calls):
        yield Detail("calls", str(len(old.calls)), str(len(new.calls)))
    for index, (was, now) in enumerate(zip(old.calls, new.calls, strict=False)):
        if was != now:
            yield Detail(f"call {index}", was, now)


def _of_tables(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Detail]:
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield Detail(name, old.get(name, ""), new.get(name, ""))


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))}{',' * (len(value) == 1)})"
    return repr(value)
