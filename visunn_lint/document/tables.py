"""What many boxes share, each held once: the specs of tensors, and files."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from visunn_lint.document.records import Place, Port, Spec
from visunn_lint.document.wording import name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from visunn_lint.location import Location
    from visunn_lint.records import Slot
    from visunn_lint.spec import TensorSpec

_PACKAGES = frozenset({"site-packages", "dist-packages"})


class Specs:
    """The specs met so far, by number."""

    def __init__(self) -> None:
        self._numbers: dict[TensorSpec, int] = {}

    def of(self, spec: TensorSpec | None) -> int:
        """Return the number of a spec, -1 where none is known."""
        return -1 if spec is None else self._numbers.setdefault(spec, len(self._numbers))

    def ports(self, slots: Iterable[Slot]) -> tuple[Port, ...]:
        """Return the tensors of one side of a call."""
        return tuple(Port(name(slot.path), self.of(slot.spec)) for slot in slots)

    def table(self) -> tuple[Spec, ...]:
        """Return all of them in the order of their numbers."""
        return tuple(Spec(spec.shape, name(spec.dtype), name(spec.device), spec.batch_dims) for spec in self._numbers)


class Files:
    """The source files met so far, by number, as seen from the root of a project."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._numbers: dict[str, int] = {}
        self._of_path: dict[str, int] = {}

    def place(self, location: Location | None) -> Place | None:
        """Return a line of a file; None for none."""
        return None if location is None else Place(self._number(location.file), max(location.line, 0))

    def _number(self, path: str) -> int:
        if path not in self._of_path:
            shown = name(_shown(self._root / path, self._root))
            self._of_path[path] = self._numbers.setdefault(shown, len(self._numbers))
        return self._of_path[path]

    def table(self) -> tuple[str, ...]:
        """Return all of them in the order of their numbers."""
        return tuple(self._numbers)


def _shown(file: Path, root: Path) -> str:
    """Return a path from the project's root; of an installed package from its own, of any other file its name."""
    parts = file.parts
    installed = max((at for at, part in enumerate(parts) if part in _PACKAGES), default=-1)
    if installed >= 0:
        return PurePath(*parts[installed + 1 :]).as_posix()
    return file.relative_to(root).as_posix() if file.is_relative_to(root) else file.name
