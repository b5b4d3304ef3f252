"""What a recording notices of a run, and what a manifest made of it notices later."""

from __future__ import annotations

import io
import json
import os
import platform
import socket
import sqlite3
import subprocess
import sys
import tempfile
from importlib import import_module, invalidate_caches
from typing import TYPE_CHECKING

import pytest

from tests.projects import write
from visunn_lint.cache import recording
from visunn_lint.cache.ground import Ground
from visunn_lint.cache.manifest import Manifest
from visunn_lint.cache.recording import Recorder
from visunn_lint.cache.traces import Trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, with some files; nothing is shared with what was recorded before."""
    monkeypatch.setattr(recording, "_SHARED", Trace())
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, {"cfg.yaml": "width: 3", "blocks/one.txt": "", "lib/helper.py": "VALUE = 1"})


@pytest.fixture
def lib(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of the user's on ``sys.path``; what is imported from it is forgotten."""
    monkeypatch.syspath_prepend(folder / "lib")
    before = set(sys.modules)
    yield folder / "lib"
    for name in set(sys.modules) - before:
        del sys.modules[name]


def _trace(folder: Path, run: Callable[[], object]) -> Trace:
    with Recorder(Ground.under(folder)).recording([folder]) as traced:
        run()
    return traced()


def _obstacle(folder: Path, run: Callable[[], object]) -> str:
    return _trace(folder, run).obstacle


def _change(folder: Path, run: Callable[[], object], change: Callable[[], object]) -> str:
    """Return what a manifest of a run finds different once something has been changed."""
    manifest = Manifest.of(_trace(folder, run), os.environ)
    assert manifest.change(os.environ) == ""
    change()
    return manifest.change(os.environ).replace(f"{folder}{os.sep}", "")


def _at(look: Callable[..., object]) -> None:
    descriptor = os.open("blocks", os.O_RDONLY)
    try:
        look("one.txt", dir_fd=descriptor)
    finally:
        os.close(descriptor)


def _read_and_close() -> str:
    with sys.stdin as typed:
        return typed.read()


def _write(path: Path, text: str) -> Callable[[], object]:
    return lambda: path.write_text(text)


def test_a_file_that_was_read(folder: Path) -> None:
    """Its content counts, not its time."""
    file = folder / "cfg.yaml"
    assert _change(folder, file.read_text, file.touch) == ""
    assert _change(folder, file.read_text, _write(file, "width: 4")) == "cfg.yaml has changed"


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda path: path.exists(), id="exists"),
        pytest.param(os.path.isfile, id="isfile"),
        pytest.param(lambda path: os.access(path, os.R_OK), id="access"),
        pytest.param(lambda path: path.is_symlink(), id="is_symlink"),
    ],
)
def test_a_file_that_was_not_there(folder: Path, ask: Callable[[Path], object]) -> None:
    """That a file is missing is an answer too; it does not hold once the file is made."""
    flag = folder / "flag"
    assert _change(folder, lambda: ask(flag), flag.touch) == "flag has come or gone"


def test_a_file_that_was_found_may_be_read_by_c_code(folder: Path) -> None:
    """Whoever finds a file may hand its name to what no hook sees: its content counts."""
    file = folder / "cfg.yaml"
    assert _change(folder, file.exists, _write(file, "width: 4")) == "cfg.yaml has changed"
    assert _change(folder, file.exists, file.unlink) == "cfg.yaml has changed"


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param(lambda path: path.resolve(), id="resolve"),
        pytest.param(lambda path: path.readlink(), id="readlink"),
        pytest.param(lambda path: path.is_symlink(), id="is_symlink"),
        pytest.param(lambda path: path.lstat(), id="lstat"),
    ],
)
def test_a_link_that_was_looked_at(folder: Path, ask: Callable[[Path], object]) -> None:
    """Where it leads counts, though a folder is there before and after."""
    latest = folder / "latest"
    latest.symlink_to("blocks")

    def retarget() -> None:
        latest.unlink()
        latest.symlink_to("lib")

    assert _change(folder, lambda: ask(latest), retarget) == "latest leads elsewhere"


