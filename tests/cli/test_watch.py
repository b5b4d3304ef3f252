"""`visunn check --watch`: what is watched, and how it goes round."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING

import pytest

from tests.projects import write
from visunn_lint.cli import _watching, run
from visunn_lint.cli._options import ProjectOptions
from visunn_lint.cli._round import own_files
from visunn_lint.cli._terminal import Terminal
from visunn_lint.cli._watching import Watched, check_apart, next_change, watch
from visunn_lint.config.sources import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]


def test_files_of_the_project_are_watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources wherever they are, data in the project; not what is installed, ours, hidden or gone."""
    project = write(tmp_path / "project", {"nets/net.py": "", "sizes.json": "", ".cache/kept": ""})
    beside = write(tmp_path / "beside", {"part.py": "", "other.json": ""})
    monkeypatch.chdir(project / "nets")
    compiled = beside / "__pycache__" / "part.cpython-311.pyc"
    opened = [
        "net.py", "../sizes.json", "../.cache/kept", "gone.py", str(compiled), str(beside / "other.json"),
        os.__file__, pytest.__file__, _watching.__file__,
    ]  # fmt: skip
    assert own_files(opened, Project(project)) == {
        str(project / "nets/net.py"), str(project / "sizes.json"), str(beside / "part.py")
    }  # fmt: skip


def test_the_configuration_is_watched_wherever_it_is(tmp_path: Path) -> None:
    """Also where nobody came to read it, and as long as it is there."""
    write(tmp_path, {"project/net.py": "", "ci.toml": ""})
    project = Project(tmp_path / "project", (tmp_path / "ci.toml", tmp_path / "gone.toml"))
    assert own_files([], project) == {str(tmp_path / "ci.toml")}


@pytest.mark.parametrize("text", ["", "this is no TOML"])
def test_a_round_tells_what_it_read_of_the_whole_project(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run in a subfolder, with what the model reads and a configuration, right or wrong, above it."""
    model = "import json\nfrom torch import nn\nmodel = nn.Linear(*json.load(open('../sizes.json')))\n"
    write(tmp_path, {"visunn.toml": text, "sizes.json": "[2, 4]", "nets/net.py": model})
    arguments = ["check", "net.py", "--input", "2x2", "--no-cache"]
    options = ProjectOptions((), isolated=False)
    monkeypatch.chdir(tmp_path / "nets")
    read = check_apart(arguments, ["net.py"], options)()
    files = {"visunn.toml"} if text else {"visunn.toml", "sizes.json", "nets/net.py"}
    assert read == sorted(str(tmp_path / file) for file in files)


def test_a_target_is_watched_before_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so is each Python file, and each log, that comes into a folder."""
    monkeypatch.chdir(write(tmp_path, {"models/net.py": "", "tests/a.py": ""}))
    watched = Watched.of(["missing.py::Net", "models", "torchvision.models:resnet18"], [str(tmp_path / "read.json")])
    held = ["missing.py", "models/new.py", "models/run/events.out.tfevents.2", "read.json"]
    ignored = ["models/new.json", "tests/a.py", "other.py"]
    assert [name for name in (*held, *ignored) if watched.holds(tmp_path / name)] == held


def test_a_change_during_a_check_is_a_change(tmp_path: Path) -> None:
    """No system tells of what happened before it was asked."""
    file = write(tmp_path, {"net.py": ""}) / "net.py"
    os.utime(file, (100, 100))
    watched = Watched.of([str(file)], [str(tmp_path / "gone.py")])
    assert (watched.changed_since(99), watched.changed_since(101)) == (file, None)
    assert next_change(watched, 99) == file


def test_each_change_is_a_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """What was read last is watched, also after a round that came to no end; an interrupt ends it with 0."""
    monkeypatch.chdir(tmp_path)
    rounds: Iterator[list[str] | None] = iter([["a.py"], None, ["a.py", "b.py"]])
    seen: list[frozenset[Path]] = []

    def change(watched: Watched, _: float) -> Path:
        seen.append(watched.files)
        if len(seen) == 3:
            raise KeyboardInterrupt
        return tmp_path / "a.py"

    monkeypatch.setattr(_watching, "next_change", change)
    assert watch(["t.py"], lambda: next(rounds), Terminal()) == 0
    names = [sorted(file.name for file in files) for files in seen]
    assert names == [["a.py", "t.py"], ["a.py", "t.py"], ["a.py", "b.py", "t.py"]]
    assert capsys.readouterr().err.splitlines() == [
        "watching 2 files; Ctrl-C ends",
        "a.py changed",
        "watching 2 files; Ctrl-C ends",
        "a.py changed",
        "watching 3 files; Ctrl-C ends",
        "",
    ]


@pytest.mark.parametrize("option", ["--add-ignore", "--update-baseline"])
def test_it_writes_nothing(option: str, capsys: Capture) -> None:
    """What it wrote would be a change."""
    assert run(["check", "net.py", "--watch", option]) == 2
    assert capsys.readouterr().err.startswith("error: --watch writes nothing")


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_a_saved_file_is_checked_again(tmp_path: Path) -> None:
    """From the start: a part that the model imports is imported anew. Ctrl-C leaves without a word."""
    model = "nn.Sequential(nn.Linear(4, SIZE), nn.BatchNorm1d(SIZE))"
    net = f"from torch import nn\nfrom part import SIZE\n\nmodel = {model}\n"
    write(tmp_path, {"visunn.toml": "", "part.py": "SIZE = 4\n", "net.py": net})
    handler = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    program = f"{handler}\nfrom visunn_lint.cli import main; main()"
    arguments = [
        "check",
        "net.py",
        "--watch",
        "--input",
        "2x4",
        "--output-format",
        "concise",
        "--select",
        "over-budget",
    ]
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-c", program, *arguments, "--config", "rules.over-budget.params = 1"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    try:
        assert process.stderr.readline() == "watching 3 files; Ctrl-C ends\n"
        (tmp_path / "part.py").write_text("SIZE = 8\n")
        assert process.stderr.readline() == "part.py changed\n"
        assert process.stderr.readline() == "watching 3 files; Ctrl-C ends\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    messages = [line.partition("] ")[2].partition(",")[0] for line in out.splitlines() if "VIS403" in line]
    assert messages == ["28 parameters", "56 parameters"]
    assert (process.returncode, err) == (0, "\n")


def test_a_folder_that_is_gone_is_waited_for(tmp_path: Path) -> None:
    """Another branch may not have it for a while: the closest one above is watched."""
    file = tmp_path / "nets" / "model.py"
    began = time.time()
    writing = Timer(0.3, write, (tmp_path, {"nets/model.py": "x = 1"}))
    writing.start()
    assert next_change(Watched.of([str(file)], [str(file)]), began - 1) == file
    writing.join()
