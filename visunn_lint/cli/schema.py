"""`visunn schema`: the JSON Schema of the configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from visunn_lint.cli._options import terminal_options

if TYPE_CHECKING:
    from visunn_lint.cli._terminal import Terminal


@click.command("schema")
@terminal_options
@click.pass_obj
def command(terminal: Terminal) -> None:
    """Print the JSON Schema of the configuration, for editors.

    It holds the options of all rules that are installed, those of plugins too.
    """
    from visunn_lint.config.schema import json_schema  # noqa: PLC0415 -- --help does without
    from visunn_lint.rules import discover  # noqa: PLC0415 -- as above

    schema = json_schema({rule.name: rule for rule in discover()})
    terminal.write(json.dumps(schema, indent=2) + "\n")