def test_a_folder_that_becomes_a_link(folder: Path) -> None:
    """Whoever asks what it is gets another answer, though it holds the same."""

    def link() -> None:
        (folder / "blocks").rename(folder / "elsewhere")
        (folder / "blocks").symlink_to("elsewhere")

    assert _change(folder, (folder / "blocks").resolve, link) == "blocks leads elsewhere"


def test_a_folder_that_was_listed(folder: Path) -> None:
    """A new file in it counts; what tools leave there does not."""
    blocks = folder / "blocks"
    assert _change(folder, lambda: list(blocks.glob("*.txt")), (blocks / "__pycache__").mkdir) == ""
    assert _change(folder, lambda: list(blocks.glob("*.txt")), (blocks / "two.txt").touch) == "blocks holds other files"


def test_a_folder_whose_entries_tell_of_files(folder: Path) -> None:
    """Who scans it may ask each entry for its size: a changed file counts, to ``os.walk`` its name alone."""
    blocks = write(folder / "blocks", {"deep/three.txt": ""})

    def size() -> int:
        return max(entry.stat().st_size for entry in os.scandir(blocks))

    reason = "blocks holds other files, or changed ones"
    assert _change(folder, size, _write(blocks / "deep" / "four.txt", "")) == ""
    assert _change(folder, size, _write(blocks / "one.txt", "longer")) == reason
    assert _change(folder, size, (blocks / "two.txt").touch) == reason
    assert _change(folder, lambda: list(os.walk(blocks)), _write(blocks / "two.txt", "longer")) == ""


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda: os.environ.get("WIDTH"), id="get"),
        pytest.param(lambda: os.getenv("WIDTH", "3"), id="getenv"),
        pytest.param(lambda: "WIDTH" in os.environ, id="in"),
        pytest.param(lambda: os.environb.get(b"WIDTH"), id="bytes"),
    ],
)
def test_a_variable_that_was_read(folder: Path, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Another value counts, another variable does not."""
    assert _change(folder, read, lambda: monkeypatch.setenv("HEIGHT", "4")) == ""
    assert _change(folder, read, lambda: monkeypatch.setenv("WIDTH", "4")) == "$WIDTH has changed"


def test_a_variable_of_windows_is_one_in_either_case(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There the environment holds names in capitals, and a copy of it knows no others."""
    windows = type(os.environ)({"WIDTH": "3"}, str.upper, str, str, str)
    monkeypatch.setattr(os, "environ", windows)
    trace = _trace(folder, lambda: windows["width"])
    assert Manifest.of(trace, dict(windows)).change(windows) == ""


def test_whoever_goes_through_the_environment_has_read_it_all(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy of the environment holds every variable."""
    change = _change(folder, os.environ.copy, lambda: monkeypatch.setenv("HEIGHT", "4"))
    assert change == "the environment has changed"


def test_values_of_variables_are_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They may be secrets."""
    monkeypatch.setenv("TOKEN", "very-secret")
    manifest = Manifest.of(_trace(folder, lambda: os.environ["TOKEN"]), os.environ)
    assert b"very-secret" not in repr(manifest).encode()
    assert list(manifest.variables) == ["TOKEN"]


def test_a_module_of_the_user(folder: Path, lib: Path) -> None:
    """The source of what was imported counts, compiled or not."""
    change = _change(folder, lambda: import_module("helper"), _write(lib / "helper.py", "VALUE = 2"))
    assert change == "lib/helper.py has changed"


def test_a_module_that_was_looked_for(folder: Path, lib: Path) -> None:
    """A module that was not there may be there later; a file of another name is nobody's concern."""

    def optional() -> None:
        invalidate_caches()
        with pytest.raises(ImportError):
            import_module("optional_extra")

    assert _change(folder, optional, (lib / "unrelated.py").touch) == ""
    assert _change(folder, optional, (lib / "optional_extra.py").touch) == "lib holds other modules"


def test_a_module_that_hides_an_imported_one(folder: Path, lib: Path) -> None:
    """A file named like a module that was imported long ago would be imported in its place."""
    assert _change(folder, lambda: None, (lib / "msgspec.py").touch) == "lib holds other modules"


@pytest.mark.parametrize(
    ("module", "holder"), [("parts", "lib"), ("parts.net", "lib"), ("parts.deep.net", "lib/parts")]
)
def test_a_folder_that_becomes_a_package(folder: Path, lib: Path, module: str, holder: str) -> None:
    """An ``__init__`` in a folder that was imported without one runs the next time."""
    write(lib / "parts", {"net.py": "", "deep/net.py": ""})
    package = lib / module.replace(".", os.sep).removesuffix("net")
    change = _change(folder, lambda: import_module(module), (package / "__init__.py").touch)
    assert change == f"{holder} holds other modules"


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        pytest.param(lambda: subprocess.run(["true"], check=True), "it uses subprocess.Popen", id="process"),  # noqa: S607 -- on every system
        pytest.param(lambda: os.system("true"), "it uses os.system", id="system"),  # noqa: S605, S607 -- as above
        pytest.param(lambda: socket.gethostbyname("localhost"), "it uses socket.gethostbyname", id="network"),
        pytest.param(socket.gethostname, "it uses socket.gethostname", id="gethostname"),
        pytest.param(lambda: platform.node().lower(), "it uses platform.node", id="node"),
        pytest.param(lambda: platform.uname().node, "it uses platform.uname", id="platform.uname"),
        pytest.param(lambda: os.uname().nodename, "it uses os.uname", id="os.uname"),
        pytest.param(lambda: sqlite3.connect(":memory:").close(), "it uses sqlite3.connect", id="database"),
        pytest.param(lambda: open("new", "w").close(), "it writes new", id="write"),  # noqa: PTH123 -- what is tested
        pytest.param(lambda: os.mkdir("new"), "it writes new", id="mkdir"),  # noqa: PTH102 -- as above
        pytest.param(lambda: os.rename("cfg.yaml", "b"), "it writes cfg.yaml", id="rename"),  # noqa: PTH104 -- as above
        pytest.param(lambda: open("/proc/uptime").close(), "it reads /proc/uptime", id="proc"),  # noqa: PTH123 -- as above
    ],
)
def test_what_cannot_be_repeated(folder: Path, run: Callable[[], object], reason: str) -> None:
    """A run that starts processes, talks, writes, or reads what moves by itself is not remembered."""
    assert _obstacle(folder, run).replace(f"{folder}{os.sep}", "") == reason


