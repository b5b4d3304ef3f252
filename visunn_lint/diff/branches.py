"""The modules of an outline as a tree whose equal subtrees can be told at once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from visunn_lint.outline import natural
from visunn_lint.spec import TensorSpec

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from visunn_lint.outline import Entry

_SPEC: Final = re.compile(r"\S+")


@dataclass(eq=False, slots=True)
class Branch:
    """A module and what it holds. Branches of one ``form`` are built alike, whatever shapes went through them."""

    path: str
    entry: Entry
    children: list[Branch] = field(default_factory=list)
    form: int = 0
    modules: int = 1
    parameters: int = 0

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.rpartition(".")[2]

    def walk(self) -> Iterator[Branch]:
        """Yield it and all below, depth first."""
        stack = [self]
        while stack:
            branch = stack.pop()
            yield branch
            stack.extend(reversed(branch.children))


class Forms:
    """Numbers for the ways in which a branch can be built; two trees that are compared share them."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def grow(self, modules: Mapping[str, Entry]) -> Branch:
        """Return the tree of modules, given by path; a path without a parent hangs on the closest one above it."""
        branches = {path: Branch(path, entry) for path, entry in modules.items()}
        root = branches.pop("")
        by_depth = sorted(branches, key=natural)
        for path in by_depth:
            _holder(path, branches, root).children.append(branches[path])
        for path in reversed(by_depth):
            self._finish(branches[path])
        self._finish(root)
        return root

    def _finish(self, branch: Branch) -> None:
        """Sum up a branch whose children are finished."""
        entry = branch.entry
        parts = tuple((child.name, child.form) for child in branch.children)
        built = (entry.kind, _frozen(entry.arguments), _frozen(entry.params), _frozen(entry.buffers), parts)
        branch.form = self._numbers.setdefault(built, len(self._numbers))
        branch.modules = 1 + sum(child.modules for child in branch.children)
        branch.parameters = sum(map(_numel, entry.params.values())) + sum(child.parameters for child in branch.children)


def _holder(path: str, branches: Mapping[str, Branch], root: Branch) -> Branch:
    while path:
        path = path.rpartition(".")[0]
        if path in branches:
            return branches[path]
    return root


def _frozen(values: Mapping[str, object]) -> Hashable:
    return tuple(sorted((name, repr(value)) for name, value in values.items()))


def _numel(spec: str) -> int:
    match = _SPEC.match(spec)
    return 0 if match is None or "?" in spec else TensorSpec.parse(match[0]).numel
