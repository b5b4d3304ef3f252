"""`visunn completion`: the script that lets a shell complete commands, options, rules and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.shell_completion import get_completion_class

from visunn_lint.cli._completing import VARIABLE
from visunn_lint.cli._options import terminal_options
from visunn_lint.errors import VisunnError

if TYPE_CHECKING:
    from visunn_lint.cli._terminal import Terminal


_HELP = """\
Print the script that completes visunn in a shell.

\b
bash   eval "$(visunn completion bash)"   in ~/.bashrc
zsh    eval "$(visunn completion zsh)"    in ~/.zshrc
fish   visunn completion fish | source    in ~/.config/fish/config.fish
"""


@click.command("completion", help=_HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@terminal_options
@click.pass_context
def command(context: click.Context, *, shell: str) -> None:
    """Print the script that completes visunn in a shell."""
    terminal: Terminal = context.obj
    completion = get_completion_class(shell)
    if completion is None:
        message = f"this version of click completes nothing in {shell}"
        raise VisunnError(message, hint="update click")
    script = completion(context.find_root().command, {}, "visunn", VARIABLE)
    terminal.write(script.source_template % script.source_vars())
