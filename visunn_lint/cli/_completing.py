"""What a shell is told when it completes a command line; see `visunn completion`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    import click

VARIABLE = "_VISUNN_COMPLETE"
"""The environment variable with which the script asks for completions."""


def is_asked() -> bool:
    """Return whether this process was started by a shell that completes a command line."""
    return VARIABLE in os.environ


def answer(program: click.Command) -> int:
    """Write the completions that the shell asks for, and return the exit code; a failure is not for its prompt."""
    try:
        program.main(args=[], prog_name="visunn", complete_var=VARIABLE)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except Exception:  # noqa: BLE001 -- a traceback would land in the line that is being typed
        return 1


def rules(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the codes of rules that a text begins, and their names; of a list the last one is completed."""
    from visunn_lint.rules import discover  # noqa: PLC0415 -- loads every rule, which other completions do without

    before, comma, begun = incomplete.rpartition(",")
    if comma and os.environ.get(VARIABLE, "").startswith("fish"):
        return []  # click's script for fish cuts what it is told at the first comma
    known = [(key, rule) for rule in discover() for key in (rule.code, rule.name)]
    return [
        CompletionItem(f"{before}{comma}{key}", help=rule.info().summary)
        for key, rule in known
        if key.startswith(begun) and (begun or key == rule.code)
    ]


def targets(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return that a target is a file or a folder."""
    return [CompletionItem(incomplete, type="file")]


def formats(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats that a text begins; behind ``=`` comes a file."""
    from visunn_lint.render import report_formats  # noqa: PLC0415 -- as above

    return [CompletionItem(name) for name in report_formats() if name.startswith(incomplete)]
