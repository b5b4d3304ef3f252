"""`visunn completion`: the script for a shell, and what it is answered."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from visunn_lint.cli import _completing, run, visunn
from visunn_lint.rules import discover

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_visunn(shell: str, capsys: Capture) -> None:
    """It is printed for the shell to read."""
    assert run(["completion", shell]) == 0
    out = capsys.readouterr().out
    assert f"_VISUNN_COMPLETE={shell}_complete" in out


def test_the_help_has_a_line_for_each_shell(capsys: Capture) -> None:
    """Lines to be copied, not filled into a paragraph."""
    assert run(["completion", "--help"]) == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert [line.split()[0] for line in lines if "~/" in line] == ["bash", "zsh", "fish"]


def test_an_unknown_shell_is_exit_2(capsys: Capture) -> None:
    """With those that there are."""
    assert run(["completion", "tcsh"]) == 2
    assert capsys.readouterr().err.startswith("error: invalid value for '{bash|zsh|fish}': 'tcsh' is not one of")


def _completions(monkeypatch: pytest.MonkeyPatch, capsys: Capture, *words: str) -> list[str]:
    """Return what the script for bash is answered for the last of some words."""
    monkeypatch.setenv("_VISUNN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", " ".join(["visunn", *words]))
    monkeypatch.setenv("COMP_CWORD", str(len(words)))
    assert _completing.is_asked()
    assert _completing.answer(visunn) == 0
    return [line.partition(",")[2] for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("che",), ["check"]),
        (("check", "--select", "VIS301"), ["VIS301"]),
        (("check", "--ignore", "bias"), ["bias-before-norm"]),
        (("check", "--select", "VIS110,VIS301"), ["VIS110,VIS301"]),
        (("rule", "recycled-l"), ["recycled-layer"]),
        (("check", "--output-format", "conc"), ["concise"]),
        (("check", "--fail-on", "w"), ["warning"]),
    ],
)
def test_words_are_completed(
    words: tuple[str, ...], expected: list[str], monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    """Commands, rules by code or name, the last one of a list, formats, choices."""
    assert _completions(monkeypatch, capsys, *words) == expected


def test_without_a_beginning_rules_are_codes(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """Not every rule twice."""
    assert _completions(monkeypatch, capsys, "check", "--select", "") == [rule.code for rule in discover()]


def test_a_failure_is_silent(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    """A rule plugin that cannot be loaded leaves the prompt as it is."""

    def broken() -> None:
        raise ValueError

    monkeypatch.setattr("visunn_lint.rules.discover", broken)
    monkeypatch.setenv("_VISUNN_COMPLETE", "bash_complete")
    monkeypatch.setenv("COMP_WORDS", "visunn check --select V")
    monkeypatch.setenv("COMP_CWORD", "3")
    assert _completing.answer(visunn) == 1
    assert capsys.readouterr() == ("", "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_a_rule(tmp_path: Path) -> None:
    """The script works in the shell that it is for, and asks in a process that imports no torch."""
    program = tmp_path / "visunn"
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path[:0] = {json.dumps(sys.path)}\n"
        "import atexit\natexit.register(lambda: sys.exit('torch') if 'torch' in sys.modules else None)\n"
        "from visunn_lint.cli import main\nmain()\n",
        encoding="utf-8",
    )
    program.chmod(0o755)
    script = """
        eval "$("$1" completion bash)"
        COMP_WORDS=(visunn check --select VIS301) COMP_CWORD=3
        _visunn_completion "$1"
        echo "${COMPREPLY[@]}"
    """
    done = subprocess.run(["bash", "-c", script, "-", str(program)], capture_output=True, text=True, check=True)  # noqa: S603, S607 -- our own script
    assert (done.stdout, done.stderr) == ("VIS301\n", "")
