"""How a command ends: one line on stderr, an exit code, and no traceback that was not asked for."""

from collections.abc import Callable

import click
import pytest

from visunn_lint.cli import run
from visunn_lint.cli._outcome import exit_code_of
from visunn_lint.cli._terminal import Terminal
from visunn_lint.errors import TargetError

Capture = pytest.CaptureFixture[str]


def _raising(error: BaseException) -> Callable[[], object]:
    def command() -> object:
        raise error

    return command


@pytest.mark.parametrize(
    ("error", "stderr"),
    [
        (TargetError("no such file", hint="give another"), "error: no such file\n  hint: give another\n"),
        (TargetError("two\nlines \x1b[31m"), "error: two\\nlines \\x1b[31m\n"),
        (KeyboardInterrupt(), "error: interrupted\n"),
        (click.Abort(), "error: interrupted\n"),
        (SystemExit(0), "error: the model's code called sys.exit(0)\n"),
        (
            KeyError("x"),
            "error: visunn itself failed: KeyError: 'x'\n  hint: run it again with -v for the traceback\n",
        ),
        (click.UsageError("Something is off."), "error: something is off\n"),
    ],
)
def test_whatever_is_raised_is_one_line_and_exit_2(error: BaseException, stderr: str, capsys: Capture) -> None:
    """Nothing that keeps a model from being linted looks like findings, and nothing of it is on stdout."""
    assert exit_code_of(_raising(error), Terminal()) == 2
    assert capsys.readouterr() == ("", stderr)


def test_the_traceback_is_there_on_demand(capsys: Capture) -> None:
    """With ``-v`` the traceback stands above the line."""
    assert exit_code_of(_raising(KeyError("x")), Terminal(verbose=True)) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[-2] == "error: visunn itself failed: KeyError: 'x'"


def test_an_interrupt_tells_on_demand_where_it_was(capsys: Capture) -> None:
    """With ``-v`` one sees what took so long."""
    assert exit_code_of(_raising(KeyboardInterrupt()), Terminal(verbose=True)) == 2
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):")


def test_a_command_says_how_it_ended() -> None:
    """A command's own code is the exit code, and one without is 0."""
    assert [exit_code_of(lambda: 1, Terminal()), exit_code_of(lambda: None, Terminal())] == [1, 0]


@pytest.mark.parametrize(
    ("arguments", "stderr"),
    [
        (["chek"], "error: no command 'chek'; did you mean 'check'?\n  hint: see `visunn --help`\n"),
        (["frobnicate"], "error: no such command 'frobnicate'\n  hint: see `visunn --help`\n"),
        (["check", "--selct", "VIS1"], "error: no such option '--selct'\n  hint: did you mean --select?\n"),
        (["rule", "--frobnicate"], "error: no such option '--frobnicate'\n  hint: see `visunn rule --help`\n"),
        (
            ["check", "--output-format", "ful"],
            """\
error: invalid value for '--output-format': no format 'ful'; did you mean 'full'?
  hint: see `visunn check --help`
""",
        ),
        (
            ["check", "--output-format", "full", "--output-format", "json"],
            """\
error: invalid value for '--output-format': only one format can go to stdout; write the others as FORMAT=PATH
  hint: see `visunn check --help`
""",
        ),
    ],
)
def test_a_usage_error_names_what_was_meant(arguments: list[str], stderr: str, capsys: Capture) -> None:
    """A misspelt command, option or value is exit 2 with the closest match."""
    assert run(arguments) == 2
    assert capsys.readouterr() == ("", stderr)


def test_without_a_command_the_help_is_no_result(capsys: Capture) -> None:
    """``visunn`` alone shows its help on stderr and exits 2."""
    assert run([]) == 2
    out, err = capsys.readouterr()
    assert (out, err.splitlines()[0]) == ("", "Usage: visunn [OPTIONS] COMMAND [ARGS]...")


def test_every_command_is_in_the_help(capsys: Capture) -> None:
    """``visunn --help`` lists the commands, which are the files of the package."""
    assert run(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    commands = [line.split()[0] for line in lines[lines.index("Commands:") + 1 :]]
    known = ["cache", "check", "completion", "diff", "export", "lock", "profile", "rule", "schema", "serve", "tree"]
    assert commands == known


def test_version(capsys: Capture) -> None:
    """``--version`` names program and version."""
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == "visunn 0.1.0\n"
