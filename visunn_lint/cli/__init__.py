"""The command line: `visunn`. A command is a file in this folder; it names itself and is found here."""

from __future__ import annotations

import pkgutil
import sys
from difflib import get_close_matches
from importlib import import_module

import click

from visunn_lint import __version__
from visunn_lint.cli import _completing
from visunn_lint.cli._options import terminal_options
from visunn_lint.cli._outcome import exit_code_of
from visunn_lint.cli._terminal import Terminal, leave_stdout, open_closed_streams


class _Commands(click.Group):
    """The commands, each the ``command`` of a module of this package."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Return the names of all commands."""
        return [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by its name, None if there is none."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that arguments begin with; fails with the closest for one that there is not."""
        name = args[0]
        close = get_close_matches(name, self.list_commands(ctx), n=1)
        if close and self.get_command(ctx, name) is None:
            ctx.fail(f"no command {name!r}; did you mean {close[0]!r}?")
        return super().resolve_command(ctx, args)


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "--version", message="visunn %(version)s")
@terminal_options
def visunn() -> None:
    """Lint and look at the graph of a PyTorch model.

    What calls what, with which shapes, and what never gets called at all. Needs no data, no GPU
    and no weights. Linting a model file runs it, as pytest runs a test file.
    """


def main() -> None:
    """Run the command line on this process's arguments, and end the process."""
    open_closed_streams()
    code = _completing.answer(visunn) if _completing.is_asked() else run(sys.argv[1:])
    leave_stdout()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Return the exit code of a command line: 0 clean, 1 findings, 2 could not lint."""
    terminal = Terminal(arguments=tuple(arguments))
    return exit_code_of(lambda: visunn.main(arguments, "visunn", standalone_mode=False, obj=terminal), terminal)
