"""Where output goes, in which colours and in which characters."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from visunn_lint.cli._terminal import Terminal
from visunn_lint.errors import VisunnError


class _Stream(io.TextIOWrapper):
    """A stream in an encoding, on a terminal or not."""

    def __init__(self, encoding: str, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """Return what the test says."""
        return self._is_terminal


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("color", "variables", "is_terminal", "expected"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_on_colour(
    monkeypatch: pytest.MonkeyPatch,
    color: str,
    variables: dict[str, str],
    is_terminal: bool,  # noqa: FBT001 -- a parameter of the table above
    expected: bool,  # noqa: FBT001 -- as above
) -> None:
    """The flag goes before NO_COLOR, that before FORCE_COLOR, that before what stdout is."""
    monkeypatch.setattr(sys, "stdout", _Stream("utf-8", is_terminal=is_terminal))
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    setattr(terminal, "color", color)  # noqa: B010 -- a plain string, as an option gives it
    assert terminal.view(None).color is expected


def test_width_is_that_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal has a width, a pipe has none."""
    monkeypatch.setenv("COLUMNS", "72")
    monkeypatch.setattr(sys, "stdout", _Stream("utf-8", is_terminal=True))
    assert Terminal().view(None).width == 72
    monkeypatch.setattr(sys, "stdout", _Stream("utf-8", is_terminal=False))
    assert Terminal().view(None).width is None


@pytest.mark.parametrize(("encoding", "is_ascii"), [("utf-8", False), ("latin-1", True), ("ascii", True)])
def test_an_encoding_without_our_glyphs_gets_ascii(
    monkeypatch: pytest.MonkeyPatch,
    encoding: str,
    is_ascii: bool,  # noqa: FBT001 -- a parameter of the table above
) -> None:
    """Where stdout cannot hold the glyphs, their twins are used."""
    monkeypatch.setattr(sys, "stdout", _Stream(encoding, is_terminal=False))
    assert Terminal().view(None).ascii is is_ascii


def test_what_an_encoding_cannot_hold_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that stdout's encoding lacks does not end the program."""
    stream = _Stream("gbk", is_terminal=False)
    monkeypatch.setattr(sys, "stdout", stream)
    Terminal().write("层 🙂\n")
    assert stream.buffer.getvalue() == "层 \\U0001f642\n".encode("gbk")  # type: ignore[attr-defined]  # a BytesIO


def test_notes_and_details(capsys: pytest.CaptureFixture[str]) -> None:
    """Notes are for everybody but the quiet, details for the verbose."""
    for terminal in (Terminal(), Terminal(quiet=True), Terminal(verbose=True)):
        terminal.note("note")
        terminal.detail("detail")
    assert capsys.readouterr() == ("", "note\nnote\ndetail\n")


def test_errors_are_red_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """The word is coloured, the message is not."""
    Terminal(color="always").error("message", hint="hint")
    assert capsys.readouterr().err == "\x1b[31m\x1b[1merror\x1b[0m: message\n  hint: hint\n"


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A report that was not written does not count as written."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(full), "utf-8"))
        with pytest.raises(VisunnError, match="cannot write to stdout: No space left on device"):
            Terminal().write("a report")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_change_no_exit_code(closed: str) -> None:
    """A program started without stdout or stderr does its work all the same."""
    program = "from visunn_lint.cli import main; main()"
    command = ["sh", "-c", f'exec "$0" -c "$1" rule VIS101 {closed}', sys.executable, program]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 -- our own program
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_that_goes_away_is_no_error() -> None:
    """``visunn … | head`` says nothing of a broken pipe and keeps its exit code."""
    program = "import sys; from visunn_lint.cli import run; sys.exit(run(['rule', '--all']))"
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)  # noqa: S603 -- our own program
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_printed_when_the_process_ends_is_no_part_of_a_report() -> None:
    """A library of the model's may say good-bye: programs that read JSON are spared that."""
    program = "import atexit; atexit.register(print, 'late'); from visunn_lint.cli import main; main()"
    command = [sys.executable, "-c", program, "rule", "VIS101"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    assert ("unused-module" in done.stdout, "late" in done.stdout, done.stderr) == (True, False, "late\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full disk to offer")
def test_a_stderr_that_takes_nothing_changes_no_exit_code() -> None:
    """There is no place left to say so."""
    program = "import sys; from visunn_lint.cli import run; sys.exit(run(['rule', 'VIS1010']))"
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=full, check=False)  # noqa: S603 -- our own program
    assert done.returncode == 2
