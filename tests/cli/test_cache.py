"""The cache on the command line: what a user sees of it, and what it spares."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.projects import NET, write
from visunn_lint.cli import run

if TYPE_CHECKING:
    from pathlib import Path

    Capture = pytest.CaptureFixture[str]

UNUSED = NET.replace("self.fc = nn.Linear(4, 2)", "self.fc = nn.Linear(4, 2); self.unused = nn.Linear(2, 2)")

PROGRAM = """
import json, sys
from visunn_lint.cli import run

codes = [run([*command, "--output-format", "concise"] if command[0] == "check" else command) for command in COMMANDS]
print(json.dumps([codes, sorted(sys.modules)]), file=sys.stderr)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the working directory, a project with a model that has a warning; the cache is on."""
    monkeypatch.chdir(write(tmp_path, {"visunn.toml": "", "net.py": UNUSED, "other.py": NET}))
    monkeypatch.delenv("VISUNN_CACHE")
    return tmp_path


def _fresh(*commands: list[str]) -> tuple[str, list[int], set[str]]:
    """Return what a fresh process prints for some commands, their exit codes, and the modules that it has imported."""
    program = f"COMMANDS = {commands!r}{PROGRAM}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    codes, modules = json.loads(done.stderr.splitlines()[-1])
    return done.stdout, codes, set(modules)


def test_what_has_not_changed_is_told_without_torch(folder: Path) -> None:
    """The second check, and a tree of the model, print what a run prints; neither torch is imported nor the rules."""
    commands = (["check", "net.py", "--input", "2x4"], ["tree", "net.py", "--input", "2x4"])
    cold, cold_codes, modules = _fresh(*commands)
    assert "torch" in modules
    warm, warm_codes, modules = _fresh(*commands)
    assert (warm, warm_codes) == (cold, cold_codes) == (cold, [1, 0])
    assert modules & {"torch", "networkx", "tensorboard", "numpy", "visunn_lint.rules.bias_before_norm"} == set()
    assert len(list((folder / ".visunn_cache").glob("?" * 32))) == 1


def test_a_cache_is_shown_and_cleared(folder: Path, capsys: Capture) -> None:
    """``visunn cache`` says what it holds; cleared, it is gone."""
    run(["check", "net.py", "-q"])
    capsys.readouterr()
    assert [run(["cache"]), run(["cache", "clear"]), run(["cache", "info"])] == [0, 0, 0]
    assert re.sub(r"0\.0[1-9]", "0.0n", capsys.readouterr().out).splitlines() == [
        ".visunn_cache holds 1 result, 0.0n MB",
        ".visunn_cache held 1 result, 0.0n MB, and is cleared",
        ".visunn_cache holds 0 results, 0.00 MB",
    ]
    assert not (folder / ".visunn_cache").exists()


def test_it_says_what_cannot_be_cleared(
    folder: Path,  # noqa: ARG001 -- where it runs
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A result of another user's in a shared folder stays."""
    run(["check", "net.py", "-q"])
    capsys.readouterr()

    def unlink(path: Path) -> None:
        raise PermissionError(path)

    monkeypatch.setattr("pathlib.Path.unlink", unlink)
    assert run(["cache", "clear"]) == 0
    assert capsys.readouterr().out.endswith(" MB, of which 1 cannot be deleted\n")


def test_a_name_that_is_no_text_is_no_error(folder: Path) -> None:
    """A run that asked for such a file is not remembered."""
    write(folder, {"net.py": f"{UNUSED}\n    import os\n    os.path.exists(b'\\xff')"})
    assert run(["check", "net.py", "-q"]) == 1
    assert list((folder / ".visunn_cache").glob("?" * 32)) == []


@pytest.mark.parametrize(
    ("arguments", "config", "place"),
    [
        ([], "", ".visunn_cache"),
        (["--no-cache"], "", None),
        ([], "cache = false", None),
        (["--cache-dir", "mine"], "", "mine"),
        ([], 'cache-dir = "theirs"', "theirs"),
    ],
)
def test_where_results_are_remembered(folder: Path, arguments: list[str], config: str, place: str | None) -> None:
    """In the project, unless flag or configuration says otherwise."""
    (folder / "visunn.toml").write_text(config)
    assert run(["check", "net.py", "-q", *arguments]) == 1
    found = [path.parent.name for path in folder.rglob("CACHEDIR.TAG")]
    assert found == ([] if place is None else [place])


def test_the_environment_says_where(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``VISUNN_CACHE_DIR`` is for machines that keep one folder from run to run."""
    monkeypatch.setenv("VISUNN_CACHE_DIR", "kept")
    run(["check", "net.py", "-q"])
    assert (folder / "kept" / "CACHEDIR.TAG").exists()


def test_a_shard_may_be_empty(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """Every file is in one of the shards; that others hold none is said, and is no error."""
    codes = [run(["check", "net.py", "-q", "--shard", f"{index}/3"]) for index in (1, 2, 3)]
    assert sorted(codes) == [0, 0, 1]
    capsys.readouterr()
    run(["check", "net.py", "--shard", f"{codes.index(0) + 1}/3"])
    assert capsys.readouterr() == ("", f"nothing to check in shard {codes.index(0) + 1} of 3\n")


def test_it_says_that_it_stopped(folder: Path, capsys: Capture) -> None:  # noqa: ARG001 -- where it runs
    """``--maxfail`` counts files with findings that matter, from memory as well."""
    for _ in range(2):
        assert run(["check", "net.py", "other.py", "--maxfail", "1", "--output-format", "concise"]) == 1
        out, err = capsys.readouterr()
        assert out.splitlines()[-1] == "Found 1 finding in 1 model (1 warning)."
        assert err.splitlines()[-1] == "stopped at --maxfail 1: 1 of 2 not checked"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["-j", "0"], "error: invalid value for '-j' / '--jobs': '0' is neither a number of processes nor auto"),
        (
            ["--shard", "3/2"],
            "error: invalid value for '--shard': '3/2' is no part of a whole; write 1/4 for the first",
        ),
        (["-j", "9" * 5000], "error: invalid value for '-j' / '--jobs': '999"),
        (["--shard", f"1/{'9' * 5000}"], "error: invalid value for '--shard': '1/999"),
        (["--input", f"2x{'9' * 5000}"], "error: net.py: cannot read the input '2x999"),
        (["--cache-dir", "a\0b"], "error: `cache-dir` is no path: "),
        (["--baseline", "a\0b"], "error: `baseline` is no path: "),
        (["--config", f"rules.over-budget.params = {'9' * 5000}"], "error: --config 'rules.over-budget.params = 999"),
        (["--cache-dir", ""], "error: `cache-dir` is empty\n  hint: name a folder, or set `cache = false`"),
        (["--executor", "ray"], "error: no executor 'ray'\n  hint: write --executor dask=ADDRESS"),
    ],
)
def test_what_cannot_be_understood_is_exit_2(
    folder: Path,  # noqa: ARG001 -- where it runs
    arguments: list[str],
    error: str,
    capsys: Capture,
) -> None:
    """It is told before any model runs."""
    assert run(["check", "net.py", *arguments]) == 2
    assert capsys.readouterr().err.startswith(error)
