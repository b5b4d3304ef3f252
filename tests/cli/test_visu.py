"""`visu`: the command of the first visunn."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from torch import nn, zeros

from visunn_lint.cli import _serving, _visu, visunn
from visunn_lint.cli._drawing import Drawn
from visunn_lint.render import bundle
from visunn_lint.visu import Visu

if TYPE_CHECKING:
    from visunn_lint.cli._documents import Asked
    from visunn_lint.cli._terminal import Terminal

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def logdir(tmp_path: Path) -> Path:
    """Return a folder with the logs of two models, beside which there is another."""
    for name in ("logs/first", "logs/second", "secret"):
        Visu(nn.Linear(4, 2), [zeros(3, 4)], logdir=str(tmp_path), name=name)
    return tmp_path / "logs"


def test_a_log_that_is_not_there_is_told_with_those_that_are(logdir: Path, capsys: Capture) -> None:
    """Exit code 2, and nothing runs."""
    assert _visu.run(["-l", str(logdir), "-n", "third"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"error: there is no log 'third' in {logdir}\n  hint: the logs in it are: first, second\n"


@pytest.mark.parametrize("name", ["../secret", "..", "/etc", "first/../../secret", "a\0b", "..\\secret", ""])
def test_a_name_does_not_lead_out_of_the_folder(logdir: Path, name: str, capsys: Capture) -> None:
    """Whatever lies there."""
    assert _visu.run(["-l", str(logdir), "-n", name]) == 2
    assert " is no name of a log in " in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize("arguments", [[], ["-l", "logs"], ["-n", "first"], ["-l", "logs", "-n", "x", "-p", "high"]])
def test_what_it_needs_is_told(arguments: list[str], capsys: Capture) -> None:
    """One line, and where to read on."""
    assert _visu.run(arguments) == 2
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("error: ")
    assert second == "  hint: see `visu --help`"


def test_it_serves_the_log_on_port_5000(logdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the first visunn did; a log that grows is not read again."""
    served: list[tuple[str, int, bool]] = []

    def serve(asked: Asked, port: int, _: object, __: Terminal, *, watches: bool) -> int:
        served.append((asked.target, port, watches))
        return 0

    monkeypatch.setattr(_serving, "serve", serve)
    assert _visu.run(["-l", str(logdir), "-n", "first"]) == 0
    assert _visu.run(["--logdir", str(logdir), "--name", "second", "--port", "8000"]) == 0
    assert served == [(f"{logdir}::first", 5000, False), (f"{logdir}::second", 8000, False)]


def test_a_log_that_holds_no_graph_ends_it(logdir: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Nothing is printed to open, and the exit code is 2."""
    monkeypatch.setattr(bundle, "read", lambda: bundle.Bundle("0", "p {}"))
    monkeypatch.setattr(_serving, "draw_apart", lambda *_: lambda: Drawn(None, "no graph in it"))
    assert _visu.run(["-l", str(logdir), "-n", "first", "-p", "0"]) == 2
    assert capsys.readouterr().out == ""


def test_it_is_a_command_of_its_own() -> None:
    """It is installed under its name, and is none of visunn's."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    module, _, function = scripts["visu"].partition(":")
    assert callable(getattr(import_module(module), function))
    assert not [name for name in visunn.list_commands(click.Context(visunn)) if "visu" in name]
