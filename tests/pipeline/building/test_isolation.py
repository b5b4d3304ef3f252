"""The process around the user's code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from visunn_lint.pipeline.building.isolation import isolated


def test_prints_go_to_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing that the user's code or its child processes print reaches stdout."""
    with isolated("net.py"):
        print("from Python")  # noqa: T201 -- as the user's code does
        subprocess.run([sys.executable, "-c", "print('from a child')"], check=True)
    print("afterwards")  # noqa: T201 -- to see that stdout is back
    found = capfd.readouterr()
    assert found.out == "afterwards\n"
    assert sorted(found.err.splitlines()) == ["from Python", "from a child"]


def test_user_code_sees_no_arguments() -> None:
    """A file that parses the command line finds none of ours."""
    before = sys.argv
    with isolated("net.py"):
        assert sys.argv == ["net.py"]
    assert sys.argv is before


def test_folder_and_environment_are_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Changes of directory and variables end with the context."""
    monkeypatch.setenv("KEPT", "1")
    folder, environment = Path.cwd(), dict(os.environ)
    with isolated("net.py"):
        os.chdir(tmp_path)
        os.environ["NEW"] = "1"
        del os.environ["KEPT"]
    assert (Path.cwd(), dict(os.environ)) == (folder, environment)


def test_exceptions_pass_through() -> None:
    """What the user's code raises is the caller's."""
    with pytest.raises(KeyboardInterrupt), isolated("net.py"):
        raise KeyboardInterrupt