@pytest.mark.parametrize(
    "look",
    [
        pytest.param(lambda name, dir_fd: os.stat(name, dir_fd=dir_fd), id="stat"),
        pytest.param(lambda name, dir_fd: os.close(os.open(name, os.O_RDONLY, dir_fd=dir_fd)), id="open"),
        pytest.param(lambda name, dir_fd: os.access(name, os.R_OK, dir_fd=dir_fd), id="access"),
    ],
)
def test_a_path_that_starts_from_a_descriptor(folder: Path, look: Callable[..., object]) -> None:
    """Which folder a descriptor is of is not known: a path below it may be another file the next time."""
    assert _obstacle(folder, lambda: _at(look)) == "it looks for one.txt by the descriptor of a folder"


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda: json.load(sys.stdin), id="read"),
        pytest.param(input, id="input"),
        pytest.param(lambda: list(sys.stdin), id="list"),
        pytest.param(lambda: next(sys.stdin), id="next"),
        pytest.param(_read_and_close, id="with"),
        pytest.param(lambda: open(0, closefd=False), id="descriptor"),  # noqa: SIM115 -- what is tested
    ],
)
def test_what_is_typed(folder: Path, read: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody knows what standard input will hold the next time."""
    monkeypatch.setattr(sys, "stdin", io.StringIO("3"))
    assert _obstacle(folder, read) == "it uses sys.stdin"


def test_what_system_it_runs_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python asks for the name of the machine too, and does not tell it."""
    monkeypatch.setattr(platform, "_uname_cache", None)
    assert _obstacle(folder, platform.system) == ""


@pytest.mark.parametrize(
    ("source", "library"),
    [
        pytest.param("from safetensors.torch import load_file", "safetensors", id="from"),
        pytest.param("import os, tokenizers as made", "tokenizers", id="import"),
        pytest.param("def load():\n    try: import h5py\n    except ImportError: pass", "h5py", id="in a function"),
    ],
)
def test_code_that_imports_what_opens_files_unseen(folder: Path, lib: Path, source: str, library: str) -> None:
    """What native code has read is not known: such a run is not remembered."""
    _write(lib / "native.py", source)()
    reason = f"lib/native.py imports {library}, which opens files unseen"
    assert _obstacle(folder, lambda: import_module("native")).replace(f"{folder}{os.sep}", "") == reason


@pytest.mark.parametrize("source", ["TEXT = 'import h5py'", "from .tokenizers import made", "import own.tokenizers"])
def test_code_that_only_names_what_opens_files_unseen(folder: Path, lib: Path, source: str) -> None:
    """A text is no import, and a module of the user's own may be called like a library."""
    write(lib / "own", {"__init__.py": "", "tokenizers.py": "made = 1", "net.py": source})
    assert _obstacle(folder, lambda: import_module("own.net")) == ""


def test_a_file_that_changes_while_it_runs(folder: Path) -> None:
    """What was read is not what is there now: nothing can be said of it."""
    file = folder / "cfg.yaml"
    trace = _trace(folder, file.read_text)
    file.write_text("width: 4")
    with pytest.raises(ValueError, match=r"cfg\.yaml was changed during the run$"):
        Manifest.of(trace, os.environ)


def test_an_installed_package_that_is_imported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may start processes and write: its version stands for it. What it reads counts for every later run, too."""
    package = """
        import os, subprocess, tempfile
        subprocess.run(["true"])
        tempfile.mkstemp()
        WIDTH = os.environ.get("PACKAGE_WIDTH")
        open("cfg.yaml").close()
    """
    site = write(folder / "site-packages", {"installed_for_a_test.py": package})
    monkeypatch.syspath_prepend(site)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    ground = Ground.under(folder)
    with Recorder(ground).recording([folder]) as traced:
        import_module("installed_for_a_test")
    first = traced()
    with Recorder(ground).recording([folder]) as traced:
        pass
    second = traced()
    del sys.modules["installed_for_a_test"]
    for trace in (first, second):
        assert trace.obstacle == ""
        assert "PACKAGE_WIDTH" in trace.variables
        assert str(folder / "cfg.yaml") in trace.files
        assert not any("installed_for_a_test" in path for path in trace.files)


def test_everything_is_put_back(folder: Path) -> None:
    """What was watched is afterwards what it was before, also when the run raises."""

    def watched() -> list[object]:
        kind = type(os.environ)
        functions = [os.stat, os.lstat, os.access, os.readlink, os.open, os.uname, platform.node, platform.uname]
        return [*functions, kind.__getitem__, kind.__iter__, sys.stdin]

    before = watched()
    finders, supports = list(sys.meta_path), set(os.supports_follow_symlinks)
    with pytest.raises(ZeroDivisionError):
        _trace(folder, lambda: 1 / 0)
    assert before == watched()
    assert (finders, supports) == (list(sys.meta_path), set(os.supports_follow_symlinks))


def test_the_ground(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of a package, another editable install, another setting of torch: another ground."""
    site = write(folder / "site-packages", {"dep-1.0.dist-info/METADATA": "", "mine.pth": "/one"})
    monkeypatch.syspath_prepend(site)

    def digest() -> str:
        return Ground.under(folder).digest()

    grounds = [digest(), digest()]
    (site / "dep-1.0.dist-info").rename(site / "dep-1.1.dist-info")
    grounds.append(digest())
    (site / "mine.pth").write_text("/two")
    grounds.append(digest())
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    grounds.append(digest())
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    grounds.append(digest())
    assert [grounds.index(each) for each in grounds] == [0, 0, 2, 3, 4, 4]
