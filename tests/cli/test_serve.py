"""`visunn serve`: what it takes, what it prints, and how it keeps up and ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.projects import NET, write
from tests.serving.documents import BLOCK
from visunn_lint.cli import _serving, run
from visunn_lint.cli._drawing import Drawn
from visunn_lint.cli._terminal import Terminal
from visunn_lint.document import encode
from visunn_lint.render import bundle
from visunn_lint.serving import Exhibit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from visunn_lint.cli._watching import Watched

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]

_PROGRAM = """
import signal
from visunn_lint.cli import main
from visunn_lint.render import bundle

signal.signal(signal.SIGINT, signal.default_int_handler)
bundle.read = lambda: bundle.Bundle("0", "p {}")
main()
"""
"""A command line that does not need the viewer to be built."""


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do as if the viewer were built."""
    monkeypatch.setattr(bundle, "read", lambda: bundle.Bundle("0", "p {}"))


@pytest.mark.usefixtures("built")
def test_a_port_that_is_taken_is_told(capsys: Capture) -> None:
    """Before anything runs."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", "net.py", "--port", str(port)]) == 2
    assert capsys.readouterr().err == (
        f"error: port {port} is taken\n  hint: give another with --port, or none for a free one\n"
    )


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "my-machine"])  # noqa: S104 -- is refused
def test_other_machines_are_let_in_by_two_flags(host: str, capsys: Capture) -> None:
    """One alone may be a slip."""
    assert run(["serve", "net.py", "--host", host]) == 2
    first = capsys.readouterr().err.splitlines()[0]
    assert first == f"error: --host {host} lets other machines in; add --allow-remote if that is meant"


def test_without_a_viewer_there_is_nothing_to_serve(
    monkeypatch: pytest.MonkeyPatch, capsys: Capture, tmp_path: Path
) -> None:
    """The one command that builds it is told."""
    read = bundle.read
    monkeypatch.setattr(bundle, "read", lambda: read(tmp_path))
    assert run(["serve", "net.py"]) == 2
    assert capsys.readouterr().err == (
        "error: the viewer is not built: this is an installation from a clone\n"
        "  hint: build it with `cd web && npm ci --ignore-scripts && npm run build`, which needs Node 20.19 or later\n"
    )


@pytest.mark.usefixtures("built")
def test_a_target_that_cannot_be_shown_ends_it(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Nothing is printed to open, and the exit code is 2."""
    monkeypatch.setattr(_serving, "draw_apart", lambda *_: lambda: Drawn(None, "no such file"))
    assert run(["serve", "net.py"]) == 2
    assert capsys.readouterr().out == ""


def test_each_change_is_shown(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """What was read last is watched; a failure keeps the old document and what was read for it."""
    other = encode(BLOCK).replace(b"Net", b"New")
    drawings: Iterator[Drawn] = iter([Drawn(None, "why"), Drawn(other, read=("b.py",))])
    exhibit = Exhibit.of(encode(BLOCK))
    seen: list[tuple[list[str], str, str]] = []

    def change(watched: Watched, _: float) -> Path:
        names = sorted(file.name for file in watched.files)
        seen.append((names, exhibit.shown.document.name, exhibit.failure))
        if len(seen) == 3:
            raise KeyboardInterrupt
        return Path.cwd() / "a.py"

    monkeypatch.setattr("visunn_lint.cli._watching.next_change", change)
    monkeypatch.setattr(_serving, "_REST", 0)
    first = Drawn(encode(BLOCK), read=("a.py",))
    with pytest.raises(KeyboardInterrupt):
        _serving.keep_current("net.py", lambda: next(drawings), exhibit, Terminal(), first, 0)
    assert seen == [
        (["a.py", "net.py"], "Net", ""), (["a.py", "net.py"], "Net", "why"), (["b.py", "net.py"], "New", "")
    ]  # fmt: skip
    assert capsys.readouterr().err == "a.py changed\na.py changed\n"


def _token(url: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {urlsplit(url).query.removeprefix('token=')}"}


def _ask(url: str, path: str) -> bytes:
    """Return the body of an answer to whoever has the token of an address."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=60)) as connection:
        connection.request("GET", path, headers=_token(url))
        return connection.getresponse().read()


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_it_keeps_up_with_the_model_and_ends(tmp_path: Path) -> None:
    """A saved file is shown, one that is broken is told of; Ctrl-C frees the port and is no failure."""
    write(tmp_path, {"visunn.toml": "", "net.py": NET})
    process = subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-c", _PROGRAM, "serve", "net.py", "--input", "2x4"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        url = process.stdout.readline().strip()
        assert process.stderr.readline() == "showing net.py; Ctrl-C ends\n"
        before = json.loads(_ask(url, "/document.json"))
        stream = HTTPConnection(urlsplit(url).netloc, timeout=60)
        stream.request("GET", "/changes", headers=_token(url))
        changes = stream.getresponse()
        (tmp_path / "net.py").write_text((tmp_path / "net.py").read_text().replace("4, 2", "4, 3"))
        assert process.stderr.readline() == "net.py changed\n"
        while b"event: changed" not in changes.readline():
            pass
        after = json.loads(_ask(url, "/document.json"))
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        stream.close()
    finally:
        process.kill()
    assert (before["totals"]["parameters"], after["totals"]["parameters"]) == (10, 15)
    assert (process.returncode, out, err) == (0, "", "\n")
    with socket.create_server(("127.0.0.1", urlsplit(url).port or 0)):
        pass
